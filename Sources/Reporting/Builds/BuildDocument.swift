public import Foundation
public import NixModel

/// `builder status --json`: all that is recorded of a build.
public struct BuildDocument: Document {
  private let value: Value

  /// The document of `record`.
  public init(_ record: BuildRecord, at now: Date) {
    let start = record.start
    value = .object([
      "schema": .text("warmth/build/v1"),
      "build": .object(record, recordColumns),
      "order": .object(start.order, orderColumns),
      "identity": .object(start.identity, identityColumns),
      "server": .text(record.server),
      "address": .text(record.address),
      "events": .list(record.events, eventColumns),
      "end": .object(record.end, endColumns),
      "cost": .text(record.cost(until: now)?.description),
      "seconds": .number(Int(record.lifetime(until: now))),
    ])
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

private let recordColumns: [Column<BuildRecord>] = [
  .json("id") { .text($0.start.id.text) },
  .json("started") { .text(Instant.precise($0.start.started)) },
  .json("expires") { .text(Instant.precise($0.start.expires)) },
  .json("program") { .text($0.start.program) },
  .json("state") { .text($0.state.name) },
  .json("phase") { .text($0.phase?.rawValue) },
]

private let orderColumns: [Column<BuildOrder>] = [
  .json("provider") { .text($0.provider) },
  .json("region") { .text($0.region) },
  .json("plan") { .text($0.plan) },
  .json("hourlyPrice") { .text($0.hourlyPrice.map { Price($0).description }) },
  .json("deadline") { .number($0.deadline) },
  .json("kept") { .flag($0.isKept) },
  .json("source") { .text($0.source) },
  .json("targets") { .texts($0.targets) },
  .json("destination") { .text($0.destination) },
]

private let identityColumns: [Column<BuilderIdentity>] = [
  .json("hostKey") { .text($0.hostKey) },
  .json("signingKey") { .text($0.signingKey) },
  .json("uploadKey") { .text($0.uploadKey) },
  .json("bootstrap") { .text($0.bootstrap) },
  .json("publicLogs") { .flag($0.hasPublicLogs) },
]

private let eventColumns: [Column<BuildEvent>] = [
  .json("at") { .text(Instant.precise($0.at)) },
  .json("event") { .text($0.fact.name) },
  .json("message") { .prose($0.fact.phrase) },
]

private let endColumns: [Column<BuildEnd>] = [
  .json("exit") { .number($0.exit) },
  .json("reason") { .text($0.reason) },
  .json("message") { .prose($0.message) },
  .json("outputs") { .texts($0.outputs.map(\.description)) },
  .json("uploaded") { .flag($0.isUploaded) },
]
