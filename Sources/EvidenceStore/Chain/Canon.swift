import Foundation
import GRDB

/// What a store says, in words that do not depend on the store: as canonical lines, and their digests.
///
/// A run's lines are its row and those of every table of ``Catalogue/ofRun``, table by table, in the order of
/// their bytes within each. A row spells out the texts that it has ids of, and names an entry of a dictionary by
/// the digest of the entry's own line, which in turn names the entries it refers to.
final class Canon {
  private let db: Database
  private let run: CanonicalTable
  private let tables: [(name: String, rows: CanonicalTable)]
  private let entries: [String: CanonicalTable]
  private let derivation: CanonicalTable
  private let text: Statement
  private var known: [String: [Int64: [UInt8]]] = [:]
  private var size = 0

  /// Told of each entry of a dictionary, and of each text (without a line), when it is met for the first time:
  /// what it refers to comes before it.
  var met: ((_ dictionary: String, _ id: Int64, _ line: [UInt8]?) throws -> Void)?
  /// How many rows of each table were read.
  private(set) var rows: [String: Int] = [:]
  private var seen: [String: Set<Int64>] = [:]

  /// How many looked-up values are kept at most.
  private static let capacity = 500_000

  init(_ db: Database) throws {
    self.db = db
    run = try CanonicalTable(
      TableShape("run", db), "row", named: "run", omitting: ["seq"], where: "seq = ?", db)
    tables = try Catalogue.ofRun.map { table, _ in
      let rows = try CanonicalTable(
        TableShape(table, db), "row", named: table.replacing("_row", with: ""), omitting: ["run"],
        where: "run = ?", db)
      return (table, rows)
    }
    entries = try Dictionary(
      uniqueKeysWithValues: Catalogue.Dictionary.allCases.map { dictionary in
        (
          dictionary.rawValue,
          try CanonicalTable(
            TableShape(dictionary.rawValue, db), "entry", named: dictionary.rawValue, omitting: ["id"],
            where: "id = ?", db)
        )
      })
    derivation = try CanonicalTable(
      TableShape("derivation", db), "entry", named: "derivation", omitting: ["link"], where: "path = ?", db)
    text = try db.makeStatement(sql: "SELECT CAST(value AS BLOB) FROM main.text WHERE id = ?")
  }

  /// The lines of a run, by its number here.
  ///
  /// - Throws: ``Dangling`` where something is referred to that is not there.
  func lines(ofRun seq: Int64) throws -> CanonicalLines {
    if size > Self.capacity {
      known.removeAll()
      size = 0
    }
    var lines = CanonicalLines()
    try run.append(seq, to: &lines, value)
    for table in tables {
      let first = lines.ranges.count
      try table.rows.append(seq, to: &lines, value)
      lines.sort(from: first)
      rows[table.name, default: 0] += lines.ranges.count - first
    }
    return lines
  }

  /// The lines of derivations, by their paths: in the order of their bytes.
  func lines(ofDerivations paths: some Sequence<String>) throws -> CanonicalLines {
    var lines = CanonicalLines()
    for path in paths { try derivation.append(path, to: &lines, value) }
    lines.sort(from: 0)
    return lines
  }

  /// Whether a run has met this entry, or text.
  func hasMet(_ dictionary: String, _ id: Int64) -> Bool { seen[dictionary]?.contains(id) ?? false }

  /// Something is referred to that is not there.
  struct Dangling: Error {
    let dictionary: String
    let id: Int64
  }

  private func value(_ dictionary: String, _ id: Int64) throws -> [UInt8] {
    if let value = known[dictionary]?[id] { return value }
    let (value, line) = dictionary == "text" ? (try spelled(id), nil) : try named(dictionary, id)
    known[dictionary, default: [:]][id] = value
    size += 1
    if seen[dictionary, default: []].insert(id).inserted { try met?(dictionary, id, line) }
    return value
  }

  private func spelled(_ id: Int64) throws -> [UInt8] {
    guard let bytes = try Data.fetchOne(text, arguments: [id]) else {
      throw Dangling(dictionary: "text", id: id)
    }
    return CanonicalLine.quoted(String(decoding: bytes, as: UTF8.self))
  }

  private func named(_ dictionary: String, _ id: Int64) throws -> (digest: [UInt8], line: [UInt8]?) {
    var lines = CanonicalLines()
    try entries[dictionary]?.append(id, to: &lines, value)
    guard !lines.ranges.isEmpty else { throw Dangling(dictionary: dictionary, id: id) }
    let quote = [UInt8(ascii: "\"")]
    return (quote + EvidenceDigest(of: lines.bytes).digits + quote, lines.bytes)
  }
}
