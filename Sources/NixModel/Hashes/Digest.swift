import Crypto
import Foundation

/// A digest and the algorithm that made it, read from any of Nix's spellings.
///
/// Source: Nix, `src/libutil/hash.cc` (`parseAnyPrefixed`): `sha256:` with Nix's base 32, base 16 or padded
/// base 64, told apart by their length, or SRI (`sha256-` with base 64).
struct Digest: Hashable {
  let algorithm: Algorithm
  let bytes: [UInt8]

  /// The algorithms that every Nix knows. BLAKE3 is an experimental feature of the newest ones.
  enum Algorithm: String, Hashable, Sendable {
    case md5, sha1, sha256, sha512

    var byteCount: Int {
      switch self {
      case .md5: 16
      case .sha1: 20
      case .sha256: 32
      case .sha512: 64
      }
    }
  }

  /// - Parameter allowsSRI: a content address has no SRI.
  init?(_ text: some StringProtocol, allowsSRI: Bool = true) {
    let text = text.utf8
    // By bytes: a joining mark makes one character of itself and the sign before it.
    guard
      let separator = text.firstIndex(of: UInt8(ascii: ":"))
        ?? (allowsSRI ? text.firstIndex(of: UInt8(ascii: "-")) : nil),
      let algorithm = Algorithm(rawValue: String(decoding: text[..<separator], as: UTF8.self))
    else { return nil }
    let digits = text[text.index(after: separator)...]
    guard let bytes = Self.bytes(digits, of: algorithm, isSRI: text[separator] == UInt8(ascii: "-")),
      bytes.count == algorithm.byteCount
    else { return nil }
    (self.algorithm, self.bytes) = (algorithm, bytes)
  }

  private static func bytes(
    _ digits: some Collection<UInt8>, of algorithm: Algorithm, isSRI: Bool
  ) -> [UInt8]? {
    if isSRI { return NixBase64.decode(digits) }
    return switch digits.count {
    case algorithm.byteCount * 2: base16(digits)
    case Nix32.encodedLength(ofBytes: algorithm.byteCount):
      Nix32.decode(String(decoding: digits, as: UTF8.self))
    case (algorithm.byteCount + 2) / 3 * 4: NixBase64.decode(digits)
    default: nil
    }
  }

  private static func base16(_ digits: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
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
    return high == nil ? bytes : nil
  }

  /// The SHA-256 of a text.
  static func sha256(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }
}
