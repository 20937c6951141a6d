import Evidence
import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// The targets that were warm, and are not in the latest run that came to a verdict about them. Those that
  /// broke last come first.
  ///
  /// Runners, refs and times in `filter` choose the runs that count. Everything else narrows the answer to
  /// targets whose latest run fits.
  ///
  /// - Throws: ``EvidenceError``.
  public func regressions(matching filter: RunFilter = RunFilter()) throws(EvidenceError) -> [Regression] {
    try read { db in
      let search = try RegressionSearch(db: db, filter: filter)
      return try search.words().compactMap { word in
        try search.found(word).flatMap { try regression($0, filter, db) }
      }
      .sorted {
        ($0.first.started, $0.installable.description) > ($1.first.started, $1.installable.description)
      }
    }
  }

  private func regression(
    _ found: RegressionSearch.Found, _ filter: RunFilter, _ db: Database
  ) throws -> Regression? {
    let now = try runs([found.now], db).first
    let judgment = now?.conclusion?.judgment.targets.first {
      $0.installable.recordedName == found.installable
    }
    guard let now, let judgment, judgment.fits(filter) else { return nil }
    return Regression(
      installable: judgment.installable, judgment: judgment,
      now: .init(run: now.start.id, started: now.start.started),
      first: try moment(found.first, db), lastWarm: try moment(found.lastWarm, db))
  }

  private func moment(_ seq: Int64, _ db: Database) throws -> Regression.Moment {
    let statement = try db.cachedStatement(
      sql: """
        SELECT record.id, runner.started FROM record
        JOIN record_entry AS has ON has.record = record.seq AND has.kind = \(EntryKind.proof.number)
        JOIN runner ON runner.entry = has.entry
        WHERE record.seq = ?
        """)
    guard let row = try Row.fetchOne(statement, arguments: [seq]), let started = Instant.date(row[1]) else {
      throw EvidenceError(path, .contradiction(run: "\(seq)", "its beginning cannot be read"))
    }
    return Regression.Moment(run: RunID(row[0]), started: started)
  }
}

extension TargetJudgment {
  /// Whether this target fits the filter's targets, verdicts and reasons.
  fileprivate func fits(_ filter: RunFilter) -> Bool {
    func accepts<Value>(_ values: [Value], _ test: (Value) -> Bool) -> Bool {
      values.isEmpty || values.contains(where: test)
    }
    return accepts(filter.targets) { installable.goes(by: $0) }
      && accepts(filter.verdicts) { $0 == ruling.verdict }
      && accepts(filter.reasons) { code in ruling.reasons.contains { $0.code == code } }
  }
}

/// Finds the runs between which a target ceased to be warm.
private struct RegressionSearch {
  struct Found {
    let installable: String
    let now: Int64
    let first: Int64
    let lastWarm: Int64
  }

  let db: Database
  private let runs: RunSearch
  /// The same filter without `since`, because the last warm run may be older.
  private let all: RunSearch
  /// Tests for the runs that count.
  private let counting: [String]
  /// Further tests for the latest run.
  private let fitting: [String]

  init(db: Database, filter: RunFilter) throws {
    self.db = db
    var counted = RunFilter(
      runners: filter.runners, refs: filter.refs, since: filter.since, until: filter.until)
    runs = try RunSearch(db: db, filter: counted)
    counting = try runs.conditionsOfBeginnings().map(\.test)
    counted.since = nil
    all = try RunSearch(db: db, filter: counted)
    fitting = try RunSearch(db: db, filter: RunFilter(paths: filter.paths, origins: filter.origins))
      .conditions().map(\.test)
  }

  /// The targets that were ever warm. They are found by hops from one to the next, because there are few of
  /// them, and many runs.
  func words() throws -> [Int64] {
    let sql = """
      WITH RECURSIVE hop (word) AS (
        SELECT min(word) FROM mark WHERE kind = 'warm'
        UNION ALL
        SELECT (SELECT min(word) FROM mark WHERE kind = 'warm' AND word > hop.word) FROM hop
        WHERE hop.word IS NOT NULL)
      SELECT word FROM hop WHERE word IS NOT NULL
      """
    return try Int64.fetchAll(db, sql: sql)
  }

  /// The runs of a target that is not warm now.
  func found(_ word: Int64) throws -> Found? {
    let about = runs.marked(.target, [word])
    // A target that the run did not come to was not judged (``TargetJudgment/isReached``).
    let judged = """
      EXISTS (SELECT 1 FROM record_entry AS has CROSS JOIN judged AS row ON row.entry = has.entry
        WHERE has.record = c.run AND has.kind = \(EntryKind.verdicts.number) AND row.installable = \(word)
          AND row.is_reached)
      """
    let warm =
      "EXISTS (SELECT 1 FROM mark WHERE kind = 'warm' AND word = \(word) AND at = c.at AND record = c.run)"
    func latest(_ search: RunSearch, _ about: RunSearch.Condition, _ tests: [String]) throws -> RunSearch.Hit?
    {
      try search.latest(about, where: tests, by: { $0 }, limit: 1).first
    }
    guard let now = try latest(runs, about, counting + [judged]),
      try latest(runs, about, ["c.run = \(now.run)", "NOT \(warm)"] + fitting) != nil,
      let lastWarm = try latest(all, all.marked(.warm, [word]), counting),
      let first = try earliest(of: word, after: lastWarm, where: counting + [judged])
    else { return nil }
    let name = try String.fetchOne(db, sql: "SELECT value FROM text WHERE id = ?", arguments: [word])
    return name.map { Found(installable: $0, now: now.run, first: first, lastWarm: lastWarm.run) }
  }

  private func earliest(of word: Int64, after other: RunSearch.Hit, where tests: [String]) throws -> Int64? {
    let conditions = ["(c.at > \(other.at) OR c.run > \(other.run))"] + tests
    return try Int64.fetchOne(
      db,
      sql: """
        SELECT c.run FROM (SELECT kind, word, at, record AS run FROM mark) AS c
        WHERE c.kind = 'target' AND c.word = ? AND c.at >= ? AND \(conditions.joined(separator: " AND "))
        ORDER BY c.at, c.run LIMIT 1
        """, arguments: [word, other.at])
  }
}
