/// Walks over JSON text without building anything: strings stay where they are until they are asked for.
struct JSONScanner {
  /// A string's content in the text, between its quotes.
  struct Text {
    let start: Int
    let end: Int
    let hasEscapes: Bool
  }

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return position == bytes.count
    }
  }

  /// Takes `byte`, after white space, if it comes next.
  mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  /// Takes a string, if one comes next.
  mutating func string() -> Text? {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return nil }
    let start = position + 1
    var hasEscapes = false
    var index = start
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        position = index + 1
        return Text(start: start, end: index, hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        index += 2
      default: index += 1
      }
    }
    return nil
  }

  /// Takes a whole number from 0 to 2^64 - 1, if one comes next; other numbers are left.
  mutating func number() -> UInt64? {
    skipSpace()
    var index = position
    var value: UInt64 = 0
    while index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") {
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, tooMuch) = product.addingReportingOverflow(UInt64(bytes[index] - UInt8(ascii: "0")))
      if tooLarge || tooMuch { return nil }
      value = sum
      index += 1
    }
    guard index > position else { return nil }
    if index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return nil
      default: break
      }
    }
    position = index
    return value
  }

  /// Takes a number into `place`, or passes over another value.
  mutating func value(of place: inout UInt64?) -> Bool {
    if let number = number() {
      place = number
      return true
    }
    return skipValue()
  }

  /// Passes over one value of any kind; `false` where there is none. Depth is counted, not recursed.
  mutating func skipValue() -> Bool {
    var depth = 0
    repeat {
      skipSpace()
      guard position < bytes.count else { return false }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        guard string() != nil else { return false }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        position += 1
        continue
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard depth > 0 else { return false }
        depth -= 1
        position += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        guard depth > 0 else { return false }
        position += 1
        continue
      default:
        let start = position
        while position < bytes.count, !isDelimiter(bytes[position]) { position += 1 }
        guard position > start else { return false }
      }
    } while depth > 0
    return true
  }

  /// Whether a string is `expected`. One with escapes is decoded first.
  func equals(_ text: Text, _ expected: StaticString) -> Bool {
    if text.hasEscapes { return string(text) == expected.description }
    guard text.end - text.start == expected.utf8CodeUnitCount else { return false }
    return expected.withUTF8Buffer { wanted in
      for offset in 0..<wanted.count where bytes[text.start + offset] != wanted[offset] { return false }
      return true
    }
  }

  /// The content of a string, its escapes decoded. Invalid UTF-8 and lone surrogates become U+FFFD.
  func string(_ text: Text) -> String {
    let content = UnsafeRawBufferPointer(rebasing: bytes[text.start..<text.end])
    guard text.hasEscapes else { return String(decoding: content, as: UTF8.self) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(content.count)
    var index = 0
    while index < content.count {
      guard content[index] == UInt8(ascii: "\\"), index + 1 < content.count else {
        decoded.append(content[index])
        index += 1
        continue
      }
      switch content[index + 1] {
      case UInt8(ascii: "n"): decoded.append(0x0A)
      case UInt8(ascii: "r"): decoded.append(0x0D)
      case UInt8(ascii: "t"): decoded.append(0x09)
      case UInt8(ascii: "b"): decoded.append(0x08)
      case UInt8(ascii: "f"): decoded.append(0x0C)
      case UInt8(ascii: "u"):
        let (scalar, length) = scalar(in: content, at: index)
        decoded.append(contentsOf: String(Character(scalar)).utf8)
        index += length
        continue
      case let other: decoded.append(other)
      }
      index += 2
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  /// The character that `\uXXXX` at `index` stands for, with its other half where it is a surrogate, and
  /// the number of bytes that it takes.
  private func scalar(in content: UnsafeRawBufferPointer, at index: Int) -> (Unicode.Scalar, Int) {
    guard let first = hex4(content, index + 2) else { return ("\u{FFFD}", 2) }
    if (0xD800..<0xDC00).contains(first), index + 7 < content.count, content[index + 6] == UInt8(ascii: "\\"),
      content[index + 7] == UInt8(ascii: "u"), let second = hex4(content, index + 8),
      (0xDC00..<0xE000).contains(second)
    {
      let value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
      return (Unicode.Scalar(value) ?? "\u{FFFD}", 12)
    }
    return (Unicode.Scalar(first) ?? "\u{FFFD}", 6)
  }

  private func hex4(_ content: UnsafeRawBufferPointer, _ start: Int) -> UInt32? {
    guard start + 4 <= content.count else { return nil }
    var value: UInt32 = 0
    for byte in content[start..<start + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private func isDelimiter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "{"),
      UInt8(ascii: "["), UInt8(ascii: "\""), 0x20, 0x09, 0x0D, 0x0A:
      true
    default: false
    }
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0D, 0x0A: position += 1
      default: return
      }
    }
  }
}
