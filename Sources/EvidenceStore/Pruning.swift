import Evidence
public import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// Drops the records that began before `date`, with the entries that only they have. The chain is cut off
  /// before the first link about a record that is kept. A checkpoint notes the cut, so that the rest still
  /// verifies.
  ///
  /// All of it is one transaction, so a process that is killed meanwhile has dropped nothing. A run without
  /// its end is kept for a day, because it may still be under way.
  ///
  /// - Throws: ``EvidenceError``.
  public func prune(startedBefore date: Date) throws(EvidenceError) -> PruneSummary {
    let summary = try withoutTransaction { db in
      // SQLite would look for each dropped row in all tables that could refer to it.
      try db.execute(sql: "PRAGMA foreign_keys = OFF")
      defer { try? db.execute(sql: "PRAGMA foreign_keys = ON; DROP TABLE IF EXISTS temp.dropped") }
      var summary = PruneSummary()
      try db.inTransaction(.immediate) {
        summary = try Pruning(db).prune(before: Instant.milliseconds(date))
        return summary.dropped.isEmpty ? .rollback : .commit
      }
      return summary
    }
    // This shrinks the file. Nothing is lost where it fails.
    if !summary.dropped.isEmpty { try? withoutTransaction { try $0.execute(sql: "VACUUM") } }
    return summary
  }

  /// When the earliest of the `count` latest records began; `nil` where there are none.
  ///
  /// - Throws: ``EvidenceError``.
  public func beginning(ofLatest count: Int) throws(EvidenceError) -> Date? {
    try read { db in
      try Int64.fetchOne(
        db, sql: "SELECT min(at) FROM (SELECT at FROM record ORDER BY at DESC LIMIT ?)", arguments: [count])
    }.map { Date(timeIntervalSince1970: Double($0) / 1000) }
  }

  /// The result that ``prune(startedBefore:)`` would have, found by pruning a copy.
  ///
  /// - Throws: ``EvidenceError``.
  public func rehearsePruning(startedBefore date: Date) throws(EvidenceError) -> PruneSummary {
    do {
      return try snapshot().database.write { try Pruning($0).prune(before: Instant.milliseconds(date)) }
    } catch { throw EvidenceError(path, error) }
  }
}

/// One pruning, within one transaction.
private struct Pruning {
  let db: Database

  init(_ db: Database) { self.db = db }

  func prune(before limit: Int64) throws -> PruneSummary {
    let ends = RecordKind.allCases.map { "kind = '\($0.rawValue)' AND said.kind = \($0.end.number)" }
    try db.execute(
      sql: """
        -- A run that has not come to its end may still be under way.
        CREATE TEMP TABLE dropped AS SELECT seq AS record, id, at FROM main.record
          WHERE at < ?1 AND (at < ?2 OR EXISTS (
            SELECT 1 FROM main.record_entry AS said WHERE said.record = record.seq
              AND (\(ends.map { "record.\($0)" }.joined(separator: " OR ")))));
        CREATE UNIQUE INDEX temp.dropped_record ON dropped (record);
        """, arguments: [limit, Instant.milliseconds(.now) - 86_400_000])
    var summary = PruneSummary()
    summary.dropped = try String.fetchAll(db, sql: "SELECT id FROM dropped ORDER BY at, record").map {
      RunID($0)
    }
    summary.kept =
      try (Int.fetchOne(db, sql: "SELECT count(*) FROM main.record") ?? 0) - summary.dropped.count
    guard !summary.dropped.isEmpty else { return summary }
    let total = try Int64.fetchOne(
      db, sql: "SELECT dropped FROM main.link WHERE kind = 'checkpoint' ORDER BY seq DESC LIMIT 1")
    let guards = try Row.fetchAll(db, sql: "SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'")
    for row in guards { try db.execute(sql: "DROP TRIGGER main.\"\(row[0] as String)\"") }
    try sweep()
    summary.links = try cut(dropping: (total ?? 0) &+ Int64(summary.dropped.count))
    for row in guards { try db.execute(sql: row[1]) }
    return summary
  }

  /// Drops the records, then the entries that no record has, then the texts that no row uses.
  private func sweep() throws {
    for table in ["mark", "tally", "record_entry"] {
      try db.execute(sql: "DELETE FROM main.\(table) WHERE record IN (SELECT record FROM dropped)")
    }
    try db.execute(
      sql: """
        DELETE FROM main.record WHERE seq IN (SELECT record FROM dropped);
        CREATE TEMP TABLE unused AS SELECT id FROM main.entry
          WHERE NOT EXISTS (SELECT 1 FROM main.record_entry WHERE entry = entry.id);
        CREATE UNIQUE INDEX temp.unused_entry ON unused (id);
        """)
    for table in FactTable.allCases {
      try db.execute(sql: "DELETE FROM main.\(table.rawValue) WHERE entry IN (SELECT id FROM unused)")
    }
    try db.execute(
      sql: """
        DELETE FROM main.entry WHERE id IN (SELECT id FROM unused);
        DROP TABLE temp.unused;
        DELETE FROM main.text WHERE id NOT IN (\(try TextUse.ids(db)));
        """)
  }

  /// Cuts off the chain's beginning, and notes that at its end.
  ///
  /// - Returns: the number of links that were cut off.
  private func cut(dropping total: Int64) throws -> Int {
    let end = try Chain(db).last.seq
    let firstKept = try Int64.fetchOne(
      db, sql: "SELECT min(seq) FROM main.link WHERE record IN (SELECT seq FROM main.record)")
    let last = firstKept.map { $0 - 1 } ?? end
    let digest = try EvidenceDigest.fetchOne(
      db, sql: "SELECT digest FROM main.link WHERE seq = ?", arguments: [last])
    try db.execute(sql: "DELETE FROM main.link WHERE seq <= ?", arguments: [last])
    let links = db.changesCount
    let chain = Chain(after: (end, try endDigest(end, digest)), db)
    let partly = try Int64.fetchAll(
      db,
      sql:
        "SELECT DISTINCT record FROM main.link WHERE record IN (SELECT record FROM dropped) ORDER BY record")
    for record in partly { try chain.append(.dropped) { $0.record = record } }
    try chain.append(.checkpoint) { link in
      link.dropped = total
      if let digest { (link.cut, link.content) = (last, digest) }
    }
    return links
  }

  /// The digest of the last link, which may just have been cut off.
  private func endDigest(_ end: Int64, _ cut: EvidenceDigest?) throws -> EvidenceDigest {
    try EvidenceDigest.fetchOne(db, sql: "SELECT digest FROM main.link WHERE seq = ?", arguments: [end])
      ?? cut ?? .none
  }
}
