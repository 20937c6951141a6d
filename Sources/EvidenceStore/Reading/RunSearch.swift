import Evidence
import Foundation
import GRDB
import NixModel

/// Finds the runs that fit a filter, the latest first, along indexes only. The condition that the fewest runs
/// fulfil leads. The others are tests of each run that it gives.
struct RunSearch {
  /// A run, its start in milliseconds since 1970, and the path that led to it, or 0.
  struct Hit: Hashable {
    let at: Int64
    let run: Int64
    let path: Int64
  }

  /// One property of the filter. Its statements consist of this program's own words and of ids.
  struct Condition {
    /// Queries for `at`, `run` and `path` of the runs that fulfil it, in their order, each for an id or a
    /// text `:id`.
    var sources: [String]
    /// The ids or texts for `:id`; none where no record has any of them.
    var ids: [DatabaseValue]
    /// A test in SQL whether the run `c` fulfils it.
    var test: String
    /// A further source, which needs no id.
    var rest: String?

    static let everyRun = "SELECT at, seq AS run, 0 AS path FROM record"
  }

  /// The kinds of records to look for.
  enum Subject {
    case proofs
    case publications
    case builds
    /// Both, in a search for paths.
    case anything

    /// A test in SQL whether the run `run` is one; `nil` where each is.
    func test(_ run: String) -> String? {
      switch self {
      case .proofs: "EXISTS (SELECT 1 FROM record WHERE seq = \(run) AND kind = 'proof')"
      case .publications: "EXISTS (SELECT 1 FROM record WHERE seq = \(run) AND kind = 'publication')"
      case .builds: "EXISTS (SELECT 1 FROM record WHERE seq = \(run) AND kind = 'build')"
      case .anything: nil
      }
    }
  }

  /// A place in a list, in numbers of this store.
  struct Edge {
    let at: Int64
    let run: Int64
    let path: Int64?
  }

  let db: Database
  let filter: RunFilter
  let subject: Subject
  private let edge: Edge?

  init(db: Database, filter: RunFilter, for subject: Subject = .proofs) throws {
    self.db = db
    self.filter = filter
    self.subject = subject
    edge = try filter.behind.flatMap { try Self.edge($0, db) }
  }

  private static func edge(_ place: ListPlace, _ db: Database) throws -> Edge? {
    try Row.fetchOne(
      db, sql: "SELECT at, seq, (SELECT id FROM text WHERE value = ?) FROM record WHERE id = ?",
      arguments: [place.path?.description, place.run.text]
    ).map { Edge(at: $0[0], run: $0[1], path: $0[2]) }
  }

  /// At most `limit` runs.
  func runs(limit: Int) throws -> [Hit] {
    let conditions = try conditions()
    // No run fulfils a condition whose values no record has.
    guard conditions.allSatisfy({ !$0.ids.isEmpty || $0.rest != nil }) else { return [] }
    let lead = try rarest(of: conditions)
    let others = conditions.indices.filter { $0 != lead }.map { conditions[$0].test }
    return try latest(
      lead.map { conditions[$0] } ?? everyone, where: others, by: { Hit(at: $0.at, run: $0.run, path: 0) },
      limit: limit)
  }

