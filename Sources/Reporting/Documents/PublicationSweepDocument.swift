public import NixModel

/// `audit sweep --json` of publications.
public struct PublicationSweepDocument: Document {
  private let value: Value

  /// The document of a sweep.
  public init(_ sweep: PublicationSweep) {
    value = .object([
      "schema": .text("warmth/publication-sweep/v1"),
      "sweep": .text(sweep.sweep.text),
      "answer": .text(sweep.answer.rawValue),
      "shards": .list(sweep.shards, columns),
    ])
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

private let columns: [Column<PublicationSweep.Standing>] = [
  .json("shard") { .number($0.index) }, .json("publication") { .text($0.head?.id.text) },
  .json("state") { .text($0.head?.state.rawValue) },
  .json("exitCode") { .count($0.head.map { UInt64($0.exitCode) }) }, .json("targets") { .number($0.targets) },
]
