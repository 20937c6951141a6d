public import NixModel

/// `prove --json`: one run, whether it just ended or was read back after a year.
public struct ProveDocument: Document {
  private let value: Value

  /// The document of `run`.
  ///
  /// - Parameter promise: the terms that it was made under, for who reads it later.
  public init(_ run: Run, promise: RunPromise? = nil) {
    let reported = ReportedRun(run)
    var members: [String: Value] = [
      "schema": .text("warmth/run/v1"),
      "run": .object(run, runColumns),
      "verdict": .text(run.verdict.rawValue),
      "targets": .list(reported.targets, targetColumns),
      "closure": .object(reported.closure, ClosureSummary.columns),
      "environment": .object(run, environmentColumns),
    ]
    if let promise {
      members["promise"] = .object(promise, promiseColumns)
      // Each flag with its values; left out where there are none.
      if !run.start.flags.isEmpty {
        members["evaluation"] = .list(run.start.flags.flags.map { .texts($0.words) })
      }
    }
    value = .object(members)
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

private let runColumns: [Column<Run>] = [
  .json("id") { .text($0.start.id.text) },
  .json("started") { .instant($0.start.started) },
  .json("finished") { .instant($0.conclusion?.finished) },
  .json("state") { .text($0.state.word) },
  .json("occasion") { .object($0.start.occasion, Occasion.columns) },
  // Left out where the run is about a whole list.
  .json("shard") { $0.start.shard.map { .object($0, Shard.columns) } },
]

private let targetColumns: [Column<ReportedRun.Target>] = [
  .json("installable") { .text($0.installable) },
  .json("derivation") { .text($0.derivation?.description) },
  .json("verdict") { .text($0.verdict.rawValue) },
  .json("outputs") { .list($0.outputs, outputColumns) },
  .json("reasons") { .list($0.reasons, reasonColumns) },
  .json("found") { .list($0.found, foundColumns) },
]

private let foundColumns: [Column<FoundPath>] = [
  .json("path") { .text($0.path.description) }, .json("kind") { .text($0.kind.rawValue) },
]

private let outputColumns: [Column<OutputJudgment>] = [
  .json("name") { .text($0.name) },
  .json("path") { .text($0.path.description) },
  .json("outcome") { .text($0.outcome.word) },
  .json("from") { .text($0.outcome.origin) },
  .json("narSize") { .bytes($0.narSize) },
  .json("signedBy") { .texts($0.signedBy) },
]

private let reasonColumns: [Column<Reason>] = [
  .json("code") { .text($0.code.rawValue) },
  .json("bearing") { .text($0.bearing.rawValue) },
  .json("path") { .text($0.path?.description) },
  .json("line") { .number($0.line) },
  .json("message") { .prose($0.message) },
  .json("remedy") { .prose($0.remedy) },
]

private let environmentColumns: [Column<Run>] = [
  .json("nix") { .text($0.nixVersion) },
  // Nix's setting, as it spells it; left out where it is not known.
  .json("sandbox") { $0.nixSandbox.map { .text($0.rawValue) } },
  .json("host") { .text($0.start.runner.host) },
  .json("pod") { .text($0.start.runner.pod) },
  .json("cgroup") { .object(["memoryPeak": .bytes($0.conclusion?.memoryPeak)]) },
  // Left out where nothing was found.
  .json("meansOfWriting") { run in
    let means = run.meansOfWriting.map { Value.means($0, under: run.start.policy) }
    return means.isEmpty ? nil : .list(means)
  },
]

private let promiseColumns: [Column<RunPromise>] = [
  .json("builds") { .text($0.policy.builds.rawValue) },
  .json("allowBuild") { .texts($0.policy.allowBuild.map(\.pattern)) },
  .json("forbidBuild") { .texts($0.policy.forbidBuild.map(\.pattern)) },
  .json("expectFrom") { .texts($0.policy.expectFrom.map(\.canonical)) },
  .json("fresh") { .flag($0.policy.needsFreshStore) },
  .json("strict") { .flag($0.policy.strict) },
  .json("readOnly") { .texts($0.policy.readOnly.map(\.description)) },
  .json("substituters") { .texts($0.environment?.substituters.map(\.canonical) ?? []) },
  .json("trustedKeys") { .texts($0.environment?.trustedKeys.keys.map(\.description) ?? []) },
  .json("system") { .text($0.environment?.system) },
  .json("store") { .text($0.environment?.store) },
  .json("sandbox") { .text($0.environment?.sandbox.word) },
  .json("signedBy") { .texts($0.signatures) },
]

extension RunnerEnvironment.Sandbox {
  /// `nil` where it was not tried.
  fileprivate var word: String? {
    switch self {
    case .notTried: nil
    case .works: "works"
    case .missing: "missing"
    }
  }
}

extension Value {
  /// Something that could write, and whether that decides.
  fileprivate static func means(_ means: MeansOfWriting, under policy: Policy) -> Value {
    .object([
      "kind": .text(means.kind.rawValue), "place": .text(means.place),
      "standing": .text(means.standing(under: policy).rawValue),
      "message": .text("The run held \(means.phrase)."),
    ])
  }
}
