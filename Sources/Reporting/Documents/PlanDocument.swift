public import Foundation
public import NixModel

/// `forecast --plan --json`: what would be built and copied. The next plan can be compared with it.
public struct PlanDocument: Document {
  static let schema = "warmth/plan/v1"

  private let value: Value

  /// The document of `plan`, and of what a change does to it.
  public init(_ plan: Plan, _ change: PlanChange? = nil) {
    var members: [String: Value] = [
      "schema": .text(Self.schema),
      "answer": .text((change?.answer(of: plan) ?? plan.answer).rawValue),
      "targets": .list(plan.targets, targetColumns),
      "builds": .list(plan.builds, buildColumns),
      "fetches": .list(plan.fetches, fetchColumns),
      "spared": .texts(plan.spared.map(\.description)),
      "lacks": .list(plan.lacks, lackColumns),
      "downloadBytes": .bytes(plan.downloadBytes),
      "narBytes": .bytes(plan.narBytes),
      "unread": .texts(plan.unread.map(\.description)),
      "unasked": .texts(plan.unasked.map(\.description)),
      "unresolved": .list(plan.unresolved, unresolvedColumns),
      "substituters": .list(plan.caches, cacheColumns),
    ]
    if let change {
      members["against"] = .object([
        "since": .text(change.since), "turned": .list(change.turned, turnedColumns),
        "spared": .number(change.spared),
        "notCompared": .texts(change.unknown.map { $0.redacted.description }),
      ])
    }
    value = .object(members)
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }

  /// Reads a document back, as the earlier side of a comparison.
  ///
  /// - Parameter name: what it is to be called.
  /// - Returns: `nil` where `bytes` are no such document.
  public static func earlier(_ bytes: Data, named name: String) -> EarlierPlan? {
    guard let read = try? JSONDecoder().decode(Reading.self, from: bytes), read.schema == schema else {
      return nil
    }
    var targets: [String: EarlierPlan.Standing] = [:]
    for target in read.targets {
      guard let outcome = Plan.Outcome(rawValue: target.outcome) else { return nil }
      targets[target.name] = EarlierPlan.Standing(
        derivation: target.derivation.flatMap { try? StorePath(parsing: $0) }, outcome: outcome)
    }
    return EarlierPlan(
      name: name, targets: targets, builds: read.builds.compactMap { try? StorePath(parsing: $0.derivation) })
  }

  private struct Reading: Decodable {
    struct Target: Decodable {
      let name: String
      let derivation: String?
      let outcome: String
    }
    struct Build: Decodable { let derivation: String }
    let schema: String
    let targets: [Target]
    let builds: [Build]
  }
}

private let targetColumns: [Column<Plan.Target>] = [
  .json("installable") { .text($0.installable.redacted.description) },
  .json("name") { .text($0.installable.redacted.withoutSource) },
  .json("derivation") { .text($0.derivation?.description) },
  .json("outcome") { .text($0.outcome.rawValue) },
]

private let buildColumns: [Column<Plan.Build>] = [
  .json("derivation") { .text($0.derivation.description) },
  .json("name") { .text($0.name) },
  .json("allowed") { .flag($0.isAllowed) },
  .json("cause") { .text($0.cause.word) },
  .json("lacking") { .text($0.cause.lack?.path.description) },
  .json("message") { .text($0.why) },
  .json("fixedOutput") { .flag($0.isFetch) },
  .json("first") { .flag($0.isFirst) },
  .json("neededBy") { .text($0.neededBy?.description) },
  .json("needs") { .number($0.needs) },
  .json("neededFor") { .number($0.neededFor) },
  .json("targets") { .number($0.targets) },
]

private let fetchColumns: [Column<Plan.Fetch>] = [
  .json("path") { .text($0.path.description) },
  .json("from") { .text($0.cache.canonical) },
  .json("downloadBytes") { .bytes($0.download) },
  .json("narBytes") { .bytes($0.narSize) },
]

private let lackColumns: [Column<Lack>] = [
  .json("path") { .text($0.path.description) },
  .json("kind") { .text($0.kind.word.replacing(" ", with: "-")) },
  .json("detail") { .text($0.detail) },
]

private let cacheColumns: [Column<Survey.Cache>] = [
  .json("url") { .text($0.url.canonical) }, .json("state") { .text($0.state.phrase) },
]

private let turnedColumns: [Column<PlanChange.Turned>] = [
  .json("derivation") { .text($0.build.derivation.description) },
  .json("name") { .text($0.build.name) },
  .json("allowed") { .flag($0.build.isAllowed) },
  .json("changed") { .text($0.changed) },
  .json("message") { .text($0.build.why) },
  .json("neededFor") { .number($0.build.neededFor) },
]

private let unresolvedColumns: [Column<UnresolvedTarget>] = [
  .json("installable") { .text($0.installable.redacted.description) }, .json("error") { .text($0.error) },
]
