import GRDB
import NixModel

extension Recorder {
  /// What the policy says of means of writing, where it says anything.
  func record(strictnessOf policy: Policy, _ seq: Int64) throws {
    guard policy.strict || !policy.readOnly.isEmpty else { return }
    try Table("strictness_row", ["run", "strict", "read_only"], db).insert([
      seq, policy.strict, try lexicon.text(try JSON.text(policy.readOnly.map(\.description))),
    ])
  }

  /// What the run's policy says of them, as it was recorded.
  func strictness(of seq: Int64) throws -> Policy {
    let statement = try db.cachedStatement(sql: "SELECT * FROM strictness WHERE run = ?")
    return try StrictnessRow.fetchOne(statement, arguments: [seq])?.policy ?? Policy()
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
struct StrictnessRow: FetchableRecord {
  private let strict: Bool
  private let read_only: String

  init(row: Row) throws {
    strict = try row.decode(forColumn: "strict")
    read_only = try row.decode(forColumn: "read_only")
  }

  /// A policy that says this, and nothing else.
  var policy: Policy {
    get throws {
      Policy(
        strict: strict,
        readOnly: try JSON.value([String].self, read_only).map { try ReadOnlyAssertion(parsing: $0) })
    }
  }
}