  /// The latest hits of a condition, each once by its `identity`.
  func latest(
    _ lead: Condition, where tests: [String], by identity: (Hit) -> Hit, limit: Int
  ) throws -> [Hit] {
    // No run fulfils a condition whose values no record has.
    guard !tests.contains("0") else { return [] }
    var hits: Set<Hit> = []
    // Hits of the next word or path count only if they are as late as the last of those that were found.
    var earliest = filter.since.map(Instant.milliseconds) ?? .min
    let behind = behind()
    func add(_ source: String, _ arguments: StatementArguments) throws {
      let bounds = ["c.at >= :earliest", "c.at < :end"] + behind.tests
      let conditions = bounds + tests + [subject.test("c.run")].compactMap(\.self)
      let statement = try db.cachedStatement(
        sql: """
          SELECT c.at, c.run, c.path FROM (\(source)) AS c WHERE \(conditions.joined(separator: " AND "))
          ORDER BY c.at DESC, c.run DESC LIMIT :limit
          """)
      let limits: StatementArguments = ["earliest": earliest, "end": behind.end, "limit": limit]
      let rows = try Row.fetchAll(statement, arguments: limits &+ arguments)
      guard !rows.isEmpty else { return }
      for row in rows { hits.insert(identity(Hit(at: row[0], run: row[1], path: row[2]))) }
      guard hits.count >= limit else { return }
      hits = Set(sorted(hits).prefix(limit))
      earliest = hits.map(\.at).min() ?? earliest
    }
    for source in lead.sources { for id in lead.ids { try add(source, ["id": id]) } }
    if let rest = lead.rest { try add(rest, [:]) }
    return Array(sorted(hits).prefix(limit))
  }

  /// The filter's place and end: tests that a hit is behind the place, and the time before which its run
  /// started.
  private func behind() -> (tests: [String], end: Int64) {
    let until = filter.until.map(Instant.milliseconds) ?? .max
    guard let edge else { return ([], until) }
    let path = edge.path.map { " OR c.run = \(edge.run) AND (c.path = 0 OR c.path > \($0))" } ?? ""
    return (
      ["(c.at < \(edge.at) OR c.run < \(edge.run)\(path))"],
      // This bounds the range of the index; the test alone would not.
      min(until, edge.at == .max ? .max : edge.at + 1)
    )
  }

  /// Whether this path is behind the filter's place in a list of paths.
  func isBehind(run: Int64, path: Int64) -> Bool {
    guard let edge, edge.run == run, let last = edge.path else { return true }
    return path > last
  }

  private func sorted(_ hits: Set<Hit>) -> [Hit] {
    hits.sorted { ($0.at, $0.run, -$0.path) > ($1.at, $1.run, -$1.path) }
  }

  // MARK: Conditions

  /// A condition that every run fulfils.
  private var everyone: Condition {
    // There are indexes of publications and of builds, because they are few among many proofs.
    let which =
      switch subject {
      case .publications: " WHERE kind = 'publication'"
      case .builds: " WHERE kind = 'build'"
      case .proofs, .anything: ""
      }
    return Condition(sources: [], ids: [], test: "1", rest: Condition.everyRun + which)
  }

  func conditions() throws -> [Condition] {
    var conditions = try conditionsOfRuns()
    if !filter.paths.isEmpty { conditions.append(try saidOfPaths()) }
    if !filter.origins.isEmpty {
      conditions.append(marked(.from, try words(filter.origins.map(\.canonical))))
    }
    return conditions
  }

  /// The conditions on a run as a whole: all but those on paths and caches.
  func conditionsOfRuns() throws -> [Condition] {
    var conditions = try conditionsOfBeginnings()
    if !filter.verdicts.isEmpty {
      let marked = marked(.verdict, try words(filter.verdicts.map(\.rawValue)))
      conditions.append(filter.verdicts.contains(.inconclusive) ? orUnconcluded(marked) : marked)
    }
    if !filter.reasons.isEmpty {
      let marked = marked(.reason, try words(filter.reasons.map(\.rawValue)))
      conditions.append(filter.reasons.contains(.interrupted) ? orUnconcluded(marked) : marked)
    }
    return conditions
  }

  /// The conditions on a run's beginning.
  func conditionsOfBeginnings() throws -> [Condition] {
    var conditions: [Condition] = []
    if !filter.runs.isEmpty {
      let library = try Library(db)
      let named = try filter.runs.compactMap { try library.seq(of: $0) }
      conditions.append(
        Condition(
          sources: ["\(Condition.everyRun) WHERE seq = :id"], ids: named.map(\.databaseValue),
          test: named.isEmpty ? "0" : "c.run IN (\(list(named)))"))
    }
    if !filter.targets.isEmpty { conditions.append(marked(.target, try words(filter.targets))) }
    if !filter.runners.isEmpty { conditions.append(marked(.runner, try words(filter.runners))) }
    if !filter.refs.isEmpty { conditions.append(marked(.ref, try filter.refs.flatMap(ids(ofRef:)).unique)) }
    return conditions
  }

