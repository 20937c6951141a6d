/// The judge's result for a run.
public struct Judgment: Hashable, Sendable {
  /// The run's verdict: the worst of its targets', and `inconclusive` where there is none.
  public let verdict: Verdict
  /// A ruling for every target, in the order in which they were asked for.
  public let targets: [TargetJudgment]
  /// Everything that the targets needed, counted.
  public let closure: ClosureSummary

  /// A judgment from its parts; the verdict follows from the targets.
  public init(targets: [TargetJudgment], closure: ClosureSummary) {
    self.targets = targets
    self.closure = closure
    verdict = Verdict(together: targets.map(\.ruling.verdict))
  }
}

/// A target's ruling, and the outcome of each of its outputs.
public struct TargetJudgment: Hashable, Sendable {
  /// The installable as it was asked for.
  public let installable: Installable
  /// Its derivation; `nil` where evaluation failed, or where a store path was asked for.
  public let derivation: StorePath?
  /// The ruling.
  public let ruling: Ruling
  /// The chosen outputs; empty where evaluation failed.
  public let outputs: [OutputJudgment]
  /// The paths that the target needed and that Nix did not have to bring, in order.
  public let found: [FoundPath]

  /// A target's ruling.
  public init(
    installable: Installable, derivation: StorePath?, ruling: Ruling, outputs: [OutputJudgment],
    found: [FoundPath] = []
  ) {
    self.installable = installable
    self.derivation = derivation
    self.ruling = ruling
    self.outputs = outputs
    self.found = found
  }

  /// A target without a proof, because of one fact.
  public init(installable: Installable, derivation: StorePath?, doubt: Reason.Fact) {
    self.init(
      installable: installable, derivation: derivation, ruling: Ruling([Reason(doubt, .inconclusive)]),
      outputs: [])
  }
}

/// A path that a target needed and that was in the store when Nix was about to bring things. The run proves
/// that the caches offer it, and not that it came from one.
public struct FoundPath: Hashable, Sendable {
  /// The path.
  public let path: StorePath
  /// Why it was there.
  public let kind: Kind

  /// Why a path was there.
  public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
    /// It was there before anything of the run began.
    case presentBefore = "present-before"
    /// Evaluation added it.
    case addedByEvaluation = "added-by-evaluation"
    /// It is an input source of a derivation that was allowed to be built, and its name follows from its content.
    case inputSource = "input-source"
  }

  /// A path and why it was there.
  public init(_ path: StorePath, _ kind: Kind) {
    self.path = path
    self.kind = kind
  }
}

/// The outcome of one output.
public struct OutputJudgment: Hashable, Sendable {
  /// `out`, `dev`, …
  public let name: String
  /// Its path.
  public let path: StorePath
  /// Its outcome.
  public let outcome: Outcome
  /// The archive's size in bytes, as the database or an offer has it.
  public let narSize: UInt64?
  /// The trusted keys whose signature verified, in the database or in an offer.
  public let signedBy: [String]

  /// The outcome of an output, from its parts.
  public init(name: String, path: StorePath, outcome: Outcome, narSize: UInt64?, signedBy: [String]) {
    self.name = name
    self.path = path
    self.outcome = outcome
    self.narSize = narSize
    self.signedBy = signedBy
  }
}

/// The paths that the targets needed, counted by their outcomes, and Nix's builds.
public struct ClosureSummary: Hashable, Sendable, Codable {
  /// All paths that are known to be needed.
  public var paths = 0
  /// Copied from a substituter.
  public var substituted = 0
  /// The derivations that Nix built on this machine, whether or not a target needed them to run.
  public var builtLocally = 0
  /// The derivations that Nix had built on another machine.
  public var builtRemotely = 0
  /// There before the run.
  public var presentBefore = 0
  /// Added to the store by evaluation, and copied from nowhere.
  public var addedByEvaluation = 0
  /// The compressed size of all copied paths, in bytes, as the narinfos state it.
  public var downloadBytes: UInt64 = 0

  /// Nothing needed.
  public init() {}
}
