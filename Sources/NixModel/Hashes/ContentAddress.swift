/// A claim that a path's hash follows from its content (`CA:` in a narinfo, `ca` in the database).
///
/// Such a path needs no signature, if the claim is true. Source: Nix, `src/libstore/content-address.cc`,
/// `src/libstore/store-dir-config.cc` (`makeStorePath`, `makeFixedOutputPath`, `makeTextPath`).
public struct ContentAddress: Hashable, Sendable {
  /// How the hash was taken.
  public let method: Method
  /// The digest as it was spelled, with its algorithm: `sha256:…`.
  private let spelling: String
  private let digest: Digest

  /// The form of the content that is hashed.
  public enum Method: Hashable, Sendable {
    /// The bytes of one file (`fixed:…`).
    case flat
    /// The whole archive (`fixed:r:…`).
    case recursive
    /// A text with references, as derivations are stored (`text:…`).
    case text
  }

  /// Parses `fixed:ALGORITHM:…`, `fixed:r:ALGORITHM:…` or `text:sha256:…`; `nil` for anything else, over which
  /// Nix refuses a narinfo. That includes `git` and BLAKE3, which are experimental features of the newest Nix.
  public init?(_ text: some StringProtocol) {
    // By bytes: a joining mark makes one character of itself and the colon before it.
    let bytes = String(text).utf8
    let kinds: [(prefix: String, method: Method)] = [
      ("fixed:r:", .recursive), ("fixed:", .flat), ("text:", .text),
    ]
    guard let kind = kinds.first(where: { bytes.starts(with: $0.prefix.utf8) }) else { return nil }
    let rest = String(Substring(bytes.dropFirst(kind.prefix.utf8.count)))
    guard let digest = Digest(rest, allowsSRI: false), kind.method != .text || digest.algorithm == .sha256
    else { return nil }
    (method, spelling, self.digest) = (kind.method, rest, digest)
  }

  /// Whether a path with this address, these references and this archive must be `path`.
  ///
  /// As Nix does (`src/libstore/path-info.cc`, `isContentAddressed`) this checks that the path follows
  /// from the address; that the content follows from the address is checked by Nix when it imports the
  /// archive. Where the archive's own hash is the one addressed, it is compared too.
  public func isTrue(of path: StorePath, references: [StorePath], narHash: NarHash) -> Bool {
    let own = references.contains(path)
    let others = references.filter { $0 != path }.unique.map(\.description).sorted()
    switch (method, digest.algorithm) {
    case (.recursive, .sha256):
      // With a self-reference the digest is taken modulo that reference, and differs from the archive's.
      guard own || digest.bytes == narHash.bytes else { return false }
      let kind = (["source"] + others + (own ? ["self"] : [])).joined(separator: ":")
      return path.hashPart == Self.hashPart(kind: kind, digest: digest.bytes, of: path)
    case (.text, _):
      guard !own else { return false }
      // A text's digest is of the file, not of the archive; the path alone binds it.
      let kind = (["text"] + others).joined(separator: ":")
      return path.hashPart == Self.hashPart(kind: kind, digest: digest.bytes, of: path)
    case (.flat, _), (.recursive, _):
      guard references.isEmpty else { return false }
      let inner =
        "fixed:out:\(method == .flat ? "" : "r:")\(digest.algorithm.rawValue):\(digest.bytes.base16):"
      return path.hashPart == Self.hashPart(kind: "output:out", digest: Digest.sha256(inner), of: path)
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
    case .flat: "fixed:\(spelling)"
    case .recursive: "fixed:r:\(spelling)"
    case .text: "text:\(spelling)"
    }
  }
}
