public import NixModel

/// `prove --json`: one run, whether it just ended or was read back after a year.
public struct ProveDocument: Document {
  private let schema = "warmth/run/v1"
  private let run: RunPart
  private let verdict: Verdict
  private let targets: [TargetPart]
  private let closure: ClosureSummary
  private let environment: EnvironmentPart

  /// The document of `run`.
  public init(_ run: Run) {
    let reported = ReportedRun(run)
    self.run = RunPart(run)
    verdict = run.verdict
    targets = reported.targets.map(TargetPart.init)
    closure = reported.closure
    environment = EnvironmentPart(run)
  }
}

private struct RunPart: Encodable {
  let id: String
  let started: String
  @OrNull var finished: String?
  let state: String
  let occasion: Value
  /// Left out where the run is about a whole list.
  let shard: Value?

  init(_ run: Run) {
    shard = run.start.shard.map { .object($0, Shard.columns) }
    occasion = .object(run.start.occasion, Occasion.columns)
    id = run.start.id.text
    started = Instant.iso8601(run.start.started)
    finished = run.conclusion.map { Instant.iso8601($0.finished) }
    state = run.state.word
  }
}

private struct TargetPart: Encodable {
  let installable: String
  @OrNull var derivation: String?
  let verdict: Verdict
  let outputs: [OutputPart]
  let reasons: [ReasonPart]
  let found: [FoundPart]

  init(_ target: ReportedRun.Target) {
    installable = target.installable
    derivation = target.derivation?.description
    verdict = target.verdict
    outputs = target.outputs.map(OutputPart.init)
    reasons = target.reasons.map(ReasonPart.init)
    found = target.found.map(FoundPart.init)
  }
}

/// A path that the target needed and that Nix did not have to bring.
private struct FoundPart: Encodable {
  let path: String
  let kind: FoundPath.Kind

  init(_ found: FoundPath) {
    path = found.path.description
    kind = found.kind
  }
}

private struct OutputPart: Encodable {
  let name: String
  let path: String
  let outcome: String
  @OrNull var from: String?
  @OrNull var narSize: UInt64?
  let signedBy: [String]

  init(_ output: OutputJudgment) {
    name = output.name
    path = output.path.description
    outcome = output.outcome.word
    from = output.outcome.origin.map(Words.line)
    narSize = output.narSize
    signedBy = output.signedBy
  }
}

private struct ReasonPart: Encodable {
  let code: ReasonCode
  let bearing: Reason.Bearing
  @OrNull var path: String?
  @OrNull var line: Int?
  let message: String
  let remedy: String

  init(_ reason: Reason) {
    code = reason.code
    bearing = reason.bearing
    path = reason.path?.description
    line = reason.line
    message = reason.message
    remedy = reason.remedy
  }
}

private struct EnvironmentPart: Encodable {
  @OrNull var nix: String?
  /// Nix's setting, as it spells it; left out where it is not known.
  let sandbox: SandboxSetting?
  let host: String
  @OrNull var pod: String?
  let cgroup: ControlGroup
  /// Left out where nothing was found.
  let meansOfWriting: [MeansPart]?

  struct ControlGroup: Encodable {
    @OrNull var memoryPeak: UInt64?
  }

  init(_ run: Run) {
    nix = run.nixVersion
    sandbox = run.nixSandbox
    host = run.start.runner.host
    pod = run.start.runner.pod
    cgroup = ControlGroup(memoryPeak: run.conclusion?.memoryPeak)
    let means = run.meansOfWriting.map { MeansPart($0, under: run.start.policy) }
    meansOfWriting = means.isEmpty ? nil : means
  }
}

/// Something that could write, and whether that decides.
private struct MeansPart: Encodable {
  let kind: MeansOfWriting.Kind
  let place: String
  let standing: MeansOfWriting.Standing
  let message: String

  init(_ means: MeansOfWriting, under policy: Policy) {
    kind = means.kind
    place = Words.line(means.place)
    standing = means.standing(under: policy)
    message = Words.line("The run held \(means.phrase).")
  }
}
