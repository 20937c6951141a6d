import GRDB

/// Keeps `mark` and `sighting`, by which runs are found, up with the rows of runs.
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
    case "verdict_row": [mark("warm", "row.installable", where: "row.verdict = 'warm'")]
    case "conclusion":
      [
        "INSERT OR IGNORE INTO main.text (value) SELECT verdict FROM main.conclusion WHERE run \(which)",
        mark("verdict", "text.id", "CROSS JOIN main.text ON text.value = row.verdict", where: "1"),
      ]
    case "presence_row": [sighting]
    case "offer_row": [firstAnswer]
    case "path_outcome_row", "outcome_row": [sighting, origin]
    default: []
    }
  }
}
