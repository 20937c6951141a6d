public import NixModel

/// `audit show --json` of a publication: all that is recorded of it, as its publisher summed it up.
///
/// It is a summary again, which can be imported.
public struct PublicationDocument: Document {
  private let value: Value

  /// The document of `publication`.
  public init(_ publication: Publication) {
    value = .object([
      "schema": .text("warmth/publication/v1"),
      "publication": .object(publication.head, headColumns),
      "publisher": .object(publication.head.publisher, publisherColumns),
      "occasion": .object(publication.head.occasion, Occasion.columns),
      "destination": .object(publication.head.destination, PublicationDestination.columns),
      "shard": .object(publication.head.shard, shardColumns),
      "targets": .list(publication.targets, targetColumns),
      "paths": .list(publication.paths, pathColumns),
      "faults": .list(publication.faults, faultColumns),
      "cgroup": .object(publication.cgroup, cgroupColumns),
    ])
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

private let headColumns: [Column<PublicationHead>] = [
  .json("id") { .text($0.id.text) },
  .json("started") { .text(Instant.precise($0.started)) },
  .json("finished") { .text($0.finished.map { Instant.precise($0) }) },
  .json("state") { .text($0.state.rawValue) },
  .json("exitCode") { .number(Int($0.exitCode)) },
  .json("program") { .text($0.program) },
]

private let shardColumns: [Column<Shard>] = [
  .json("sweep") { .text($0.sweep.text) },
  .json("index") { .number($0.index) },
  .json("shards") { .number($0.plan.shards) },
  .json("targets") { .number($0.plan.targets) },
  .json("list") { .text($0.plan.list) },
]

private let publisherColumns: [Column<Publisher>] = [
  .json("host") { .text($0.runner.host) },
  .json("pod") { .text($0.runner.pod) },
  .json("process") { .number(Int($0.runner.processID)) },
  .json("processStart") { .count($0.runner.processStart) },
  .json("boot") { .text($0.runner.bootID) },
  .json("nix") { .text($0.nix) },
  .json("system") { .text($0.system) },
]

private let targetColumns: [Column<PublishedTarget>] = [
  .json("installable") { .text($0.installable) },
  .json("outcome") { .text($0.outcome.rawValue) },
  .json("derivation") { .text($0.derivation?.description) },
  .json("outputs") { .list($0.outputs, outputColumns) },
  .json("milliseconds") { .count($0.milliseconds) },
  .json("failure") { .object($0.failure, failureColumns) },
]

private let outputColumns: [Column<PublishedTarget.Output>] = [
  .json("name") { .text($0.name) }, .json("path") { .text($0.path.description) },
]

private let failureColumns: [Column<PublishedTarget.Failure>] = [
  .json("kind") { .text($0.kind.rawValue) }, .json("message") { .prose($0.message) },
]

private let pathColumns: [Column<PublishedPath>] = [
  .json("path") { .text($0.path.description) },
  .json("role") { .text($0.role.rawValue) },
  .json("outcome") { .text($0.outcome.rawValue) },
  .json("published") { .text($0.published.rawValue) },
  .json("served") { .flag($0.isServed) },
  .json("servedBy") { .text($0.servedBy?.canonical) },
  .json("narSize") { .bytes($0.narSize) },
]

private let faultColumns: [Column<PublicationFault>] = [
  .json("code") { .text($0.code.rawValue) },
  .json("path") { .text($0.path?.description) },
  .json("fatal") { .flag($0.isFatal) },
  .json("message") { .prose($0.message) },
]

private let cgroupColumns: [Column<CgroupFigures>] = [
  .json("version") { .count($0.version) },
  .json("memoryPeak") { .bytes($0.memoryPeak) },
  .json("memoryPeakBefore") { .bytes($0.memoryPeakBefore) },
  .json("memoryLimit") { .bytes($0.memoryLimit) },
  .json("oomKills") { .count($0.oomKills) },
  .json("pidsPeak") { .count($0.pidsPeak) },
  .json("pidsLimit") { .count($0.pidsLimit) },
]
