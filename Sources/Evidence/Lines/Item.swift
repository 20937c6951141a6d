package import Foundation
package import NixModel

/// Makes an object member by member, and leaves out members without a value.
package struct ItemWriter {
  package private(set) var members: [JSON.Member] = []

  package static func item(_ fill: (inout ItemWriter) throws -> Void) rethrows -> JSON {
    var writer = ItemWriter()
    try fill(&writer)
    return .object(writer.members)
  }

  package mutating func add(_ name: String, _ value: JSON) { members.append((name, value)) }

  package mutating func add(_ name: String, _ text: String?) {
    if let text { add(name, .text(text)) }
  }

  package mutating func add(_ name: String, _ path: StorePath?) { add(name, path?.description) }

  package mutating func add(_ name: String, _ number: (some BinaryInteger)?) {
    if let number { add(name, .number(Int64(clamping: number))) }
  }

  /// Adds a flag only where it is set.
  package mutating func add(_ name: String, if flag: Bool) {
    if flag { add(name, .flag(true)) }
  }

  /// Adds a flag that can be true, false or unknown.
  package mutating func add(_ name: String, flag: Bool?) {
    if let flag { add(name, .flag(flag)) }
  }

  /// Adds a list of texts unless it is empty.
  package mutating func add(_ name: String, texts: some Sequence<some CustomStringConvertible>) {
    add(name, items: texts.map { JSON.text($0.description) })
  }

  package mutating func add(_ name: String, items: [JSON]) {
    if !items.isEmpty { add(name, .list(items)) }
  }
}

/// Reads an object's members.
package struct Item {
  package let members: [JSON.Member]

  /// - Throws: ``JSON/Flaw`` where `json` is no object.
  package init(_ json: JSON) throws(JSON.Flaw) {
    guard case .object(let members) = json else { throw JSON.Flaw(words: "an object is expected") }
    self.members = members
  }

  package var names: [String] { members.map(\.name) }

  package subscript(name: String) -> JSON? { members.first { $0.name == name }?.value }

  private func flaw(_ name: String, _ words: String) -> JSON.Flaw { JSON.Flaw(words: "'\(name)' \(words)") }

  package func json(_ name: String) throws(JSON.Flaw) -> JSON {
    guard let value = self[name] else { throw flaw(name, "is missing") }
    return value
  }

  package func text(ifAny name: String) throws(JSON.Flaw) -> String? {
    guard let value = self[name] else { return nil }
    guard case .text(let text) = value else { throw flaw(name, "is no text") }
    return text
  }

  package func text(_ name: String) throws(JSON.Flaw) -> String {
    guard let text = try text(ifAny: name) else { throw flaw(name, "is missing") }
    return text
  }

  package func number<Number: BinaryInteger>(ifAny name: String) throws(JSON.Flaw) -> Number? {
    guard let value = self[name] else { return nil }
    guard case .number(let number) = value, let exact = Number(exactly: number) else {
      throw flaw(name, "is no such number")
    }
    return exact
  }

  package func number<Number: BinaryInteger>(_ name: String) throws(JSON.Flaw) -> Number {
    guard let number: Number = try number(ifAny: name) else { throw flaw(name, "is missing") }
    return number
  }

  package func flag(ifAny name: String) throws(JSON.Flaw) -> Bool? {
    guard let value = self[name] else { return nil }
    guard case .flag(let flag) = value else { throw flaw(name, "is neither true nor false") }
    return flag
  }

  /// A flag; `false` where it is missing.
  package func flag(_ name: String) throws(JSON.Flaw) -> Bool { try flag(ifAny: name) ?? false }

  package func list(_ name: String) throws(JSON.Flaw) -> [JSON] {
    guard let value = self[name] else { return [] }
    guard case .list(let values) = value else { throw flaw(name, "is no list") }
    return values
  }

  package func item(ifAny name: String) throws(JSON.Flaw) -> Item? {
    guard let value = self[name] else { return nil }
    return try Item(value)
  }

  package func items(_ name: String) throws(JSON.Flaw) -> [Item] {
    var items: [Item] = []
    for value in try list(name) { items.append(try Item(value)) }
    return items
  }

  package func texts(_ name: String) throws(JSON.Flaw) -> [String] {
    var texts: [String] = []
    for value in try list(name) {
      guard case .text(let text) = value else { throw flaw(name, "holds something that is no text") }
      texts.append(text)
    }
    return texts
  }

  package func word<Word: RawRepresentable>(_ name: String) throws(JSON.Flaw) -> Word
  where Word.RawValue == String {
    let text = try text(name)
    guard let word = Word(rawValue: text) else { throw flaw(name, "cannot be '\(text.excerpt)'") }
    return word
  }

  package func word<Word: RawRepresentable>(
    ifAny name: String
  ) throws(JSON.Flaw) -> Word? where Word.RawValue == String {
    try text(ifAny: name) == nil ? nil : try word(name)
  }

  package func path(ifAny name: String) throws -> StorePath? {
    try text(ifAny: name).map { try StorePath(parsing: $0) }
  }

  package func path(_ name: String) throws -> StorePath { try StorePath(parsing: text(name)) }

  package func instant(ifAny name: String) throws -> Date? {
    guard let text = try text(ifAny: name) else { return nil }
    // Other spellings are refused, because one instant would then make two lines.
    guard let date = Instant.date(text) else { throw flaw(name, "is no instant") }
    return date
  }

  package func instant(_ name: String) throws -> Date {
    guard let date = try instant(ifAny: name) else { throw flaw(name, "is missing") }
    return date
  }

  package func decoded<Value: Decodable>(_ name: String, _ type: Value.Type) throws -> Value {
    try json(name).decoded(type)
  }
}

/// Instants as lines have them: `2026-05-03T12:00:00.123Z`. They are in UTC and always have milliseconds, so
/// that they sort as text.
package enum Instant {
  package static func text(_ date: Date) -> String {
    UTC.text(UTC.milliseconds(date), withMilliseconds: true)
  }

  package static func date(_ text: String) -> Date? {
    guard text.utf8.count == 24, let milliseconds = UTC.milliseconds(parsing: text) else { return nil }
    return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
  }

  /// Milliseconds since 1970, by which records are ordered.
  package static func milliseconds(_ date: Date) -> Int64 { UTC.milliseconds(date) }
}
