/// One line of a bundle, taken apart.
struct CanonicalRecord {
  /// What the record is: the first name and its value.
  let kind: String
  let name: String
  /// The others.
  let fields: [(name: String, value: Value)]

  enum Value {
    case text(String)
    case number(Int64)
  }

  /// Why a line is not canonical.
  struct Flaw: Error {
    let words: String
  }

  /// - Throws: ``Flaw`` for everything that ``CanonicalLine`` does not write.
  init(_ line: some Collection<UInt8>) throws(Flaw) {
    var reader = Reader(bytes: Array(line))
    try reader.expect("{")
    kind = try reader.text()
    try reader.expect(":")
    name = try reader.text()
    var fields: [(name: String, value: Value)] = []
    while reader.skips(",") {
      let name = try reader.text()
      try reader.expect(":")
      fields.append((name, reader.isAtText ? .text(try reader.text()) : .number(try reader.number())))
    }
    try reader.expect("}")
    guard reader.isAtEnd else { throw Flaw(words: "something follows the record") }
    self.fields = fields
  }

  /// The text of a field that must be there.
  func text(_ name: String) throws(Flaw) -> String {
    guard case .text(let text)? = fields.first(where: { $0.name == name })?.value else {
      throw Flaw(words: "'\(name)' is missing")
    }
    return text
  }

  private struct Reader {
    let bytes: [UInt8]
    var place = 0

    var isAtEnd: Bool { place == bytes.count }
    var isAtText: Bool { place < bytes.count && bytes[place] == UInt8(ascii: "\"") }

    mutating func skips(_ character: Unicode.Scalar) -> Bool {
      guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
      place += 1
      return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(Flaw) {
      guard skips(character) else { throw Flaw(words: "'\(character)' is missing at byte \(place + 1)") }
    }

    mutating func number() throws(Flaw) -> Int64 {
      let start = place
      while place < bytes.count, bytes[place] != UInt8(ascii: ","), bytes[place] != UInt8(ascii: "}") {
        place += 1
      }
      let digits = String(decoding: bytes[start..<place], as: UTF8.self)
      guard let number = Int64(digits), "\(number)" == digits else {
        throw Flaw(words: "byte \(start + 1) begins no text and no whole number")
      }
      return number
    }

    mutating func text() throws(Flaw) -> String {
      try expect("\"")
      var content: [UInt8] = []
      while true {
        guard place < bytes.count else { throw Flaw(words: "a text does not end") }
        let byte = bytes[place]
        place += 1
        switch byte {
        case UInt8(ascii: "\""):
          guard let text = String(validating: content, as: UTF8.self) else {
            throw Flaw(words: "a text is not UTF-8")
          }
          return text
        case UInt8(ascii: "\\"): content.append(try escaped())
        case 0..<0x20: throw Flaw(words: "a control character is not escaped at byte \(place)")
        default: content.append(byte)
        }
      }
    }

    private mutating func escaped() throws(Flaw) -> UInt8 {
      if skips("\"") { return UInt8(ascii: "\"") }
      if skips("\\") { return UInt8(ascii: "\\") }
      let digits = bytes[place...].prefix(5)
      guard digits.starts(with: "u00".utf8), digits.count == 5,
        let code = UInt8(String(decoding: digits.dropFirst(3), as: UTF8.self), radix: 16), code < 0x20
      else { throw Flaw(words: "there is no such escape at byte \(place)") }
      place += 5
      return code
    }
  }
}
