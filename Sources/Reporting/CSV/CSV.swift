/// A list as CSV (RFC 4180): a line of column names, lines that end with CR and LF, quotes where they are needed.
struct CSV {
  let columns: [String]
  let rows: [[Field]]

  /// One value.
  enum Field: ExpressibleByStringLiteral {
    case text(String)
    case number(Int64)
    case nothing

    init(stringLiteral value: String) { self = .text(value) }

    init(_ text: String?) { self = text.map { .text($0) } ?? .nothing }

    init(_ number: (some BinaryInteger)?) { self = number.map { .number(Int64(clamping: $0)) } ?? .nothing }

    fileprivate var rendered: String {
      switch self {
      case .nothing: ""
      case .number(let number): "\(number)"
      case .text(let text): Self.quoted(Self.harmless(Words.line(text)))
      }
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

  /// The text, with a line of names even where there is nothing else.
  func render() -> String {
    ([columns] + rows.map { $0.map(\.rendered) }).map { $0.joined(separator: ",") + "\r\n" }.joined()
  }
}
