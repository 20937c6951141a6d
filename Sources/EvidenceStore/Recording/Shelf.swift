import Evidence
import Foundation
import GRDB
import NixModel

/// Adds entries, records and their rows in the search tables to a file, within one transaction.
final class Shelf {
  private let db: Database
  private let texts: Texts
  private let known: Statement
  private let newEntry: Statement
  private let newPart: Statement
  private let newMark: Statement
  private let packing = Packing()
  private var facts: [FactTable: Statement] = [:]
  private var kept: [EvidenceDigest: Kept] = [:]

  /// An entry of the file.
  struct Kept {
    let id: Int64
    let kind: EntryKind
    fileprivate let marks: Set<Mark>
  }

  /// A record of the file: its number, and its start in milliseconds since 1970.
  struct Place: Hashable {
    let seq: Int64
    let at: Int64
  }

  init(_ db: Database) throws {
    self.db = db
    texts = try Texts(db)
    known = try db.cachedStatement(sql: "SELECT id FROM entry WHERE digest = ?")
    newEntry = try db.cachedStatement(sql: "INSERT INTO entry (digest, bytes) VALUES (?, ?)")
    newPart = try db.cachedStatement(
      sql: "INSERT INTO record_entry (record, kind, part, entry, at) VALUES (?, ?, ?, ?, ?)")
    newMark = try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO mark (kind, word, at, record) VALUES (?, ?, ?, ?)")
  }

  /// Begins a record.
  func begin(_ id: RunID, _ kind: RecordKind, at started: Date) throws -> Place {
    let at = Instant.milliseconds(started)
    try db.cachedStatement(sql: "INSERT INTO record (id, kind, at) VALUES (?, ?, ?)")
      .execute(arguments: [id.text, kind.rawValue, at])
    return Place(seq: db.lastInsertedRowID, at: at)
  }

  /// Adds entries to a record, in their order within each kind.
  func add(_ entries: [Entry], to place: Place) throws { try add(entries.map { try keep($0) }, to: place) }

  /// Adds entries of the file to a record, in their order within each kind.
  ///
  /// - Parameter parts: how many entries of a kind the record has already, and `entries` does not.
  func add(_ entries: [Kept], to place: Place, after parts: [EntryKind: Int] = [:]) throws {
    var parts = parts
    var marks: Set<Mark> = []
    for entry in entries {
      let part = parts[entry.kind, default: 0]
      parts[entry.kind] = part + 1
      try newPart.execute(arguments: [place.seq, entry.kind.number, part, entry.id, place.at])
      marks.formUnion(entry.marks)
    }
    // Several entries can have the same mark.
    for mark in marks {
      try newMark.execute(
        arguments: [mark.kind.rawValue, try texts.id(of: mark.word), place.at, place.seq])
    }
  }

  /// Adds an entry to the file, unless it is there.
  func keep(_ entry: Entry) throws -> Kept {
    if let known = kept[entry.digest] { return known }
    let facts = try EntryFacts(entry)
    let id: Int64
    if let old = try Int64.fetchOne(known, arguments: [entry.digest]) {
      id = old
    } else {
      try newEntry.execute(arguments: [entry.digest, Data(packing.pack(entry.line))])
      id = db.lastInsertedRowID
      for fact in facts.rows { try add(fact, of: id) }
    }
    let new = Kept(id: id, kind: entry.kind, marks: facts.marks)
    kept[entry.digest] = new
    return new
  }

  private func add(_ fact: Fact, of entry: Int64) throws {
    let statement = try facts[fact.table] ?? prepare(fact.table)
    try statement.execute(
      arguments: StatementArguments([entry.databaseValue] + fact.cells.map { try texts.value(of: $0) }))
  }

  private func prepare(_ table: FactTable) throws -> Statement {
    let columns = ["entry"] + table.columns
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO \(table.rawValue) (\(columns.joined(separator: ", ")))
          VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
        """)
    facts[table] = statement
    return statement
  }

  /// Adds the tallies of a proof.
  func add(_ tallies: [Tally], to place: Place) throws {
    guard !tallies.isEmpty else { return }
    let columns = ["cache", "at", "record"] + Tally.columns
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO tally (\(columns.joined(separator: ", ")))
          VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
        """)
    for tally in tallies {
      let key = [
        try texts.id(of: tally.cache).databaseValue, place.at.databaseValue, place.seq.databaseValue,
      ]
      try statement.execute(
        arguments: StatementArguments(key + tally.cells.map { try texts.value(of: $0) }))
    }
  }
}
