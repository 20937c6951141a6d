/// The SHA-256 of an archive's content (`NarHash`), which a signature covers.
///
/// Not the hash of the compressed file in the cache (`FileHash`), which nothing verifies. Accepted, as
/// Nix accepts it: `sha256:` with 52 digits of Nix's base 32, 64 of base 16 or 44 of base 64, and SRI
/// (`sha256-` with base 64). The database writes base 16, `path-info --json` SRI.
public struct NarHash: Hashable, Sendable {
  // In the value itself: a survey holds a hundred thousand of them.
  private let words: Words

  private struct Words: Hashable, Sendable {
    var (first, second, third, fourth): (UInt64, UInt64, UInt64, UInt64)
  }

  /// The 32 bytes of the digest.
  public var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

  /// Parses any of the accepted spellings; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    guard let digest = Digest(text), digest.algorithm == .sha256 else { return nil }
    words = digest.bytes.withUnsafeBytes { $0.loadUnaligned(as: Words.self) }
  }

  /// `sha256:` and Nix's base 32, the spelling of narinfos and fingerprints.
  public var nix32: String { "sha256:\(Nix32.encode(bytes))" }
}

extension NarHash: CustomStringConvertible {
  public var description: String { nix32 }
}
