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
  private var tables: [Catalogue.Purpose: [(name: String, rows: CanonicalTable)]] = [:]
  private let entries: [String: CanonicalTable]
  private let derivation: CanonicalTable
  private let text: Statement
  private let beginning: Statement
  private var known: [String: [Int64: [UInt8]]] = [:]
  private var size = 0

  /// The entries of dictionaries, and texts, that were looked up, by dictionary.
  private(set) var met: [String: Set<Int64>] = [:]
  private var fresh: [Entry] = []

  /// An entry of a dictionary, or a text, which has no line of its own.
  struct Entry {
    let dictionary: String
    let id: Int64
    let line: [UInt8]?
  }

  /// How many rows of each table were read.
  private(set) var rows: [String: Int] = [:]

  /// How many looked-up values are kept at most.
  private static let capacity = 500_000

  init(_ db: Database) throws {
    self.db = db
    run = try CanonicalTable(
      TableShape("run", db), "row", named: "run", omitting: ["seq"], where: "seq = ?", db)
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
    // Nearly all runs are proofs: this is all that is asked of them beyond what they can say.
    beginning = try db.makeStatement(
      sql: """
        SELECT purpose IS NOT NULL, \(Catalogue.isAnything(saidOf: "?1", unlessAllowedIn: .proof))
        FROM main.run WHERE seq = ?1
        """)
  }

  /// The lines of a run, by its number here.
  ///
  /// - Throws: ``CanonFlaw``.
  func lines(ofRun seq: Int64) throws -> CanonicalLines {
    if size > Self.capacity {
      known.removeAll()
      size = 0
    }
    var lines = CanonicalLines()
    let purpose = try purpose(ofRun: seq)
    try run.append(seq, to: &lines, value)
    for table in try tables(for: purpose) {
      let first = lines.ranges.count
      try table.rows.append(seq, to: &lines, value)
      lines.sort(from: first)
      rows[table.name, default: 0] += lines.ranges.count - first
    }
    return lines
  }

  /// What a run is for, if it says nothing but what that allows, and all that it must.
  private func purpose(ofRun seq: Int64) throws -> Catalogue.Purpose {
    guard let row = try Row.fetchOne(beginning, arguments: [seq]) else { return .proof }
    let purpose: Catalogue.Purpose = try row.decode(Bool.self, atIndex: 0) ? .publication : .proof
    let isMisplaced =
      switch purpose {
      case .proof: try row.decode(Bool.self, atIndex: 1)
      case .publication: try Bool.fetchOne(db, sql: Self.isNoPublication, arguments: [seq]) ?? true
      }
    guard !isMisplaced else { throw CanonFlaw.misplaced }
    return purpose
  }

  private static let isNoPublication = """
    SELECT (\(Catalogue.isAnything(saidOf: "?1", unlessAllowedIn: .publication)))
      OR NOT EXISTS (SELECT 1 FROM main.publication_row WHERE run = ?1)
    """

  /// What runs of a purpose can say, prepared for the first of them.
  private func tables(for purpose: Catalogue.Purpose) throws -> [(name: String, rows: CanonicalTable)] {
    if let known = tables[purpose] { return known }
    let made = try Catalogue.ofRun.map(\.table).filter { Catalogue.allows($0, in: purpose) }.map { table in
      let rows = try CanonicalTable(
        TableShape(table, db), "row", named: table.replacing("_row", with: ""), omitting: ["run"],
        where: "run = ?", db)
      return (name: table, rows: rows)
    }
    tables[purpose] = made
    return made
  }

  /// The lines of derivations, by their paths: in the order of their bytes.
  func lines(ofDerivations paths: some Sequence<String>) throws -> CanonicalLines {
    var lines = CanonicalLines()
    for path in paths { try derivation.append(path, to: &lines, value) }
    lines.sort(from: 0)
    return lines
  }

  /// What was looked up for the first time since this was asked last: each after what it refers to.
  func takeMet() -> [Entry] {
    defer { fresh.removeAll(keepingCapacity: true) }
    return fresh
  }

  private func value(_ dictionary: String, _ id: Int64) throws -> [UInt8] {
    if let value = known[dictionary]?[id] { return value }
    let (value, line) = dictionary == "text" ? (try spelled(id), nil) : try named(dictionary, id)
    known[dictionary, default: [:]][id] = value
    size += 1
    if met[dictionary, default: []].insert(id).inserted {
      fresh.append(Entry(dictionary: dictionary, id: id, line: line))
    }
    return value
  }

  private func spelled(_ id: Int64) throws -> [UInt8] {
    guard let bytes = try Data.fetchOne(text, arguments: [id]) else {
      throw CanonFlaw.dangling(dictionary: "text", id: id)
    }
    return CanonicalLine.quoted(try CanonText.string(bytes))
  }

  private func named(_ dictionary: String, _ id: Int64) throws -> (digest: [UInt8], line: [UInt8]?) {
    var lines = CanonicalLines()
    try entries[dictionary]?.append(id, to: &lines, value)
    guard !lines.ranges.isEmpty else { throw CanonFlaw.dangling(dictionary: dictionary, id: id) }
    let quote = [UInt8(ascii: "\"")]
    return (quote + EvidenceDigest(of: lines.bytes).digits + quote, lines.bytes)
  }
}
