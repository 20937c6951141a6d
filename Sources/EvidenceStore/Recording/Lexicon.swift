import GRDB
import NixModel

/// Gives the id of what is kept once, and keeps it where nobody has said it before. It remembers what it was
/// asked, and so lives no longer than one transaction: one that is undone takes its ids along.
final class Lexicon {
  private let db: Database
  private var texts: [String: Int64] = [:]
  private var entries: [Entry: Int64] = [:]
  private var values: [AnyHashable: Int64] = [:]

  init(_ db: Database) { self.db = db }

  private struct Entry: Hashable {
    let dictionary: Catalogue.Dictionary
    let values: [DatabaseValue]
  }

  func text(_ value: String) throws -> Int64 {
    if let id = texts[value] { return id }
    let known = try db.cachedStatement(sql: "SELECT id FROM text WHERE value = ?")
    let id = try Int64.fetchOne(known, arguments: [value]) ?? add("text", ["value"], [value.databaseValue])
    texts[value] = id
    return id
  }

  func text(ifAny value: String?) throws -> Int64? { try value.map { try text($0) } }

  func text(_ path: StorePath) throws -> Int64 { try id(of: path) { try text(path.description) } }

  /// The id of a value of the model, which is put into columns only where it has not been yet.
  func id(of value: some Hashable, _ make: () throws -> Int64) rethrows -> Int64 {
    let key = AnyHashable(value)
    if let id = values[key] { return id }
    let id = try make()
    values[key] = id
    return id
  }

  /// The same for a value that can have nothing to be put into columns.
  func id(ofAny value: some Hashable, _ make: () throws -> Int64?) rethrows -> Int64? {
    let key = AnyHashable(value)
    if let id = values[key] { return id }
    let id = try make()
    values[key] = id
    return id
  }

  /// The entry with these values, one for each of the dictionary's columns.
  func entry(
    _ dictionary: Catalogue.Dictionary, _ values: [(any DatabaseValueConvertible)?]
  ) throws -> Int64 {
    let values = values.map { $0?.databaseValue ?? .null }
    let entry = Entry(dictionary: dictionary, values: values)
    if let id = entries[entry] { return id }
    let same = dictionary.columns.map { "\($0) IS ?" }.joined(separator: " AND ")
    let known = try db.cachedStatement(sql: "SELECT id FROM \(dictionary) WHERE \(same)")
    let id =
      try Int64.fetchOne(known, arguments: StatementArguments(values))
      ?? add("\(dictionary)", dictionary.columns, values)
    entries[entry] = id
    return id
  }

  private func add(_ table: String, _ columns: [String], _ values: [DatabaseValue]) throws -> Int64 {
    try Table(table, columns, db).insert(values)
    return db.lastInsertedRowID
  }
}
