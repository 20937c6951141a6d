public import NixModel

/// `audit sweep --json`: the joint verdict of the shards of a sweep.
public struct SweepDocument: Document {
  private let value: Value

  /// The document of a sweep's verdict.
  public init(_ verdict: SweepVerdict) {
    value = .object([
      "schema": .text("warmth/sweep/v1"),
      "sweep": .text(verdict.sweep.text),
      "verdict": .text(verdict.verdict.rawValue),
      "plan": .object(verdict.plan, planColumns),
      "shards": .list(verdict.shards, standingColumns),
      "reasons": .list(verdict.reasons, reasonColumns),
      "disregarded": .texts(verdict.disregarded.map(\.text)),
    ])
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

private let planColumns: [Column<Shard.Plan>] = [
  .json("shards") { .number($0.shards) }, .json("targets") { .number($0.targets) },
  .json("list") { .text($0.list) },
]

private let standingColumns: [Column<ShardStanding>] = [
  .json("shard") { .number($0.index) }, .json("status") { .text($0.status.rawValue) },
  .json("run") { .text($0.run?.text) }, .json("runs") { .number($0.runs) },
  .json("targets") { .number($0.targets) },
]

private let reasonColumns: [Column<SweepReason>] = [
  .json("code") { .text($0.code) }, .json("message") { .prose($0.sentence) },
]
