import GRDB

/// Keeps `mark`, `sighting` and `goal`, by which runs are found, `meaning`, which says what they were about, and
/// `tally`, which says what caches came to, up with the rows of runs.
///
/// No triggers do it: with one, SQLite keeps a journal of its own for each row that is added, which costs more
/// than the row.
enum Indexing {
  /// Enters what `table` says, of the runs that `which` tells (`= ?`, `IN (…)`).
  static func update(
    _ table: String, ofRuns which: String, _ db: Database, _ arguments: StatementArguments = []
  ) throws {
    for sql in statements(table, which) { try db.cachedStatement(sql: sql).execute(arguments: arguments) }
  }

  private static func statements(_ table: String, _ which: String) -> [String] {
    let rows = "FROM main.\(table) AS row CROSS JOIN main.run ON run.seq = row.run"
    func mark(_ kind: String, _ word: String, _ more: String = "", where condition: String) -> String {
      """
      INSERT OR IGNORE INTO main.mark SELECT DISTINCT '\(kind)', \(word), run.at, run.seq \(rows) \(more)
      WHERE row.run \(which) AND \(condition)
      """
    }
    /// Marks runs by the words of a column that has no ids.
    func mark(_ kind: String, spelledOutIn column: String) -> [String] {
      [
        "INSERT OR IGNORE INTO main.text (value) SELECT \(column) FROM main.\(table) WHERE run \(which)",
        mark(kind, "text.id", "CROSS JOIN main.text ON text.value = row.\(column)", where: "1"),
      ]
    }
    let sighting =
      "INSERT OR IGNORE INTO main.sighting SELECT row.path, run.at, run.seq \(rows) WHERE row.run \(which)"
    // Every path that a cache answered for has a first answer.
    let firstAnswer = "\(sighting) AND row.position = 0"
    let origin = mark(
      "from", "fate.origin", "CROSS JOIN main.fate ON fate.id = row.fate",
      where: "fate.outcome = 'substituted'")
    return switch table {
    case "requested_row":
      [
        mark("target", "row.installable", where: "1"),
        mark("target", "row.attribute", where: "row.attribute IS NOT NULL"),
      ]
    case "target_row": meanings(which)
    case "output_row":
      ["INSERT OR IGNORE INTO main.goal SELECT row.path, run.at, run.seq \(rows) WHERE row.run \(which)"]
    case "occasion_row":
      ["ref", "branch", "revision"].map { mark("ref", "row.\($0)", where: "row.\($0) IS NOT NULL") }
    case "verdict_row": [mark("warm", "row.installable", where: "row.verdict = 'warm'")]
    case "reason_row": mark("reason", spelledOutIn: "code")
    // The conclusion comes last, when all that is tallied is there.
    case "conclusion": mark("verdict", spelledOutIn: "verdict") + [tally(which)]
    case "presence_row", "published_output_row", "published_path_row": [sighting]
    case "offer_row": [firstAnswer]
    case "path_outcome_row", "outcome_row": [sighting, origin]
    default: []
    }
  }

  /// What the names of targets mean that could be evaluated.
  private static func meanings(_ which: String) -> [String] {
    let condition = "WHERE row.run \(which) AND row.error IS NULL"
    return [
      """
      INSERT OR IGNORE INTO main.meaning
        SELECT row.installable, 0, row.spec, coalesce(row.system, 0), row.installable
        FROM main.target_row AS row
        \(condition) AND row.spec IS NOT NULL
      """,
      """
      INSERT OR IGNORE INTO main.meaning
        SELECT asked.attribute, 1, row.spec, coalesce(row.system, 0), row.installable
        FROM main.target_row AS row
        CROSS JOIN main.requested_row AS asked ON asked.run = row.run AND asked.spec = row.spec
        \(condition) AND asked.attribute IS NOT NULL
      """,
    ]
  }

