import Crypto
import Foundation

/// The SHA-256 of an archive's content (`NarHash`): what a signature vouches for.
///
/// Not the hash of the compressed file in the cache (`FileHash`), which nothing verifies. Accepted, as
/// Nix accepts it (`src/libutil/hash.cc`): `sha256:` with 52 digits of Nix's base 32, 64 of base 16 or 44
/// of base 64, and SRI (`sha256-` with base 64). The database writes base 16, `path-info --json` SRI.
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
    guard let bytes = Digest.sha256(spelled: text) else { return nil }
    words = bytes.withUnsafeBytes { $0.loadUnaligned(as: Words.self) }
  }

  /// `sha256:` and Nix's base 32, the spelling of narinfos and fingerprints.
  public var nix32: String { "sha256:\(Nix32.encode(bytes))" }
}

extension NarHash: CustomStringConvertible {
  public var description: String { nix32 }
}

/// Spellings of digests.
enum Digest {
  /// The bytes of a SHA-256 in any of Nix's spellings.
  static func sha256(spelled text: some StringProtocol) -> [UInt8]? {
    guard text.hasPrefix("sha256") else { return nil }
    let rest = text.dropFirst("sha256".count)
    let digits = rest.dropFirst()
    switch rest.first {
    case "-": return base64(digits)
    case ":":
      switch digits.utf8.count {
      case 52: return Nix32.decode(digits).flatMap(exactly32)
      case 64: return base16(digits)
      case 44: return base64(digits)
      default: return nil
      }
    default: return nil
    }
  }

  static func sha256(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

  private static func base16(_ digits: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits.utf8 {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return exactly32(bytes)
  }

  private static func base64(_ digits: some StringProtocol) -> [UInt8]? {
    Data(base64Encoded: String(digits)).flatMap { exactly32(Array($0)) }
  }

  private static func exactly32(_ bytes: [UInt8]) -> [UInt8]? { bytes.count == 32 ? bytes : nil }
}
