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
  static func parse(_ bytes: [UInt8]) -> StrictJSON? {
    var parser = Parser(bytes: bytes)
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

  let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func isAtEnd() -> Bool {
    skipSpace()
    return position == bytes.count
  }

  mutating func value() throws(Malformed) -> StrictJSON {
    skipSpace()
    switch next {
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
    guard next == UInt8(ascii: "\"") else { throw Malformed() }
    position += 1
    var text = ""
    var start = position
    while let byte = next {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        text += self.text(from: start)
        position += 1
        if byte == UInt8(ascii: "\"") { return text }
        text.unicodeScalars.append(try escape())
        start = position
      } else {
        position += 1
      }
    }
    throw Malformed()
  }

  private mutating func escape() throws(Malformed) -> Unicode.Scalar {
    guard let kind = next else { throw Malformed() }
    position += 1
    switch kind {
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
    let first = try unit()
    let behind = position
    if UTF16.isLeadSurrogate(first), takeAll(#"\u"#), case let second = try unit(),
      UTF16.isTrailSurrogate(second)
    {
      return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }
    position = behind
    return Unicode.Scalar(first) ?? "\u{FFFD}"
  }

  private mutating func unit() throws(Malformed) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = next.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw Malformed()
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  private mutating func number() throws(Malformed) -> String {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let first = next
    let length = digits()
    // Nothing follows a zero before the point.
    guard length == 1 || length > 1 && first != UInt8(ascii: "0") else { throw Malformed() }
    if next == UInt8(ascii: ".") {
      position += 1
      guard digits() > 0 else { throw Malformed() }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard digits() > 0 else { throw Malformed() }
    }
    return text(from: start)
  }

  private mutating func literal(_ word: String) throws(Malformed) -> StrictJSON {
    guard takeAll(word) else { throw Malformed() }
    return .literal
  }

  // MARK: Bytes

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func text(from start: Int) -> String { String(decoding: bytes[start..<position], as: UTF8.self) }

  /// Passes over digits, and says how many there were.
  private mutating func digits() -> Int {
    let start = position
    while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    return position - start
  }

  private mutating func takeAll(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func take(_ mark: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ mark: Unicode.Scalar) throws(Malformed) {
    guard take(mark) else { throw Malformed() }
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A { position += 1 }
  }
}
