import ArgumentParser
import NixModel
import TestSupport

/// The signed narinfos of paths, each signed and verified once.
struct Signatures {
  /// Of the cache that CI pushes to, and of the one that everybody uses.
  static let keys = [LabKey("ci-cache-1"), LabKey("cache.nixos.org-1")]

  private var known: [String: VerifiedNarinfo] = [:]

  mutating func narinfo(
    _ member: (output: StorePath, derivation: StorePath), _ references: [StorePath], signedBy key: LabKey,
    _ keys: TrustedKeys
  ) throws -> VerifiedNarinfo {
    let name = "\(key.publicKey) \(member.output)"
    if let verified = known[name] { return verified }
    let narinfo = try Self.narinfo(member, references, signedBy: key)
    guard let verified = VerifiedNarinfo(narinfo, trusting: keys) else {
      throw ValidationError("A narinfo does not verify.")
    }
    known[name] = verified
    return verified
  }

  private static func narinfo(
    _ member: (output: StorePath, derivation: StorePath), _ references: [StorePath], signedBy key: LabKey
  ) throws -> Narinfo {
    var random = SplitMixNumbers(
      seed: UInt64(
        truncatingIfNeeded: member.output.hashPart.utf8.reduce(UInt64(7)) { $0 &* 131 &+ UInt64($1) }))
    let bytes = (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    guard let hash = NarHash("sha256:\(Nix32.encode(bytes))") else {
      throw ValidationError("A hash is none.")
    }
    let size = 8 * (16 + random.next() % (1 << 22))
    let fingerprint = Fingerprint(path: member.output, narHash: hash, narSize: size, references: references)
    return Narinfo(
      path: member.output, url: "nar/\(Nix32.encode(bytes.reversed())).nar.zst", compression: "zstd",
      fileSize: size / 4, narHash: hash, narSize: size, references: references, deriver: member.derivation,
      signatures: [try Signature(parsing: try key.signature(over: fingerprint))], contentAddress: nil)
  }
}
