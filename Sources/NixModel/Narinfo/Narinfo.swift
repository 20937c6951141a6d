import Foundation

/// A binary cache's metadata for one store path, as it was received and as it reads.
///
/// Having one says that a cache claims to offer the path; only a ``VerifiedNarinfo`` says that a trusted
/// key vouches for it. Source of the format: Nix, `src/libstore/nar-info.cc`.
public struct Narinfo: Hashable, Sendable {
  /// The path that it describes (`StorePath`). Signed.
  public let path: StorePath
  /// Where the archive is, relative to the cache or absolute (`URL`). Not signed.
  public let url: String
  /// How the archive is compressed (`Compression`, `bzip2` where the field is missing). Not signed.
  public let compression: String
  /// The size of the compressed archive in bytes (`FileSize`), where given. Neither signed nor verified.
  public let fileSize: UInt64?
  /// The archive's own hash (`NarHash`). Signed.
  public let narHash: NarHash
  /// The archive's own size in bytes (`NarSize`). Signed.
  public let narSize: UInt64
  /// The paths that the path refers to, itself included where it does (`References`). Signed.
  public let references: [StorePath]
  /// The derivation that made it, as the cache says (`Deriver`). Not signed.
  public let deriver: StorePath?
  /// Every signature (`Sig`), valid or not.
  public let signatures: [Signature]
  /// The claim of being content-addressed (`CA`).
  public let contentAddress: ContentAddress?

  /// Metadata from its parts, as evidence has it; a cache's own text goes through the parser.
  public init(
    path: StorePath, url: String, compression: String, fileSize: UInt64?, narHash: NarHash, narSize: UInt64,
    references: [StorePath], deriver: StorePath?, signatures: [Signature], contentAddress: ContentAddress?
  ) {
    self.path = path
    self.url = url
    self.compression = compression
    self.fileSize = fileSize
    self.narHash = narHash
    self.narSize = narSize
    self.references = references
    self.deriver = deriver
    self.signatures = signatures
    self.contentAddress = contentAddress
  }

  /// Whether the archive lies in the cache that sent this, and not on another server or beside the cache.
  ///
  /// The address is not signed, and Nix follows it anywhere. An archive from elsewhere did not come out of
  /// this cache, even if its hash is right.
  public func isWithin(_ cache: SubstituterURL) -> Bool {
    // By bytes: a joining mark makes one character of itself and the slash before it.
    var place = url.utf8[...]
    if url.holds("://") {
      guard place.starts(with: "\(cache.canonical)/".utf8) else { return cache.encloses(url) }
      place = place.dropFirst(cache.canonical.utf8.count)
    }
    let path = place.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    // Decoded first: a server may take `%2f` for the slash that it stands for.
    let decoded =
      path.contains(UInt8(ascii: "%"))
      ? String(Substring(path)).removingPercentEncoding.map { $0.utf8[...] } : nil
    var depth = 0
    for component in (decoded ?? path).split(separator: UInt8(ascii: "/")) {
      if component.elementsEqual("..".utf8) {
        depth -= 1
      } else if !component.elementsEqual(".".utf8) {
        depth += 1
      }
      if depth < 0 { return false }
    }
    return true
  }

  /// Whether the path follows from the content address that it claims.
  var isContentAddressed: Bool {
    contentAddress?.isTrue(of: path, references: references, narHash: narHash) ?? false
  }

  /// The data that the signatures are over.
  public var fingerprint: Fingerprint {
    Fingerprint(path: path, narHash: narHash, narSize: narSize, references: references)
  }
}

/// A narinfo that a trusted key signed, or whose content address is true.
public struct VerifiedNarinfo: Hashable, Sendable {
  /// The verified narinfo.
  public let narinfo: Narinfo
  /// Why it is believed.
  public let authority: Authority

  /// Verifies; `nil` where no trusted key signed `narinfo` and no true content address stands in.
  public init?(_ narinfo: Narinfo, trusting keys: TrustedKeys) {
    guard
      let authority = Authority(
        fingerprint: narinfo.fingerprint, signatures: narinfo.signatures, trusting: keys,
        orContentAddress: narinfo.isContentAddressed)
    else { return nil }
    self.narinfo = narinfo
    self.authority = authority
  }

  /// For a narinfo that is equal to one that was verified.
  init(unchanged narinfo: Narinfo, authority: Authority) {
    self.narinfo = narinfo
    self.authority = authority
  }
}

/// Why the metadata of a path is believed.
public enum Authority: Hashable, Sendable {
  /// These trusted keys signed it; never empty.
  case signed(by: [String])
  /// The path follows from its content.
  case contentAddressed

  init?(
    fingerprint: Fingerprint, signatures: [Signature], trusting keys: TrustedKeys,
    orContentAddress isContentAddressed: Bool
  ) {
    let signers = keys.signers(of: fingerprint, among: signatures)
    if !signers.isEmpty {
      self = .signed(by: signers)
    } else if isContentAddressed {
      self = .contentAddressed
    } else {
      return nil
    }
  }

  /// The names of the keys that signed; empty for a content address.
  public var signers: [String] {
    switch self {
    case .signed(let names): names
    case .contentAddressed: []
    }
  }
}
