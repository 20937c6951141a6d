public import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// Drops the runs that started before `date`, with all that only they refer to, and cuts off the chain before
  /// the first link about a run that is kept. A checkpoint tells of it, so that what is left still verifies.
  ///
  /// All of it is one transaction: a process that is killed meanwhile has dropped nothing.
  /// A run that has not come to its end is kept for a day, since it may still be under way.
  public func prune(startedBefore date: Date) throws(EvidenceError) -> PruneSummary {
    let summary = try withoutTransaction { db in
      // Rows go in an order of their own; what is left is examined below all the same.
      try db.execute(sql: "PRAGMA foreign_keys = OFF")
      defer { try? db.execute(sql: "PRAGMA foreign_keys = ON; DROP TABLE IF EXISTS temp.dropped") }
      var summary = PruneSummary()
      try db.inTransaction(.immediate) {
        summary = try Pruning(db).prune(before: Instant.milliseconds(date))
        return summary.dropped.isEmpty ? .rollback : .commit
      }
      return summary
    }
    // Without this, the file keeps its size. It is no loss where it fails.
    if !summary.dropped.isEmpty { try? withoutTransaction { try $0.execute(sql: "VACUUM") } }
    return summary
  }

  /// What ``prune(startedBefore:)`` would drop, tried in a copy.
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
    try db.execute(
      sql: """
        -- A run that has not come to its end may still be under way.
        CREATE TEMP TABLE dropped AS SELECT seq AS run, id, at FROM main.run
          WHERE at < ?1 AND (at < ?2 OR \(Catalogue.hasEnded("run.seq", in: "main")));
        CREATE UNIQUE INDEX temp.dropped_run ON dropped (run);
        """, arguments: [limit, Instant.milliseconds(.now) - 86_400_000])
    var summary = PruneSummary()
    summary.dropped = try String.fetchAll(db, sql: "SELECT id FROM dropped ORDER BY at, run").map {
      RunID($0)
    }
    summary.kept =
      try (Int.fetchOne(db, sql: "SELECT count(*) FROM main.run") ?? 0) - summary.dropped.count
    guard !summary.dropped.isEmpty else { return summary }
    let total = try Int64.fetchOne(
      db, sql: "SELECT dropped FROM main.link WHERE kind = 'checkpoint' ORDER BY seq DESC LIMIT 1")

    try db.execute(sql: Schema.withoutGuards(of: Schema.guarded))
    try dropRows()
    try dropDerivations()
    try dropEntries()
    summary.links = try cut(dropping: (total ?? 0) &+ Int64(summary.dropped.count))
    try db.execute(sql: Schema.guards(of: Schema.guarded))
    return summary
  }

  private func dropRows() throws {
    for table in Catalogue.ofRun.map(\.table) + Catalogue.indexesByRun {
      try db.execute(sql: "DELETE FROM main.\(table) WHERE run IN (SELECT run FROM dropped)")
    }
    try db.execute(sql: "DELETE FROM main.meaning")
    try Indexing.update("target_row", ofRuns: "IS NOT NULL", db)
    try db.execute(sql: "DELETE FROM main.run WHERE seq IN (SELECT run FROM dropped)")
  }

  private func dropDerivations() throws {
    try db.execute(
      sql: """
        DELETE FROM main.derivation WHERE path NOT IN (\(DerivationReach.sql(ofRuns: "IS NOT NULL")))
        """)
  }

  /// Drops the entries and texts that nothing refers to any more: those first that refer to others.
  private func dropEntries() throws {
    let tables =
      Catalogue.ofRun.map(\.table) + Catalogue.indexes + Catalogue.Dictionary.allCases.map(\.rawValue)
    let shapes = try tables.map { try TableShape($0, db) }
    for dictionary in Catalogue.Dictionary.allCases.map(\.rawValue).reversed() + ["text"] {
      try db.execute(sql: "CREATE TEMP TABLE used (id INTEGER PRIMARY KEY)")
      for shape in shapes {
        for column in shape.columns where shape.references[column] == dictionary {
          try db.execute(
            sql:
              "INSERT OR IGNORE INTO used SELECT \(column) FROM main.\(shape.name) WHERE \(column) IS NOT NULL"
          )
        }
      }
      try db.execute(
        sql: "DELETE FROM main.\(dictionary) WHERE id NOT IN (SELECT id FROM used); DROP TABLE temp.used")
    }
  }

  /// Cuts off the chain, and says so in its new end.
  ///
  /// - Returns: how many links were cut off.
  private func cut(dropping total: Int64) throws -> Int {
    let end = try Chain(db).last.seq
    let firstKept = try Int64.fetchOne(
      db, sql: "SELECT min(seq) FROM main.link WHERE run IN (SELECT seq FROM main.run)")
    let last = firstKept.map { $0 - 1 } ?? end
    let digest = try EvidenceDigest.fetchOne(
      db, sql: "SELECT digest FROM main.link WHERE seq = ?", arguments: [last])
    try db.execute(sql: "DELETE FROM main.link WHERE seq <= ?", arguments: [last])
    let links = db.changesCount
    let chain = Chain(after: (end, try endDigest(end, digest)), db)
    let partly = try Int64.fetchAll(
      db, sql: "SELECT DISTINCT run FROM main.link WHERE run IN (SELECT run FROM dropped) ORDER BY run")
    for run in partly { try chain.append(.dropped) { $0.run = run } }

    let derivations = try String.fetchAll(db, sql: "SELECT path FROM main.derivation")
    try db.execute(sql: "UPDATE main.derivation SET link = ?", arguments: [chain.next])
    let sealed = try derivations.isEmpty ? nil : Canon(db).lines(ofDerivations: derivations).digest
    try chain.append(.checkpoint) { link in
      link.dropped = total
      link.derivations = sealed
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
