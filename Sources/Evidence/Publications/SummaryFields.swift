import Foundation
import NixModel

/// One object of a publication's summary, whose values are parsed on demand.
struct Fields {
  private let container: KeyedDecodingContainer<Key>

  struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// The longest line in bytes, and the longest installable, which can have an expression in it.
  static let longestLine = 1000
  static let longestInstallable = 8 << 10
  /// The longest message in Unicode scalars; the rest is cut off.
  static let longestMessage = 10_000

  init(_ decoder: any Decoder) throws { container = try decoder.container(keyedBy: Key.self) }

  private init(_ container: KeyedDecodingContainer<Key>) { self.container = container }

  /// The error about a malformed value.
  func flaw(_ name: String, _ words: String) -> DecodingError {
    .dataCorruptedError(forKey: Key(stringValue: name), in: container, debugDescription: words)
  }

  // MARK: Objects and lists

  func object(_ name: String) throws -> Fields {
    Fields(try container.nestedContainer(keyedBy: Key.self, forKey: Key(stringValue: name)))
  }

  func object(ifAny name: String) throws -> Fields? { try isAny(name) ? object(name) : nil }

  func list<Item: Decodable>(_ name: String, _ type: Item.Type) throws -> [Item] {
    try container.decode([Item].self, forKey: Key(stringValue: name))
  }

  /// Whether the value is neither missing nor `null`.
  private func isAny(_ name: String) throws -> Bool {
    let key = Key(stringValue: name)
    return try container.contains(key) && !container.decodeNil(forKey: key)
  }

  // MARK: Texts

  private func text(_ name: String) throws -> String {
    try container.decode(String.self, forKey: Key(stringValue: name))
  }

  /// A text of one line, without credentials and without the mark of a bundle line.
  func line(_ name: String, longest: Int = longestLine) throws -> String {
    let text = try text(name)
    let isLine = text.plainText.utf8.elementsEqual(text.utf8) && !text.utf8.contains(UInt8(ascii: "\n"))
    guard isLine, (1...longest).contains(text.utf8.count) else {
      throw flaw(name, "expected one line of 1 to \(longest) bytes without control characters")
    }
    return BundleLine.withoutBundles(Redaction.redact(text))
  }

  /// A line, or nothing. An empty text counts as nothing.
  func line(ifAny name: String) throws -> String? {
    guard try isAny(name), try !text(name).isEmpty else { return nil }
    return try line(name)
  }

  /// A line that a publisher may not have learned before it failed; then it is `unknown`.
  func line(ifKnown name: String) throws -> String { try line(ifAny: name) ?? "unknown" }

  /// A message in free words, cut to a length; empty where it is missing.
  func message(_ name: String) throws -> String {
    guard try isAny(name) else { return "" }
    // Control characters are taken out before credentials, because they may have stood within an address.
    let text = Redaction.redact(try text(name).plainText)
    // A printed message may get into a log, where it must not look like a bundle line.
    let shown = BundleLine.withoutBundles(text).unicodeScalars
    guard shown.count > Self.longestMessage else { return String(shown) }
    return "\(String(shown.prefix(Self.longestMessage)))…"
  }

  /// One of a few words.
  func word<Word: RawRepresentable & CaseIterable>(_ name: String) throws -> Word
  where Word.RawValue == String {
    let text = try text(name)
    guard let word = Word(rawValue: text) else {
      let known = Word.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw flaw(name, "expected one of \(known), and not '\(text.excerpt)'")
    }
    return word
  }

  func name(_ name: String) throws -> RunID {
    let text = try text(name)
    guard let id = RunID(canonical: text) else {
      throw flaw(name, "expected a name such as 20260503T120000Z-4k7xbq, and not '\(text.excerpt)'")
    }
    return id
  }

  func path(_ name: String) throws -> StorePath {
    do { return try StorePath(parsing: try text(name)) } catch let error as StorePathError {
      throw flaw(name, "expected a store path: \(error)")
    }
  }

  func path(ifAny name: String) throws -> StorePath? {
    guard try isAny(name), try !text(name).isEmpty else { return nil }
    return try path(name)
  }

  /// An address without its credentials.
  func address(ifAny name: String) throws -> SubstituterURL? {
    guard try isAny(name), try !text(name).isEmpty else { return nil }
    // The error does not quote the text, because its password cannot be told from the rest. Redaction comes
    // before parsing: an address within an address loses its scheme's colon, and its password could no longer
    // be recognized.
    guard let configured = try? SubstituterURL(parsing: Redaction.redact(text(name))),
      let address = try? SubstituterURL(parsing: configured.canonical),
      address.canonical.plainText.utf8.elementsEqual(address.canonical.utf8)
    else { throw flaw(name, "expected an address such as https://cache.example/main, without spaces") }
    return address
  }

  // MARK: Numbers and times

  func flag(_ name: String) throws -> Bool {
    try container.decode(Bool.self, forKey: Key(stringValue: name))
  }

  func flag(ifAny name: String) throws -> Bool? { try isAny(name) ? flag(name) : nil }

  /// A count or a size. A number that is too large for a line of a record becomes the greatest.
  func number(_ name: String) throws -> UInt64 {
    let key = Key(stringValue: name)
    let most = UInt64(Int64.max)
    if let number = try? container.decode(UInt64.self, forKey: key) { return min(number, most) }
    let number = try container.decode(Double.self, forKey: key)
    guard number >= 0, number >= 0x1p63 || number == number.rounded() else {
      throw flaw(name, "expected a whole number, not below 0")
    }
    return number >= 0x1p63 ? most : UInt64(number)
  }

  func number(ifAny name: String) throws -> UInt64? { try isAny(name) ? number(name) : nil }

  func instant(_ name: String) throws -> Date {
    let text = try text(name)
    let styles = [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)]
    let date =
      text.utf8.count <= 40 && text.utf8.last == UInt8(ascii: "Z")
      ? styles.lazy.compactMap { try? $0.parse(text) }.first : nil
    // The parser takes a date that does not exist for another one, so the result is compared with the text.
    guard let date, let kept = Self.kept(date),
      date.formatted(styles[0]).utf8.starts(with: text.utf8.prefix(Self.wholeSeconds))
    else {
      throw flaw(name, "expected a time such as 2026-05-03T12:00:00Z, and not '\(text.excerpt)'")
    }
    return kept
  }

  /// The bytes of a time's date and whole seconds: `2026-05-03T12:00:00`.
  private static let wholeSeconds = 19

  /// The instant that the store reads back after it has written `date`. Some milliseconds have no exact
  /// `Date`, so this is repeated until writing and reading agree.
  private static func kept(_ date: Date) -> Date? {
    var date = date
    for _ in 0..<20 {
      guard let next = Instant.date(Instant.text(date)), abs(next.timeIntervalSince(date)) < 1 else {
        return nil
      }
      if next == date { return date }
      date = next
    }
    return nil
  }

  func instant(ifAny name: String) throws -> Date? { try isAny(name) ? instant(name) : nil }
}
