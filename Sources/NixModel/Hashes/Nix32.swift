/// Nix's base 32: digits and letters without `e`, `o`, `t`, `u`, read from the last byte to the first.
///
/// Source: Nix, `src/libutil/hash.cc` (`printHash32`, `parse`).
public enum Nix32 {
  static let alphabet = Array("0123456789abcdfghijklmnpqrsvwxyz".utf8)

  /// Whether `byte` is one of the 32 digits.
  public static func isDigit(_ byte: UInt8) -> Bool { digits.contains(byte) }

  /// All of them.
  static let digits = ByteSet("0123456789abcdfghijklmnpqrsvwxyz")

  /// How many digits `count` bytes take: 52 for a SHA-256, 32 for a store path's hash.
  public static func encodedLength(ofBytes count: Int) -> Int { (count * 8 + 4) / 5 }

  /// The digits of `bytes`.
  public static func encode(_ bytes: some RandomAccessCollection<UInt8>) -> String {
    let length = encodedLength(ofBytes: bytes.count)
    var digits: [UInt8] = []
    digits.reserveCapacity(length)
    for position in stride(from: length - 1, through: 0, by: -1) {
      let bit = position * 5
      let (index, shift) = (bit / 8, bit % 8)
      var group = UInt16(bytes[bytes.index(bytes.startIndex, offsetBy: index)]) >> shift
      if index + 1 < bytes.count {
        group |= UInt16(bytes[bytes.index(bytes.startIndex, offsetBy: index + 1)]) << (8 - shift)
      }
      digits.append(alphabet[Int(group & 0x1f)])
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The bytes that `text` stands for, or `nil` where a digit is foreign or leftover bits are set.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let digits = Array(text.utf8)
    let count = digits.count * 5 / 8
    guard digits.count == encodedLength(ofBytes: count) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    for position in 0..<digits.count {
      guard let digit = value(of: digits[digits.count - 1 - position]) else { return nil }
      let bit = position * 5
      let (index, shift) = (bit / 8, bit % 8)
      if index < count { bytes[index] |= digit << UInt8(shift) }
      let carried = UInt16(digit) >> (8 - shift)
      if index + 1 < count {
        bytes[index + 1] |= UInt8(truncatingIfNeeded: carried)
      } else if carried != 0 || index >= count && digit != 0 {
        return nil
      }
    }
    return bytes
  }

  private static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "d"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "f")...UInt8(ascii: "n"): byte - UInt8(ascii: "f") + 14
    case UInt8(ascii: "p")...UInt8(ascii: "s"): byte - UInt8(ascii: "p") + 23
    case UInt8(ascii: "v")...UInt8(ascii: "z"): byte - UInt8(ascii: "v") + 27
    default: nil
    }
  }
}