  /// The condition that a run has evidence of one of the paths.
  func saidOfPaths() throws -> Condition {
    let ids = try pathIDs()
    let said =
      "FROM sighting AS s CROSS JOIN record_entry AS e INDEXED BY record_entry_of ON e.entry = s.entry"
    return Condition(
      // A record can have several entries that speak of a path.
      sources: ["SELECT DISTINCT e.at, e.record AS run, s.path \(said) WHERE s.path = :id"],
      ids: ids.map(\.databaseValue),
      // A record has few entries, and a path can be in many.
      test: """
        EXISTS (SELECT 1 FROM record_entry AS e CROSS JOIN sighting AS s ON s.entry = e.entry
          WHERE e.record = c.run AND s.path IN (\(list(ids))))
        """)
  }

  /// The ids of the paths that the filter means.
  func pathIDs() throws -> [Int64] {
    // Later paths mostly have later ids. Their runs come first, because these leave few of the earlier paths'
    // runs to read.
    try filter.paths.flatMap(ids).unique.sorted(by: >)
  }

  func marked(_ kind: Mark.Kind, _ ids: [Int64]) -> Condition {
    let all = "FROM mark WHERE kind = '\(kind.rawValue)' AND word"
    return Condition(
      sources: ["SELECT at, record AS run, 0 AS path \(all) = :id"], ids: ids.map(\.databaseValue),
      test: ids.isEmpty ? "0" : "EXISTS (SELECT 1 \(all) IN (\(list(ids))) AND at = c.at AND record = c.run)")
  }

  /// The condition, or that a run has no conclusion: such a run is inconclusive, too.
  private func orUnconcluded(_ other: Condition) -> Condition {
    func without(_ run: String) -> String {
      "NOT EXISTS (SELECT 1 FROM record_entry WHERE record = \(run) AND kind = \(EntryKind.conclusion.number))"
    }
    return Condition(
      sources: other.sources, ids: other.ids, test: "(\(other.test) OR \(without("c.run")))",
      rest: "\(Condition.everyRun) WHERE \(without("record.seq"))")
  }

  private static let many = 10_000

  private func rarest(of conditions: [Condition]) throws -> Int? {
    guard conditions.count > 1 else { return conditions.indices.first }
    let sizes = try conditions.map { condition in
      guard condition.rest == nil else { return Int.max }
      return try condition.sources.reduce(0) { sum, source in
        // To count each run once would take as long as the search.
        let rows = source.replacing("SELECT DISTINCT", with: "SELECT")
        let count = try db.cachedStatement(
          sql: "SELECT count(*) FROM (SELECT 1 FROM (\(rows)) LIMIT \(Self.many))")
        return try condition.ids.reduce(sum) { sum, id in
          sum < Self.many ? sum + (try Int.fetchOne(count, arguments: ["id": id]) ?? 0) : sum
        }
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

  /// A revision can be abbreviated; anything else is given in full.
  private func ids(ofRef ref: String) throws -> [Int64] {
    guard (7..<40).contains(ref.utf8.count), ref.allSatisfy(\.isHexDigit) else { return try words([ref]) }
    return try Int64.fetchAll(
      db, sql: "SELECT id FROM text WHERE value >= ? AND value < ?", arguments: [ref, ref + "\u{10FFFF}"])
  }

  func list(_ ids: [Int64]) -> String { ids.map { "\($0)" }.joined(separator: ", ") }

  private func ids(of pattern: PathPattern) throws -> [Int64] {
    switch pattern {
    case .path(let path): return try words([path.description])
    case .hash(let hash):
      // '-' stands between hash and name, and '.' is the character after it.
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