  /// What concluded runs say of each cache. Sizes are what a cache says they are, and their sum may be more than a
  /// number holds.
  private static func tally(_ which: String) -> String {
    """
    INSERT OR IGNORE INTO main.tally
      WITH
        chosen (run) AS MATERIALIZED (SELECT run FROM main.conclusion WHERE run \(which)),
        copied (run, path, cache) AS (
          SELECT row.run, row.path, fate.origin
          FROM chosen CROSS JOIN main.path_outcome_row AS row ON row.run = chosen.run
          CROSS JOIN main.fate ON fate.id = row.fate WHERE fate.outcome = 'substituted'
          UNION ALL
          -- Runs of before the third step have outcomes of their targets' outputs alone.
          SELECT DISTINCT row.run, row.path, fate.origin
          FROM chosen CROSS JOIN main.outcome_row AS row ON row.run = chosen.run
          CROSS JOIN main.fate ON fate.id = row.fate WHERE fate.outcome = 'substituted'
            AND NOT EXISTS (
              SELECT 1 FROM main.path_outcome_row AS said
              CROSS JOIN main.fate AS same ON same.id = said.fate
              WHERE said.run = row.run AND said.path = row.path
                AND same.outcome = 'substituted' AND same.origin = fate.origin)),
        faulty (run, cache, path, code) AS (
          SELECT row.run, row.cache, row.path, 'nar-missing'
          FROM chosen CROSS JOIN main.offer_row AS row ON row.run = chosen.run
          CROSS JOIN main.answer ON answer.id = row.answer WHERE answer.nar = 'missing'
          UNION SELECT row.run, cache.id, row.path, row.code
          FROM chosen CROSS JOIN main.reason_row AS row ON row.run = chosen.run
          CROSS JOIN main.text AS fact ON fact.id = row.fact
          CROSS JOIN main.text AS cache ON cache.value = coalesce(
            json_extract(fact.value, '$.narMissing.cache'), json_extract(fact.value, '$.narCorrupt.cache'))
          WHERE row.code IN ('nar-missing', 'nar-corrupt')),
        said (run, cache, paths, bytes, download, milliseconds, asked, offered, unreachable, failed, refused,
          invalid, untrusted, missing, corrupt) AS (
          SELECT copied.run, copied.cache, count(*),
            min(total(coalesce(
              (SELECT nar_size FROM main.registration_row AS row
                CROSS JOIN main.metadata ON metadata.id = row.metadata
                WHERE row.run = copied.run AND row.path = copied.path),
              metadata.nar_size, 0)), 9e15),
            min(total(narinfo.file_size), 9e15), NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0
          FROM copied
          LEFT JOIN main.offer_row AS row
            ON row.run = copied.run AND row.path = copied.path AND row.cache = copied.cache
          LEFT JOIN main.answer ON answer.id = row.answer
          LEFT JOIN main.narinfo ON narinfo.id = answer.narinfo
          LEFT JOIN main.metadata ON metadata.id = narinfo.metadata
          GROUP BY copied.run, copied.cache
          UNION ALL
          SELECT row.run, row.cache, 0, 0, 0, NULL, count(*), sum(answer.answer = 'offered'),
            sum(answer.answer = 'failed' AND answer.status IS NULL),
            sum(answer.answer = 'failed' AND answer.status IS NOT NULL OR answer.nar IS 'failed'),
            sum(answer.answer = 'refused' OR answer.nar IS 'refused'), sum(answer.answer = 'invalid'),
            sum(answer.answer = 'untrusted'), 0, 0
          FROM chosen CROSS JOIN main.offer_row AS row ON row.run = chosen.run
          CROSS JOIN main.answer ON answer.id = row.answer
          GROUP BY row.run, row.cache
          UNION ALL
          SELECT row.run, row.url, 0, 0, 0, NULL, 0, 0, row.state = 'unreachable',
            row.state IN ('failing', 'unusable'), 0, 0, 0, 0, 0
          FROM chosen CROSS JOIN main.cache_row AS row ON row.run = chosen.run
          UNION ALL
          SELECT run, cache, 0, 0, 0, NULL, 0, 0, 0, 0, 0, 0, 0, code = 'nar-missing', code = 'nar-corrupt'
          FROM faulty
          UNION ALL
          SELECT row.run, row.cache, 0, 0, 0, row.milliseconds, 0, 0, 0, 0, 0, 0, 0, 0, 0
          FROM chosen CROSS JOIN main.transfer_row AS row ON row.run = chosen.run)
      SELECT said.cache, run.at, said.run, sum(said.paths),
        CAST(min(total(said.bytes), 9e15) AS INTEGER), CAST(min(total(said.download), 9e15) AS INTEGER),
        sum(said.milliseconds), sum(said.asked), sum(said.offered), sum(said.unreachable), sum(said.failed),
        sum(said.refused), sum(said.invalid), sum(said.untrusted), sum(said.missing), sum(said.corrupt)
      FROM said CROSS JOIN main.run ON run.seq = said.run
      GROUP BY said.cache, run.at, said.run
    """
  }
}
