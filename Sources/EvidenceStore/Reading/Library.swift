import Evidence
import Foundation
import GRDB
import NixModel

/// Reads entries and records of a file. Entries are remembered, because many records share them.
final class Library {
  let db: Database
  private let entries: Statement
  private let packing = Packing()
  private var read: [Int64: Known] = [:]
  private var size = 0

  private struct Known {
    let entry: Entry
    var isOfMany = false
  }

  /// The most memory for remembered entries, in bytes.
  private static let capacity = 64 << 20

  init(_ db: Database) throws {
    self.db = db
    entries = try db.cachedStatement(sql: "SELECT digest, bytes FROM entry WHERE id = ?")
  }

  /// A reference of a record to an entry.
  struct Part {
    let kind: EntryKind
    let entry: Int64
  }

  /// The references of a record, in their order; those of `kinds` alone where these are given.
  func parts(of seq: Int64, _ kinds: Set<EntryKind>? = nil) throws -> [Part] {
    let statement = try db.cachedStatement(
      sql: "SELECT kind, entry FROM record_entry WHERE record = ? ORDER BY kind, part")
    return try Row.fetchAll(statement, arguments: [seq]).compactMap { row in
      guard let kind = EntryKind(number: row[0]) else {
        throw JSON.Flaw(words: "it has an entry of a kind that there is not")
      }
      return kinds?.contains(kind) == false ? nil : Part(kind: kind, entry: row[1])
    }
  }

  /// An entry by its number.
  ///
  /// - Throws: ``JSON/Flaw`` where it is missing or damaged.
  func entry(_ id: Int64) throws -> Entry {
    if let known = read[id] {
      if !known.isOfMany { read[id]?.isOfMany = true }
      return known.entry
    }
    guard let row = try Row.fetchOne(entries, arguments: [id]) else {
      throw JSON.Flaw(words: "it has an entry that is not there")
    }
    let entry = try Entry(line: packing.unpack(Array(row[1] as Data)), digest: row[0])
    if size > Self.capacity {
      // Entries that were asked for once are forgotten, because most belong to one record.
      read = read.filter(\.value.isOfMany).mapValues { Known(entry: $0.entry) }
      size = read.values.reduce(0) { $0 + $1.entry.line.count * 4 }
    }
    size += entry.line.count * 4
    read[id] = Known(entry: entry)
    return entry
  }

  /// All entries of a record, or those of some kinds.
  func contents(of seq: Int64, _ kinds: EntryKind...) throws -> Contents { try contents(of: seq, kinds) }

  func contents(of seq: Int64, _ kinds: [EntryKind]) throws -> Contents {
    var contents = Contents()
    try add(parts(of: seq, kinds.isEmpty ? nil : Set(kinds)), to: &contents)
    return contents
  }

  func add(_ parts: some Sequence<Part>, to contents: inout Contents) throws {
    for part in parts {
      let entry = try entry(part.entry)
      guard entry.kind == part.kind else { throw JSON.Flaw(words: "it has an entry of another kind") }
      contents.add(entry)
    }
  }

  /// The number of a record by its name.
  func seq(of id: RunID) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT seq FROM record WHERE id = ?"), arguments: [id.text])
  }

  func id(of seq: Int64) throws -> RunID? {
    try String.fetchOne(db.cachedStatement(sql: "SELECT id FROM record WHERE seq = ?"), arguments: [seq])
      .map { RunID($0) }
  }

  func kind(of seq: Int64) throws -> RecordKind? {
    try String.fetchOne(db.cachedStatement(sql: "SELECT kind FROM record WHERE seq = ?"), arguments: [seq])
      .flatMap { RecordKind(rawValue: $0) }
  }

  func place(of seq: Int64) throws -> Shelf.Place? {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT at FROM record WHERE seq = ?"), arguments: [seq])
      .map { Shelf.Place(seq: seq, at: $0) }
  }

  /// The line of a record after its entries were digested anew. It is `nil` where there is no such record, or
  /// a line has another digest than its column, which a writer of the file can also change.
  func digestedLine(of seq: Int64) throws -> RecordLine? {
    for part in try parts(of: seq) where try !entry(part.entry).isItself { return nil }
    return try line(of: seq)
  }

  /// The line of a record, as a bundle has it.
  func line(of seq: Int64) throws -> RecordLine? {
    guard let id = try id(of: seq), let kind = try kind(of: seq) else { return nil }
    let statement = try db.cachedStatement(
      sql: """
        SELECT entry.digest FROM record_entry AS part JOIN entry ON entry.id = part.entry
        WHERE part.record = ? ORDER BY part.kind, part.part
        """)
    return RecordLine(id: id, kind: kind, entries: try EvidenceDigest.fetchAll(statement, arguments: [seq]))
  }
}
