import Crypto
import Foundation
import GRDB

/// A SHA-256 of what was recorded, written as 64 hexadecimal digits.
struct EvidenceDigest: Hashable, Sendable {
  /// Its 32 bytes.
  let bytes: Data

  /// Before the first link of a chain there is this: 32 zeros.
  static let none = EvidenceDigest(Data(count: 32))

  private init(_ bytes: Data) { self.bytes = bytes }

  /// The digest of `content`.
  init(of content: some DataProtocol) { bytes = Data(SHA256.hash(data: content)) }

  /// The digest of lines, one after the other.
  init(ofLines lines: some Sequence<ArraySlice<UInt8>>) {
    var hash = SHA256()
    for line in lines { line.withUnsafeBytes { hash.update(bufferPointer: $0) } }
    bytes = Data(hash.finalize())
  }

  /// Parses 64 hexadecimal digits; `nil` for anything else.
  init?(_ text: some StringProtocol) {
    guard text.utf8.count == 64 else { return nil }
    var bytes = Data(capacity: 32)
    var high: UInt8?
    for digit in text.utf8 {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    self.bytes = bytes
  }

  /// The digits, as bytes.
  var digits: [UInt8] {
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
  var description: String { String(decoding: digits, as: UTF8.self) }
}

extension EvidenceDigest: DatabaseValueConvertible {
  var databaseValue: DatabaseValue { bytes.databaseValue }

  static func fromDatabaseValue(_ value: DatabaseValue) -> EvidenceDigest? {
    guard let data = Data.fromDatabaseValue(value), data.count == 32 else { return nil }
    return EvidenceDigest(data)
  }
}
