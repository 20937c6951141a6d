/// A list as CSV (RFC 4180): a line of column names, lines that end with CR and LF, quotes where they are needed.
struct CSV {
  let names: [String]
  let rows: [[Value]]

  init(names: [String], rows: [[Value]]) {
    self.names = names
    self.rows = rows
  }

  /// The rows of a list.
  init<Row>(_ rows: [Row], _ columns: [Column<Row>]) {
    let named = columns.flatMap(\.named)
    self.init(names: named.map(\.name), rows: rows.map { row in named.map { $0.value(row) ?? .text(nil) } })
  }

  /// The text, with a line of names even where there is nothing else.
  func render() -> String {
    ([names] + rows.map { $0.map(\.field) }).map { $0.joined(separator: ",") + "\r\n" }.joined()
  }
}

extension Value {
  /// The value as a field of CSV. The elements of a list stand side by side in it.
  fileprivate var field: String {
    switch self {
    case .text(let text), .prose(let text): text.map { Self.quoted(Self.harmless(Words.line($0))) } ?? ""
    case .number(let number), .milliseconds(let number): number.map { "\($0)" } ?? ""
    case .bytes(let count): count.map { "\(Int64(clamping: $0))" } ?? ""
    case .instant(let instant): instant.map { Instant.iso8601($0) } ?? ""
    case .flag(let flag): flag.map { "\($0)" } ?? ""
    case .list(let values): Value.text(values.compactMap(\.element).joined(separator: " ")).field
    case .object: ""
    }
  }

  /// The text in a list of texts.
  private var element: String? {
    if case .text(let text) = self { text } else { field }
  }

  /// A spreadsheet takes a text that begins so for a formula, and runs it. Names of targets, branches, hosts and
  /// caches are others' texts.
  private static let beginningsOfFormulas: Set<Character> = ["=", "+", "-", "@"]

  private static func harmless(_ text: String) -> String {
    text.first.map(beginningsOfFormulas.contains) == true ? "'\(text)" : text
  }

  private static func quoted(_ text: String) -> String {
    // By bytes: a joining mark makes one character of itself and the quote before it.
    let needsQuotes = text.utf8.contains { byte in
      [UInt8(ascii: "\""), UInt8(ascii: ","), 0x0A, 0x0D].contains(byte)
    }
    guard needsQuotes || text.utf8.first == 0x20 || text.utf8.last == 0x20 else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 { bytes += byte == UInt8(ascii: "\"") ? [byte, byte] : [byte] }
    return "\"\(String(decoding: bytes, as: UTF8.self))\""
  }
}
