import Foundation
import NixModel

/// A value of a canonical line: JSON in which all numbers are integers.
///
/// The same value always has the same bytes. Members keep the order in which they were given. Texts are UTF-8
/// in which only `"`, `\` and control characters are escaped (the latter as `\u00xx`); a NUL becomes U+FFFD.
/// There is no white space.
package indirect enum JSON: Sendable {
  case null
  case flag(Bool)
  case number(Int64)
  case text(String)
  case list([JSON])
  case object([Member])

  package typealias Member = (name: String, value: JSON)

  /// Why a text is no such value, or not the expected one.
  package struct Flaw: Error, CustomStringConvertible {
    package let words: String

    package init(words: String) { self.words = words }

    package var description: String { words }
  }

  /// An error in words. Words that may quote a stranger's text are cut to an excerpt.
  package static func words(of error: any Error) -> String { (error as? Flaw)?.words ?? "\(error)".excerpt }
}

// MARK: Writing

extension JSON {
  /// The value's bytes.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return bytes
  }

  package func write(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .flag(let flag): bytes += (flag ? "true" : "false").utf8
    case .number(let number): bytes += "\(number)".utf8
    case .text(let text): Self.write(text, to: &bytes)
    case .list(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(member.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { content in
      guard content.contains(where: isEscaped) else {
        bytes += content
        return
      }
      for byte in content {
        if byte == 0 {
          // A NUL would end the text in SQLite and in C.
          bytes += "\u{FFFD}".utf8
          continue
        }
        if isEscaped(byte) { bytes.append(UInt8(ascii: "\\")) }
        if byte < 0x20 {
          bytes += "u00".utf8
          bytes += [Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 0xf)]]
        } else {
          bytes.append(byte)
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }
}

// MARK: Parsing

extension JSON {
  /// - Throws: ``Flaw`` where the bytes are no JSON, have white space or fractions, or nest deeper than any
  ///   record.
  package init(parsing bytes: some Collection<UInt8>) throws(Flaw) {
    try self.init(parsing: bytes, allowingNUL: false)
  }

  private init(parsing bytes: some Collection<UInt8>, allowingNUL: Bool) throws(Flaw) {
    let bytes = Array(bytes)
    let result = bytes.withUnsafeBufferPointer { bytes in
      Result<JSON, Flaw> { () throws(Flaw) in
        var parser = JSONParser(bytes: bytes, allowsNUL: allowingNUL)
        let value = try parser.value(depth: 0)
        guard parser.place == bytes.count else { throw parser.flaw("something follows the value") }
        return value
      }
    }
    self = try result.get()
  }
}

private struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  let allowsNUL: Bool
  var place = 0

  static let deepest = 32

  func flaw(_ words: String) -> JSON.Flaw { JSON.Flaw(words: "\(words) (byte \(place + 1))") }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skips(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(JSON.Flaw) {
    guard skips(character) else { throw flaw("'\(character)' is missing") }
  }

  private mutating func skipsWord(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard place + length <= bytes.count, let start = bytes.baseAddress,
      memcmp(start + place, word.utf8Start, length) == 0
    else { return false }
    place += length
    return true
  }

  mutating func value(depth: Int) throws(JSON.Flaw) -> JSON {
    guard depth < Self.deepest else { throw flaw("it nests too deep") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try list(depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t") where skipsWord("true"): return .flag(true)
    case UInt8(ascii: "f") where skipsWord("false"): return .flag(false)
    case UInt8(ascii: "n") where skipsWord("null"): return .null
    default: return .number(try number())
    }
  }

  private mutating func object(_ depth: Int) throws(JSON.Flaw) -> JSON {
    try expect("{")
    var members: [JSON.Member] = []
    guard !skips("}") else { return .object(members) }
    repeat {
      let name = try text()
      try expect(":")
      members.append((name, try value(depth: depth + 1)))
    } while skips(",")
    try expect("}")
    return .object(members)
  }

  private mutating func list(_ depth: Int) throws(JSON.Flaw) -> JSON {
    try expect("[")
    var values: [JSON] = []
    guard !skips("]") else { return .list(values) }
    repeat { values.append(try value(depth: depth + 1)) } while skips(",")
    try expect("]")
    return .list(values)
  }

  private mutating func number() throws(JSON.Flaw) -> Int64 {
    let start = place
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    while let byte = next, byte == UInt8(ascii: "-") || digits.contains(byte) { place += 1 }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    guard let number = Int64(text), "\(number)" == text else { throw flaw("there is no whole number") }
    return number
  }

  private mutating func text() throws(JSON.Flaw) -> String {
    try expect("\"")
    let start = place
    while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { place += 1 }
    if next == UInt8(ascii: "\"") {
      defer { place += 1 }
      return try string(bytes[start..<place])
    }
    var content = Array(bytes[start..<place])
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return try string(content)
      case UInt8(ascii: "\\"): try escaped(into: &content)
      case 0..<0x20: throw flaw("a control character is not escaped")
      default: content.append(byte)
      }
    }
    throw flaw("a text does not end")
  }

  private func string(_ bytes: some Sequence<UInt8>) throws(JSON.Flaw) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw flaw("a text is not UTF-8") }
    guard allowsNUL || !text.utf8.contains(0) else { throw flaw("a text holds a NUL") }
    return text
  }

  private mutating func escaped(into content: inout [UInt8]) throws(JSON.Flaw) {
    guard let byte = next else { throw flaw("a text does not end") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "u"):
      let digits = String(decoding: bytes[place...].prefix(4), as: UTF8.self)
      guard digits.utf8.count == 4, let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code)
      else { throw flaw("there is no such escape") }
      place += 4
      content += "\(scalar)".utf8
    default: throw flaw("there is no such escape")
    }
  }
}

// MARK: Values that encode themselves

extension JSON {
  /// The value that `value` encodes itself as, with sorted names.
  package init(encoding value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    self = try JSON(parsing: try encoder.encode(value), allowingNUL: true)
  }

  package func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes))
  }

  /// The value without members that are null.
  var withoutNulls: JSON {
    switch self {
    case .null, .flag, .number, .text: self
    case .list(let values): .list(values.map(\.withoutNulls))
    case .object(let members):
      .object(
        members.compactMap { name, value in
          if case .null = value { nil } else { (name, value.withoutNulls) }
        })
    }
  }

  /// The value without known secrets (``Redaction/known``).
  var withoutKnownSecrets: JSON {
    switch self {
    case .null, .flag, .number: self
    case .text(let text): .text(Redaction.withoutKnown(text))
    case .list(let values): .list(values.map(\.withoutKnownSecrets))
    case .object(let members): .object(members.map { ($0.name, $0.value.withoutKnownSecrets) })
    }
  }
}
