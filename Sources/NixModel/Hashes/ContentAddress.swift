/// A claim that a path's hash follows from its content (`CA:` in a narinfo, `ca` in the database).
///
/// Such a path needs no signature, if the claim is true. Source: Nix, `src/libstore/content-address.cc`,
/// `src/libstore/store-dir-config.cc` (`makeStorePath`, `makeFixedOutputPath`, `makeTextPath`).
public struct ContentAddress: Hashable, Sendable {
  /// How the hash was taken.
  public let method: Method
  /// `sha256`, `sha1`, `sha512`, `md5`, `blake3`.
  public let algorithm: String
  /// The digest as it was spelled.
  public let digest: String

  /// What is hashed.
  public enum Method: Hashable, Sendable {
    /// The bytes of one file (`fixed:…`).
    case flat
    /// The whole archive (`fixed:r:…`).
    case recursive
    /// A text with references, as derivations are stored (`text:…`).
    case text
  }

  /// Parses `fixed:sha256:…`, `fixed:r:sha256:…` or `text:sha256:…`; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false)[...]
    switch (parts.popFirst().map { String($0) }, parts.first.map { String($0) }) {
    case ("fixed", "r"):
      method = .recursive
      parts.removeFirst()
    case ("fixed", _): method = .flat
    case ("text", _): method = .text
    default: return nil
    }
    guard parts.count == 2, let algorithm = parts.popFirst(), let digest = parts.popFirst(),
      !algorithm.isEmpty, !digest.isEmpty
    else { return nil }
    self.algorithm = String(algorithm)
    self.digest = String(digest)
  }

  /// Whether a path with this address, these references and this archive must be `path`.
  ///
  /// As Nix does (`src/libstore/path-info.cc`, `isContentAddressed`) this checks that the path follows
  /// from the address; that the content follows from the address is checked by Nix when it imports the
  /// archive. Where the archive's own hash is the one addressed, it is compared too. Algorithms other
  /// than SHA-256 are answered with `false`: a claim that cannot be confirmed is no proof.
  public func isTrue(of path: StorePath, references: [StorePath], narHash: NarHash) -> Bool {
    guard algorithm == "sha256", let bytes = Digest.sha256(spelled: "sha256:\(digest)") else { return false }
    let own = references.contains(path)
    let others = references.filter { $0 != path }.map(\.description).sorted()
    switch method {
    case .recursive:
      // With a self-reference the digest is taken modulo that reference, and differs from the archive's.
      guard own || bytes == narHash.bytes else { return false }
      let kind = (["source"] + others + (own ? ["self"] : [])).joined(separator: ":")
      return path.hashPart == Self.hashPart(kind: kind, digest: bytes, of: path)
    case .text:
      guard !own else { return false }
      // A text's digest is of the file, not of the archive; the path alone binds it.
      return path.hashPart
        == Self.hashPart(kind: (["text"] + others).joined(separator: ":"), digest: bytes, of: path)
    case .flat:
      guard references.isEmpty else { return false }
      let inner = Digest.sha256("fixed:out:sha256:\(bytes.base16):")
      return path.hashPart == Self.hashPart(kind: "output:out", digest: inner, of: path)
    }
  }

  /// The hash part that Nix gives to a path of a kind, a digest, a directory and a name.
  private static func hashPart(kind: String, digest: [UInt8], of path: StorePath) -> String {
    let description = "\(kind):sha256:\(digest.base16):\(path.directory):\(path.name)"
    var folded = [UInt8](repeating: 0, count: 20)
    for (index, byte) in Digest.sha256(description).enumerated() { folded[index % 20] ^= byte }
    return Nix32.encode(folded)
  }
}

extension ContentAddress: CustomStringConvertible {
  public var description: String {
    switch method {
    case .flat: "fixed:\(algorithm):\(digest)"
    case .recursive: "fixed:r:\(algorithm):\(digest)"
    case .text: "text:\(algorithm):\(digest)"
    }
  }
}
