import GRDB

/// Compares and copies what runs of the other store say. The runs in question are in `temp.batch`: `theirs` and
/// `ours` are their numbers in both stores, `ours` is `NULL` where the run is not there.
struct RunMerge {
  private let run: TableShape
  private let tables: [(shape: TableShape, key: [String])]

  init(_ db: Database) throws {
    run = try TableShape("run", db)
    tables = try Catalogue.ofRun.map { (try TableShape($0.table, db), ["run"] + $0.key) }
  }

  /// A run that both stores have and that they do not agree about.
  struct Conflict: Error {
    let run: String
    let table: String
  }

  /// The runs, by their numbers there, of which the other store says more than ours.
  ///
  /// - Throws: ``Conflict`` where both say different things, or one says more than the other had concluded with.
  func incomplete(_ db: Database) throws -> Set<Int64> {
    let same = run.columns.filter { $0 != "seq" }.map { "ours.\($0) IS theirs.\($0)" }
    let other = try String.fetchOne(
      db,
      sql: """
        SELECT theirs.id FROM temp.batch
        CROSS JOIN source.run AS theirs ON theirs.seq = batch.theirs
        CROSS JOIN main.run AS ours ON ours.seq = batch.ours
        WHERE NOT (\(same.joined(separator: " AND ")))
        """)
    if let other { throw Conflict(run: other, table: "run") }
    return try tables.reduce(into: []) { $0.formUnion(try incomplete($1.shape, $1.key, db)) }
  }

  private func incomplete(_ shape: TableShape, _ key: [String], _ db: Database) throws -> [Int64] {
    let values = shape.columns.filter { !key.contains($0) }
    let same = values.map { "ours.\($0) IS \(shape.translated($0))" }
    let sql = """
      SELECT batch.theirs, count(theirs.run) AS said, count(ours.run) AS known,
        total(ours.run IS NOT NULL AND \((same + ["1"]).joined(separator: " AND "))) AS agreed,
        (SELECT count(*) FROM main.\(shape.name) AS mine WHERE mine.run = batch.ours) AS mine
      FROM temp.batch
      LEFT JOIN source.\(shape.name) AS theirs ON theirs.run = batch.theirs
      \(shape.joins(shape.columns.filter { $0 != "run" }))
      LEFT JOIN main.\(shape.name) AS ours ON theirs.run IS NOT NULL AND \(matches(shape, key))
      WHERE batch.ours IS NOT NULL
      GROUP BY batch.theirs HAVING agreed < said OR known < mine
      """
    return try Row.fetchAll(db, sql: sql).compactMap { row in
      let (seq, said, known, agreed, mine): (Int64, Int, Int, Int, Int) = (
        row[0], row[1], row[2], row[3], row[4]
      )
      let isConcluded = try Row.fetchOne(
        db,
        sql: """
          SELECT id, \(Catalogue.hasEnded("batch.theirs", in: "source")),
            \(Catalogue.hasEnded("batch.ours", in: "main"))
          FROM temp.batch WHERE theirs = ?
          """, arguments: [seq])
      guard let isConcluded else { return nil }
      let (there, here): (Bool, Bool) = (isConcluded[1], isConcluded[2])
      if agreed < known || known < mine && there || known < said && here {
        throw Conflict(run: isConcluded[0], table: shape.name.replacing("_row", with: ""))
      }
      return known < said ? seq : nil
    }
  }

  /// Adds what ours has not of the runs.
  func add(_ db: Database) throws {
    let columns = run.columns.filter { $0 != "seq" }.joined(separator: ", ")
    try db.execute(
      sql: """
        INSERT INTO main.run (\(columns))
          SELECT \(columns) FROM source.run
          WHERE seq IN (SELECT theirs FROM temp.batch WHERE ours IS NULL) ORDER BY seq;
        DELETE FROM temp.pair;
        INSERT INTO temp.pair (ours, theirs, is_new)
          SELECT run.seq, batch.theirs, batch.ours IS NULL FROM temp.batch CROSS JOIN main.run ON run.id = batch.id;
        """)
    for (shape, key) in tables {
      let values = shape.columns.filter { $0 != "run" }
      try db.execute(
        sql: """
          INSERT INTO main.\(shape.name) (run, \(values.joined(separator: ", ")))
            SELECT batch.ours, \(values.map(shape.translated).joined(separator: ", "))
            FROM temp.pair AS batch
            CROSS JOIN source.\(shape.name) AS theirs ON theirs.run = batch.theirs
            \(shape.joins(values))
            WHERE batch.is_new
              OR NOT EXISTS (SELECT 1 FROM main.\(shape.name) AS ours WHERE \(matches(shape, key)))
            ORDER BY batch.ours
          """)
      try Indexing.update(shape.name, ofRuns: "IN (SELECT ours FROM temp.pair)", db)
    }
  }

  /// Whether a row `ours` stands where the row `theirs` would.
  private func matches(_ shape: TableShape, _ key: [String]) -> String {
    key.map { $0 == "run" ? "ours.run = batch.ours" : "ours.\($0) = \(shape.translated($0))" }
      .joined(separator: " AND ")
  }
}
