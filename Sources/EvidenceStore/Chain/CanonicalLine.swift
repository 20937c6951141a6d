/// One record as one line of JSON: always the same bytes for the same record, in every store.
///
/// An object of one level: the record's kind first, then its columns in the order of the schema, without those
/// that are `NULL`. Numbers are whole, texts are UTF-8 in which only `"`, `\` and control characters are escaped
/// (the latter as `\u00xx`), and there is no white space but the newline at the end, which counts.
struct CanonicalLine {
  private(set) var bytes: [UInt8]

  /// A line that begins with what the record is.
  init(_ kind: StaticString, _ value: String) {
    bytes = [UInt8(ascii: "{")]
    Self.append("\(kind)", to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    Self.append(value, to: &bytes)
  }

  /// A line that begins as `head` does, which another line is without its end.
  init(_ head: [UInt8]) { bytes = head }

  mutating func add(_ name: [UInt8], quoted value: [UInt8]) {
    bytes += name
    bytes += value
  }

  mutating func add(_ name: [UInt8], _ value: Int64) {
    bytes += name
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = value.magnitude
      var start = 20
      repeat {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      } while rest > 0
      if value < 0 { bytes.append(UInt8(ascii: "-")) }
      bytes += digits[start...]
    }
  }

  mutating func add(_ name: [UInt8], _ value: String) {
    bytes += name
    Self.append(value, to: &bytes)
  }

  mutating func add(_ name: String, _ value: Int64) { add(Self.name(name), value) }
  mutating func add(_ name: String, _ value: String) { add(Self.name(name), value) }

  mutating func end() { bytes += [UInt8(ascii: "}"), UInt8(ascii: "\n")] }

  /// How a column's name stands before its value.
  static func name(_ column: String) -> [UInt8] {
    var name = [UInt8(ascii: ",")]
    append(column, to: &name)
    name.append(UInt8(ascii: ":"))
    return name
  }

  static func quoted(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    append(text, to: &bytes)
    return bytes
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { content in
      guard !content.contains(where: isEscaped) else {
        for byte in content { append(byte, to: &bytes) }
        return
      }
      bytes += content
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
    guard isEscaped(byte) else { return bytes.append(byte) }
    bytes.append(UInt8(ascii: "\\"))
    guard byte < 0x20 else { return bytes.append(byte) }
    let digits = Array("0123456789abcdef".utf8)
    bytes += "u00".utf8
    bytes += [digits[Int(byte >> 4)], digits[Int(byte & 0xf)]]
  }
}
