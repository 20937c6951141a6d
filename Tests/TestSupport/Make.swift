import Foundation
public import NixModel

/// Builders with a default for every argument but the point.
public enum Make {
  /// A store path whose hash follows from its name, and from `salt` where there is one.
  public static func path(_ name: String, salt: String = "") throws -> StorePath {
    var seed = UInt64(5381)
    for byte in (name + salt).utf8 { seed = seed &* 33 &+ UInt64(byte) }
    let bytes = (0..<20).map { index -> UInt8 in
      seed = seed &* 6_364_136_223_846_793_005 &+ UInt64(index)
      return UInt8(truncatingIfNeeded: seed >> 33)
    }
    return try StorePath(baseName: "\(Nix32.encode(bytes))-\(name)")
  }

  /// The text of a narinfo, signed by `keys`.
  public static func narinfoText(
    _ path: StorePath, references: [StorePath] = [], narSize: UInt64 = 120, content digit: Character = "0",
    signedBy keys: [LabKey] = []
  ) throws -> String {
    let digits = String(repeating: digit, count: 52)
    guard let hash = NarHash("sha256:\(digits)") else { throw MakeError.hash }
    let fingerprint = Fingerprint(path: path, narHash: hash, narSize: narSize, references: references)
    var lines = [
      "StorePath: \(path)", "URL: nar/\(path.hashPart).nar.xz", "Compression: xz",
      "FileHash: sha256:\(digits)", "FileSize: 60", "NarHash: sha256:\(digits)", "NarSize: \(narSize)",
      "References: \(references.map(\.baseName).joined(separator: " "))",
    ]
    for key in keys { lines.append("Sig: \(try key.signature(over: fingerprint))") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A narinfo, signed by `keys`.
  public static func narinfo(
    _ path: StorePath, references: [StorePath] = [], narSize: UInt64 = 120, content digit: Character = "0",
    signedBy keys: [LabKey] = []
  ) throws -> Narinfo {
    let text = try narinfoText(
      path, references: references, narSize: narSize, content: digit, signedBy: keys)
    return try Narinfo(parsing: text, for: path)
  }

  /// Something that could not be made.
  public enum MakeError: Error { case hash, key, ruling, repository }
}
