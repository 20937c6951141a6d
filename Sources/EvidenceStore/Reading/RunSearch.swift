import Foundation
import GRDB
import NixModel

/// Finds the runs that fit a filter, the latest first, along indexes only: the condition that the fewest runs
/// fulfil leads, and the others are looked up for each run that it gives.
struct RunSearch {
  /// A run, when it started in milliseconds since 1970, and the path that led to it, or 0.
  struct Hit: Hashable {
    let at: Int64
    let run: Int64
    let path: Int64
  }

  /// One property of the filter. All that stands in its statements are words and ids of ours.
  struct Condition {
    /// Gives `at`, `run` and `path` of the runs that fulfil it, for a word or path `:id`, in their order.
    let source: String
    /// The words or paths, each of which has its runs in their order; none where nobody ever said any of them.
    let ids: [Int64]
    /// Whether the run `c` fulfils it.
    let test: String
    /// A further source, which needs no id.
    var rest: String?

    static let everyRun = "SELECT at, seq AS run, 0 AS path FROM run"
  }

  let db: Database
  let filter: RunFilter

  /// At most `limit` runs.
  func runs(limit: Int) throws -> [Hit] {
    let conditions = try conditions()
    // What nobody ever said, no run fulfils.
    guard conditions.allSatisfy({ !$0.ids.isEmpty || $0.rest != nil }) else { return [] }
    let lead = try rarest(of: conditions)
    let others = conditions.indices.filter { $0 != lead }.map { conditions[$0].test }
    return try latest(
      lead.map { conditions[$0] } ?? Condition(source: "", ids: [], test: "", rest: Condition.everyRun),
      where: others, by: { Hit(at: $0.at, run: $0.run, path: 0) }, limit: limit)
  }

  /// The latest of what a condition leads to, each once where `identity` gives the same.
  func latest(
    _ lead: Condition, where tests: [String], by identity: (Hit) -> Hit, limit: Int
  ) throws -> [Hit] {
    var hits: Set<Hit> = []
    // Of the next word or path, only what is as late as the last of those that are there already counts.
    var earliest = filter.since.map(Instant.milliseconds) ?? .min
    let end = filter.until.map(Instant.milliseconds) ?? .max
    func add(_ source: String, _ arguments: StatementArguments) throws {
      let conditions = ["c.at >= :earliest", "c.at < :end"] + tests
      let statement = try db.cachedStatement(
        sql: """
          SELECT c.at, c.run, c.path FROM (\(source)) AS c WHERE \(conditions.joined(separator: " AND "))
          ORDER BY c.at DESC, c.run DESC LIMIT :limit
          """)
      let bounds: StatementArguments = ["earliest": earliest, "end": end, "limit": limit]
      let rows = try Row.fetchAll(statement, arguments: bounds &+ arguments)
      guard !rows.isEmpty else { return }
      for row in rows { hits.insert(identity(Hit(at: row[0], run: row[1], path: row[2]))) }
      guard hits.count >= limit else { return }
      hits = Set(sorted(hits).prefix(limit))
      earliest = hits.map(\.at).min() ?? earliest
    }
    for id in lead.ids { try add(lead.source, ["id": id]) }
    if let rest = lead.rest { try add(rest, [:]) }
    return Array(sorted(hits).prefix(limit))
  }

  private func sorted(_ hits: Set<Hit>) -> [Hit] {
    hits.sorted { ($0.at, $0.run, -$0.path) > ($1.at, $1.run, -$1.path) }
  }

  // MARK: Conditions

  private func conditions() throws -> [Condition] {
    var conditions = try conditionsOfRuns()
    if !filter.paths.isEmpty { conditions.append(try saidOfPaths()) }
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

  /// A run says something of one of the paths.
  func saidOfPaths() throws -> Condition {
    // Later paths have later ids, mostly: what they lead to leaves little of the others.
    let ids = try filter.paths.flatMap(ids).unique.sorted(by: >)
    return Condition(
      source: "SELECT at, run, path FROM sighting WHERE path = :id", ids: ids,
      test: "EXISTS (SELECT 1 FROM sighting WHERE path IN (\(list(ids))) AND at = c.at AND run = c.run)")
  }

  private func marked(_ kind: String, _ ids: [Int64]) -> Condition {
    let all = "FROM mark WHERE kind = '\(kind)' AND word"
    return Condition(
      source: "SELECT at, run, 0 AS path \(all) = :id", ids: ids,
      test: ids.isEmpty ? "0" : "EXISTS (SELECT 1 \(all) IN (\(list(ids))) AND at = c.at AND run = c.run)")
  }

  /// A run that was cut off, or is under way, is inconclusive, too.
  private func orUnconcluded(_ other: Condition) -> Condition {
    func without(_ run: String) -> String {
      "NOT EXISTS (SELECT 1 FROM conclusion WHERE conclusion.run = \(run))"
    }
    return Condition(
      source: other.source, ids: other.ids, test: "(\(other.test) OR \(without("c.run")))",
      rest: "\(Condition.everyRun) WHERE \(without("run.seq"))")
  }

  private static let many = 10_000

  private func rarest(of conditions: [Condition]) throws -> Int? {
    guard conditions.count > 1 else { return conditions.indices.first }
    let sizes = try conditions.map { condition in
      guard condition.rest == nil else { return Int.max }
      let count = try db.cachedStatement(
        sql: "SELECT count(*) FROM (SELECT 1 FROM (\(condition.source)) LIMIT \(Self.many))")
      return try condition.ids.reduce(0) { sum, id in
        sum < Self.many ? sum + (try Int.fetchOne(count, arguments: ["id": id]) ?? 0) : sum
      }
    }
    return conditions.indices.min { sizes[$0] < sizes[$1] }
  }

  // MARK: Words and paths

  func words(_ texts: [String]) throws -> [Int64] {
    try texts.compactMap {
      try Int64.fetchOne(db, sql: "SELECT id FROM text WHERE value = ?", arguments: [$0])
    }
    .unique
  }

  func list(_ ids: [Int64]) -> String { ids.map { "\($0)" }.joined(separator: ", ") }

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
