import GRDB
import NixModel

/// Gives the id of what is kept once, and keeps it where nobody has said it before. It remembers what it was
/// asked, and so lives no longer than one transaction: one that is undone takes its ids along.
final class Lexicon {
  private let db: Database
  private var texts = Memory<Spelling>()

  // What was put into columns before is not a second time: closures repeat.
  var runs = Memory<RunID>()
  var paths = Memory<StorePath>()
  var installables = Memory<Installable>()
  var answers = Memory<Survey.Answer.Kind>()
  var events = Memory<LogEvent.Kind>()
  var registrations = Memory<Registered>()
  var outcomes = Memory<Outcome>()

  /// A path and how it is registered.
  struct Registered: Hashable {
    let path: Int64
    let registration: Registration
  }

  /// The ids of values.
  struct Memory<Value: Hashable> {
    private var ids: [Value: Int64] = [:]

    mutating func id(of value: Value, _ make: () throws -> Int64) rethrows -> Int64 {
      if let id = ids[value] { return id }
      let id = try make()
      ids[value] = id
      return id
    }

    /// The same for a value that nothing may be kept of.
    mutating func id(ofAny value: Value, _ make: () throws -> Int64?) rethrows -> Int64? {
      if let id = ids[value] { return id }
      ids[value] = try make()
      return ids[value]
    }
  }

  init(_ db: Database) { self.db = db }

  /// A text by its bytes, as the table has it: to Swift, some that are spelled differently are equal.
  private struct Spelling: Hashable {
    let text: String

    static func == (left: Spelling, right: Spelling) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  func text(_ said: String) throws -> Int64 {
    let value = Redaction.withoutKnown(said)
    return try texts.id(of: Spelling(text: value)) {
      let known = try db.cachedStatement(sql: "SELECT id FROM text WHERE value = ?")
      return try Int64.fetchOne(known, arguments: [value]) ?? add("text", ["value"], [value.databaseValue])
    }
  }

  func text(ifAny value: String?) throws -> Int64? { try value.map { try text($0) } }

  func text(_ path: StorePath) throws -> Int64 {
    try paths.id(of: path) { try text(path.description) }
  }

  /// The entry with these values, one for each of the dictionary's columns.
  func entry(
    _ dictionary: Catalogue.Dictionary, _ values: [(any DatabaseValueConvertible)?]
  ) throws -> Int64 {
    let values = values.map { value in
      (value as? String).map { Redaction.withoutKnown($0).databaseValue } ?? value?.databaseValue ?? .null
    }
    let same = dictionary.columns.map { "\($0) IS ?" }.joined(separator: " AND ")
    let known = try db.cachedStatement(sql: "SELECT id FROM \(dictionary) WHERE \(same)")
    return try Int64.fetchOne(known, arguments: StatementArguments(values))
      ?? add("\(dictionary)", dictionary.columns, values)
  }

  private func add(_ table: String, _ columns: [String], _ values: [DatabaseValue]) throws -> Int64 {
    try Table(table, columns, db).insert(values)
    return db.lastInsertedRowID
  }
}
