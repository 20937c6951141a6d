/// JSON as RFC 8259 has it, read by recursive descent: slow, strict, and made of nothing that the fast reader is
/// made of.
///
/// It takes one liberty, the log's own: a string may hold any bytes but a bare quote. What is no UTF-8 and half
/// a surrogate pair read as U+FFFD.
enum StrictJSON {
  case object([(key: String, value: StrictJSON)])
  case array([StrictJSON])
  case string(String)
  case number(String)
  case literal

  /// The value that `bytes` are, as a whole; `nil` where they are none.
  static func parse(_ bytes: ArraySlice<UInt8>) -> StrictJSON? {
    var parser = Parser(rest: bytes)
    guard let value = try? parser.value(), parser.isAtEnd() else { return nil }
    return value
  }

  /// A member of an object: of several of the same name, the first.
  subscript(_ key: String) -> StrictJSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// A whole number of up to 64 bits.
  var whole: UInt64? {
    guard case .number(let digits) = self else { return nil }
    return UInt64(digits)
  }

  var elements: [StrictJSON] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }
}

private struct Parser {
  struct Malformed: Error {}

  var rest: ArraySlice<UInt8>

  mutating func isAtEnd() -> Bool {
    skipSpace()
    return rest.isEmpty
  }

  mutating func value() throws(Malformed) -> StrictJSON {
    skipSpace()
    guard let first = rest.first else { throw Malformed() }
    switch first {
    case UInt8(ascii: "{"): return .object(try members())
    case UInt8(ascii: "["): return .array(try elements())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true")
    case UInt8(ascii: "f"): return try literal("false")
    case UInt8(ascii: "n"): return try literal("null")
    default: return .number(try number())
    }
  }

  private mutating func members() throws(Malformed) -> [(key: String, value: StrictJSON)] {
    try expect("{")
    var members: [(key: String, value: StrictJSON)] = []
    if take("}") { return members }
    repeat {
      skipSpace()
      let key = try string()
      try expect(":")
      members.append((key, try value()))
    } while take(",")
    try expect("}")
    return members
  }

  private mutating func elements() throws(Malformed) -> [StrictJSON] {
    try expect("[")
    var elements: [StrictJSON] = []
    if take("]") { return elements }
    repeat { elements.append(try value()) } while take(",")
    try expect("]")
    return elements
  }

  private mutating func string() throws(Malformed) -> String {
    guard rest.popFirst() == UInt8(ascii: "\"") else { throw Malformed() }
    var text = ""
    var plain: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return text + String(decoding: plain, as: UTF8.self)
      case UInt8(ascii: "\\"):
        text += String(decoding: plain, as: UTF8.self)
        plain = []
        text.unicodeScalars.append(try escape())
      default: plain.append(byte)
      }
    }
    throw Malformed()
  }

  private mutating func escape() throws(Malformed) -> Unicode.Scalar {
    switch rest.popFirst() {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw Malformed()
    }
    let unit = try unit()
    guard UTF16.isLeadSurrogate(unit), rest.starts(with: #"\u"#.utf8) else {
      return Unicode.Scalar(unit) ?? "\u{FFFD}"
    }
    let behind = rest
    rest = rest.dropFirst(2)
    let second = try self.unit()
    guard UTF16.isTrailSurrogate(second) else {
      rest = behind
      return "\u{FFFD}"
    }
    return UTF16.decode(UTF16.EncodedScalar([unit, second]))
  }

  private mutating func unit() throws(Malformed) -> UInt16 {
    let digits = rest.prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw Malformed() }
    rest = rest.dropFirst(4)
    return unit
  }

  private mutating func number() throws(Malformed) -> String {
    let text = String(
      decoding: rest.prefix { "+-.eE0123456789".utf8.contains($0) }, as: UTF8.self)
    // Most are plain digits, and expressions are slow.
    let isDigits = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let isPlain = isDigits && text.utf8.first ?? 0x30 != 0x30
    guard isPlain || text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil else {
      throw Malformed()
    }
    rest = rest.dropFirst(text.utf8.count)
    return text
  }

  private mutating func literal(_ word: String) throws(Malformed) -> StrictJSON {
    guard rest.starts(with: word.utf8) else { throw Malformed() }
    rest = rest.dropFirst(word.utf8.count)
    return .literal
  }

  private mutating func take(_ mark: Unicode.Scalar) -> Bool {
    skipSpace()
    guard rest.first == UInt8(ascii: mark) else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func expect(_ mark: Unicode.Scalar) throws(Malformed) {
    guard take(mark) else { throw Malformed() }
  }

  private mutating func skipSpace() { rest = rest.drop { " \t\r\n".utf8.contains($0) } }
}
