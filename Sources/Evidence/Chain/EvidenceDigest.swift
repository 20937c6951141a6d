package import Crypto
package import Foundation

/// A SHA-256 of recorded bytes, written as 64 lower-case hexadecimal digits.
package struct EvidenceDigest: Hashable, Sendable {
  /// Its 32 bytes.
  package let bytes: Data

  /// The digest before the first link of a chain: 32 zero bytes.
  package static let none = EvidenceDigest(Data(count: 32))

  private init(_ bytes: Data) { self.bytes = bytes }

  /// - Returns: `nil` where there are not 32 bytes.
  package init?(bytes: Data) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// The digest of content that was hashed piece by piece.
  package init(_ digest: SHA256.Digest) { bytes = Data(digest) }

  /// The digest of `content`.
  package init(of content: some DataProtocol) { bytes = Data(SHA256.hash(data: content)) }

  /// Reads the digits that ``description`` writes; `nil` for any other text.
  package init?(_ text: String) {
    var bytes = Data()
    var digits = text.utf8[...]
    while let high = digits.popFirst(), let low = digits.popFirst() {
      guard let high = Self.value(high), let low = Self.value(low) else { return nil }
      bytes.append(high << 4 | low)
    }
    guard text.utf8.count == 64, bytes.count == 32 else { return nil }
    self.init(bytes)
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  /// The digits, as bytes.
  package var digits: [UInt8] {
    let known = Array("0123456789abcdef".utf8)
    var digits: [UInt8] = []
    digits.reserveCapacity(64)
    for byte in bytes {
      digits.append(known[Int(byte >> 4)])
      digits.append(known[Int(byte & 0xf)])
    }
    return digits
  }
}

extension EvidenceDigest: CustomStringConvertible {
  package var description: String { String(decoding: digits, as: UTF8.self) }
}
