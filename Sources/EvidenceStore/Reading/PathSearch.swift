import GRDB
public import NixModel

extension EvidenceStore {
  /// What runs that fit `filter` say of paths, proofs and publications, the latest first. With paths in the filter, of
  /// those alone; with caches, of what came from them. A publication has no target, verdict or reason of a proof, and
  /// one that cannot be read is passed over.
  public func paths(matching filter: RunFilter, limit: Int) throws(EvidenceError) -> [PathRecord] {
    try read { db in
      let isOfProofs =
        !(filter.targets.isEmpty && filter.verdicts.isEmpty && filter.reasons.isEmpty
        && filter.origins.isEmpty)
      let search = PathSearch(
        runs: try RunSearch(db: db, filter: filter, for: isOfProofs ? .proofs : .anything))
      let publications = PublicationReader(db: db, path: path)
      return try search.places(limit: limit).compactMap { place in
        guard try publications.isPublication(place.run) else { return try record(place, db) }
        return try publications.ifLegible { try publications.record(of: place.path, in: place.run) }
          .map { PathRecord($0) }
      }
    }
  }

  /// What a proof says.
  private func record(_ place: PathSearch.Place, _ db: Database) throws -> PathRecord {
    let statement = try db.cachedStatement(
      sql: """
        SELECT run.id, run.started, text.value AS path, fate.outcome, origin.value AS origin, coalesce(
          (SELECT nar_size FROM registration_row AS row JOIN metadata ON metadata.id = row.metadata
            WHERE row.run = run.seq AND row.path = text.id),
          (SELECT nar_size FROM offer_row AS row JOIN answer ON answer.id = row.answer
            JOIN narinfo ON narinfo.id = answer.narinfo JOIN metadata ON metadata.id = narinfo.metadata
            WHERE row.run = run.seq AND row.path = text.id AND answer.answer = 'offered'
            ORDER BY row.position LIMIT 1)) AS size
        FROM run CROSS JOIN text
        LEFT JOIN fate ON fate.id = coalesce(
          (SELECT fate FROM path_outcome_row AS row WHERE row.run = run.seq AND row.path = text.id),
          (SELECT fate FROM outcome_row AS row WHERE row.run = run.seq AND row.path = text.id))
        LEFT JOIN text AS origin ON origin.id = fate.origin
        WHERE run.seq = ? AND text.id = ?
        """)
    guard let row = try RecordRow.fetchOne(statement, arguments: [place.run, place.path]),
      let started = Instant.date(row.started)
    else { throw EvidenceError(path, .contradiction(run: "\(place.run)", "its beginning cannot be read")) }
    let outcome = try row.outcome.map { word in
      guard let outcome = Outcome(word: word, origin: row.origin) else {
        throw EvidenceError(
          path,
          .contradiction(run: row.id, "its path \(row.path) is '\(word)' from '\(row.origin ?? "nowhere")'"))
      }
      return outcome
    }
    return PathRecord(
      path: try StorePath(parsing: row.path), outcome: outcome,
      narSize: row.size.map { UInt64(clamping: $0) }, run: RunID(row.id), started: started)
  }
}

private struct RecordRow: FetchableRecord {
  let id, started, path: String
  let outcome, origin: String?
  let size: Int64?

  init(row: Row) throws {
    id = try row.decode(forColumn: "id")
    started = try row.decode(forColumn: "started")
    path = try row.decode(forColumn: "path")
    outcome = try row.decode(forColumn: "outcome")
    origin = try row.decode(forColumn: "origin")
    size = try row.decode(forColumn: "size")
  }
}

/// Finds what runs say of paths.
private struct PathSearch {
  /// A run and a path that it says something of.
  struct Place: Hashable {
    let run: Int64
    let path: Int64
  }

  let runs: RunSearch
  private var db: Database { runs.db }

  init(runs: RunSearch) { self.runs = runs }

  func places(limit: Int) throws -> [Place] {
    runs.filter.paths.isEmpty ? try placesByRun(limit: limit) : try placesByPath(limit: limit)
  }

  private func placesByPath(limit: Int) throws -> [Place] {
    let tests = try runs.conditionsOfRuns().map(\.test) + [try cameFrom()].compactMap { $0 }
    return try runs.latest(try runs.saidOfPaths(), where: tests, by: { $0 }, limit: limit)
      .map { Place(run: $0.run, path: $0.path) }
  }

  /// Takes more runs until there are enough paths: a run can be without any.
  private func placesByRun(limit: Int) throws -> [Place] {
    let rest = try cameFrom().map { "WHERE \($0)" } ?? ""
    let statement = try db.makeStatement(
      sql: """
        SELECT c.run, c.path
        FROM (
          SELECT run, path FROM presence_row WHERE run = :run
          UNION SELECT run, path FROM offer_row WHERE run = :run
          UNION SELECT run, path FROM path_outcome_row WHERE run = :run
          UNION SELECT run, path FROM outcome_row WHERE run = :run
          UNION SELECT run, path FROM published_path_row WHERE run = :run
          UNION SELECT run, path FROM published_output_row WHERE run = :run
        ) AS c \(rest) ORDER BY c.path
        """)
    var wanted = max(1, limit / 10)
    while true {
      let hits = try runs.runs(limit: wanted)
      var found: [Place] = []
      for hit in hits where found.count < limit {
        found += try Row.fetchAll(statement, arguments: ["run": hit.run]).map {
          Place(run: $0[0], path: $0[1])
        }.filter { runs.isBehind(run: $0.run, path: $0.path) }
      }
      if found.count >= limit || hits.count < wanted { return Array(found.prefix(limit)) }
      wanted *= 4
    }
  }

  /// Whether the path of `c` came from one of the filter's caches.
  private func cameFrom() throws -> String? {
    guard !runs.filter.origins.isEmpty else { return nil }
    let origins = try runs.words(runs.filter.origins.map(\.canonical))
    guard !origins.isEmpty else { return "0" }
    let tests = ["path_outcome_row", "outcome_row"].map { table in
      """
      EXISTS (SELECT 1 FROM \(table) AS row JOIN fate ON fate.id = row.fate
        WHERE row.run = c.run AND row.path = c.path AND fate.outcome = 'substituted'
          AND fate.origin IN (\(runs.list(origins))))
      """
    }
    return "(\(tests.joined(separator: " OR ")))"
  }
}
