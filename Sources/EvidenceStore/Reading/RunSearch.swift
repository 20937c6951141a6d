import Foundation
import GRDB
import NixModel

/// Finds the runs that fit a filter, the latest first, along indexes only: the condition that the fewest runs
/// fulfil leads, the others are looked up for each run that it gives.
struct RunSearch {
  /// A run and when it started, in milliseconds since 1970.
  struct Hit: Hashable {
    let at: Int64
    let run: Int64
  }

  let db: Database
  let filter: RunFilter

  /// One property of the filter. Everything in it is ids and words of ours, so that statements need no arguments.
  struct Condition {
    /// Statements that give `at` and `run` of the runs that fulfil it.
    let sources: [String]
    /// Whether the run `c` fulfils it.
    let test: String
    /// Statements with a row for each run, to tell how many there are; none where that is no lead.
    let measures: [String]
  }

  /// At most `limit` runs.
  func runs(limit: Int) throws -> [Hit] {
    let conditions = try conditions()
    // What nobody ever said, no run fulfils.
    guard conditions.allSatisfy({ !$0.sources.isEmpty }) else { return [] }
    let lead = try rarest(of: conditions)
    let tests = conditions.indices.filter { $0 != lead }.map { conditions[$0].test } + times
    let sources = lead.map { conditions[$0].sources } ?? ["SELECT at, seq AS run FROM run"]
    var hits: Set<Hit> = []
    for source in sources {
      let rest = tests.isEmpty ? "" : "WHERE \(tests.joined(separator: " AND "))"
      let sql = """
        SELECT c.at, c.run FROM (\(source)) AS c \(rest) ORDER BY c.at DESC, c.run DESC LIMIT \(limit)
        """
      for row in try Row.fetchAll(db, sql: sql) { hits.insert(Hit(at: row[0], run: row[1])) }
    }
    return Array(hits.sorted { ($0.at, $0.run) > ($1.at, $1.run) }.prefix(limit))
  }

  /// What must hold of `c.at`.
  var times: [String] {
    [
      filter.since.map { "c.at >= \(Instant.milliseconds($0))" },
      filter.until.map { "c.at < \(Instant.milliseconds($0))" },
    ].compactMap { $0 }
  }

  // MARK: Conditions

  func conditions() throws -> [Condition] {
    var conditions = try conditionsOfRuns()
    if !filter.paths.isEmpty {
      conditions.append(saying(try pathIDs()))
    }
    if !filter.origins.isEmpty {
      conditions.append(marked("from", try words(filter.origins.map(\.canonical))))
    }
    return conditions
  }

  /// The properties that are of a run as a whole.
  func conditionsOfRuns() throws -> [Condition] {
    var conditions: [Condition] = []
    if !filter.targets.isEmpty { conditions.append(marked("target", try words(filter.targets))) }
    if !filter.verdicts.isEmpty {
      let marked = marked("verdict", try words(filter.verdicts.map(\.rawValue)))
      conditions.append(filter.verdicts.contains(.inconclusive) ? orUnconcluded(marked) : marked)
    }
    return conditions
  }

  private func saying(_ paths: [Int64]) -> Condition {
    guard !paths.isEmpty else { return Condition(sources: [], test: "0", measures: []) }
    let said = "FROM sighting WHERE path IN (\(list(paths)))"
    // A run says something of several of them, and is found once.
    let runs = paths.count > 1 ? "SELECT DISTINCT run" : "SELECT run"
    return Condition(
      sources: [
        "SELECT run.at, run.seq AS run FROM (\(runs) \(said)) AS s CROSS JOIN run ON run.seq = s.run"
      ],
      test: "EXISTS (SELECT 1 \(said) AND run = c.run)", measures: ["SELECT 1 \(said)"])
  }

  private func marked(_ kind: String, _ words: [Int64]) -> Condition {
    let all = "FROM mark WHERE kind = '\(kind)' AND word"
    return Condition(
      // One for each word, as each has its runs in their order.
      sources: words.map { "SELECT at, run \(all) = \($0)" },
      test: words.isEmpty
        ? "0" : "EXISTS (SELECT 1 \(all) IN (\(list(words))) AND at = c.at AND run = c.run)",
      measures: words.map { "SELECT 1 \(all) = \($0)" })
  }

  /// A run that was cut off, or is under way, is inconclusive, too.
  private func orUnconcluded(_ other: Condition) -> Condition {
    let none = "NOT EXISTS (SELECT 1 FROM conclusion WHERE conclusion.run ="
    return Condition(
      sources: other.sources + ["SELECT at, seq AS run FROM run WHERE \(none) run.seq)"],
      test: "(\(other.test) OR \(none) c.run))", measures: [])
  }

  private static let enough = 10_000

  private func rarest(of conditions: [Condition]) throws -> Int? {
    guard conditions.count > 1 else { return conditions.indices.first }
    let sizes = try conditions.map { condition in
      condition.measures.isEmpty
        ? Int.max
        : try condition.measures.reduce(0) { sum, rows in
          sum + (try Int.fetchOne(db, sql: "SELECT count(*) FROM (\(rows) LIMIT \(Self.enough))") ?? 0)
        }
    }
    return conditions.indices.min { sizes[$0] < sizes[$1] }
  }

  // MARK: Words and paths

  func words(_ texts: [String]) throws -> [Int64] {
    try texts.compactMap {
      try Int64.fetchOne(db, sql: "SELECT id FROM text WHERE value = ?", arguments: [$0])
    }
  }

  func list(_ ids: [Int64]) -> String { ids.map { "\($0)" }.joined(separator: ", ") }

  /// The ids of every path that the filter names.
  func pathIDs() throws -> [Int64] { try filter.paths.flatMap(ids).unique }

  private func ids(of pattern: PathPattern) throws -> [Int64] {
    switch pattern {
    case .path(let path): return try words([path.description])
    case .hash(let hash):
      // '.' follows '-', which is between hash and name.
      let start = "\(StoreDirectory.standard)/\(hash)"
      return try Int64.fetchAll(
        db, sql: "SELECT id FROM text WHERE value >= ? AND value < ?", arguments: ["\(start)-", "\(start)."])
    case .name(let glob):
      let literal = String(PathPattern.literal(of: glob))
      return try Int64.fetchAll(
        db,
        sql: """
          SELECT id FROM text
          WHERE substr(value, 1, 11) = '/nix/store/' AND substr(value, 45) >= ? AND substr(value, 45) < ?
            AND substr(value, 45) GLOB ?
          """, arguments: [literal, literal + "\u{10FFFF}", glob])
    }
  }
}
