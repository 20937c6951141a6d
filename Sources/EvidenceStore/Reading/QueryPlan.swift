import GRDB

/// SQLite's plan for one statement.
public struct QueryPlan: Hashable, Sendable {
  /// The statement, with its arguments in it.
  public let statement: String
  /// The steps, in SQLite's words (`SEARCH mark USING PRIMARY KEY (…)`).
  public let steps: [String]

  /// The steps that read a whole table or index against the intention.
  ///
  /// Some walks are intended. A walk through all runs in the order of `record_at`, or through all
  /// publications, finds the latest, and LIMIT ends it. A walk through an earlier selection (a subquery, a
  /// list of constants) and a sum over all tallies are intended as well.
  public var fullScans: [String] {
    steps.filter { step in
      let isWalk = ["record_at", "record_publication"].contains { index in
        step.contains("USING COVERING INDEX \(index)") || step.contains("USING INDEX \(index)")
      }
      guard step.hasPrefix("SCAN"), !isWalk else { return false }
      // `c` has the runs of a search's leading condition; `row` and `hop` are made of single steps along an
      // index.
      let name = step.split(separator: " ").dropFirst().first.map(String.init) ?? ""
      return !["c", "row", "tally", "hop", "CONSTANT"].contains(name) && !name.hasPrefix("(subquery")
    }
  }
}

extension EvidenceStore {
  /// SQLite's plans for the questions that `ask` puts to the store, in their order.
  ///
  /// - Throws: errors of SQLite, and those of `ask`.
  public func plans(_ ask: () throws -> Void) throws -> [QueryPlan] {
    final class Statements { var all: [String] = [] }
    let statements = Statements()
    try read { db in
      db.trace { event in
        if case .statement(let statement) = event { statements.all.append(statement.expandedSQL) }
      }
    }
    try ask()
    return try read { db in
      db.trace()
      return try statements.all.filter { $0.hasPrefix("SELECT") || $0.hasPrefix("WITH") }.map { sql in
        QueryPlan(
          statement: sql,
          steps: try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)").map { $0["detail"] })
      }
    }
  }
}
