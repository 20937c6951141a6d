/// The finding of a gate's rule in the evidence about one target. Each case belongs to one rule and has one
/// standing; its payload is for the sentence to a person.
public enum GateFinding: Hashable, Sendable {
  // latest-run
  /// The latest run proved it warm, and the record of its witnesses agrees.
  case warm
  /// The latest run found it cold.
  case cold
  /// The latest run proved nothing either way.
  case inconclusive
  /// The latest run was cut off.
  case interrupted
  /// The latest run is under way.
  case running
  /// No run is about it.
  case noRun
  /// The latest run's verdict is warm, and its record does not support it.
  case unsupported(Gap)

  /// Runs of that name were about several things, which have nothing but the name in common.
  case severalMeanings([GateSubject])
  /// It could not be evaluated, for the reason that Nix gives.
  case notEvaluated(String)

  // source
  /// It is of the source that is demanded.
  case ofSource(String)
  /// The recorded runs are about other sources than the demanded one.
  case otherSource(String, instead: [GateSubject])

  // system
  /// It is for a platform that is demanded.
  case onSystem(String)
  /// The recorded runs are for other platforms than the demanded ones.
  case otherSystem([String], instead: [GateSubject])

  // age: seconds
  /// It ended recently enough.
  case recent(age: Int, limit: Int)
  /// It ended too long ago.
  case tooOld(age: Int, limit: Int)
  /// It began or ended in the future.
  case fromTheFuture
  /// It has no end.
  case ageless

  // caches
  /// All copied paths came from accepted caches; their number.
  case fromAccepted(paths: Int)
  /// A path was copied from another cache; `others` is the number of further ones.
  case fromElsewhere(StorePath, from: String, others: Int)
  /// The log does not tell the origin of a path; `others` is the number of further ones.
  case originUnknown(StorePath, others: Int)

  // keys
  /// All copied paths are signed by a trusted key or content-addressed; their number.
  case vouchedFor(paths: Int)
  /// No trusted key signed a path; `signers` are the keys that its signatures name, `others` the number of
  /// further paths.
  case notVouchedFor(StorePath, signers: [String], others: Int)
  /// The signatures of a path were not recorded; `others` is the number of further ones.
  case notRegistered(StorePath, others: Int)

  // caches and keys
  /// Nothing was recorded as copied.
  case nothingCopied(GateRuleName)

  // builds
  /// Nothing was built.
  case nothingBuilt
  /// All builds are allowed; their number.
  case builtAsAllowed(Int)
  /// A derivation was built that is not allowed; `others` is the number of further ones.
  case builtWithoutLeave(StorePath, others: Int)
  /// Not all of the log could be read.
  case logIncomplete
  /// A path was built, and the log tells of no build.
  case buildUnseen(StorePath)

  // fresh
  /// The store was fresh.
  case fresh
  /// A path was in the store before; `others` is the number of further ones.
  case notFresh(StorePath, others: Int)
  /// The earlier content of the store was not recorded.
  case freshnessUnknown

  // signature
  /// This trusted collector signed the evidence.
  case signed(by: String)
  /// The evidence carries no signature that verifies.
  case unsigned
  /// Only others signed it.
  case signedByOthers([String])

  // runners
  /// Enough distinct runners proved it, each in its latest run.
  case enoughRunners([RecordedRun])
  /// Too few did.
  case tooFewRunners([RecordedRun], needed: Int, because: RunnerTally.End)

  /// The rule that the finding answers.
  public var rule: GateRuleName {
    switch self {
    case .warm, .cold, .inconclusive, .interrupted, .running, .noRun, .unsupported, .severalMeanings,
      .notEvaluated:
      .latestRun
    case .ofSource, .otherSource: .source
    case .onSystem, .otherSystem: .system
    case .recent, .tooOld, .fromTheFuture, .ageless: .age
    case .fromAccepted, .fromElsewhere, .originUnknown: .caches
    case .vouchedFor, .notVouchedFor, .notRegistered: .keys
    case .nothingCopied(let rule): rule
    case .nothingBuilt, .builtAsAllowed, .builtWithoutLeave, .logIncomplete, .buildUnseen: .builds
    case .fresh, .notFresh, .freshnessUnknown: .fresh
    case .signed, .unsigned, .signedByOthers: .signature
    case .enoughRunners, .tooFewRunners: .runners
    }
  }

  /// Whether the rule is met.
  public var standing: Standing {
    switch self {
    case .warm, .ofSource, .onSystem, .recent, .fromAccepted, .vouchedFor, .nothingBuilt, .builtAsAllowed,
      .fresh, .signed, .enoughRunners:
      .met
    case .cold, .fromElsewhere, .notVouchedFor, .builtWithoutLeave: .notMet
    case .inconclusive, .interrupted, .running, .noRun, .unsupported, .severalMeanings, .notEvaluated,
      .otherSource, .otherSystem, .tooOld, .fromTheFuture, .ageless, .originUnknown, .notRegistered,
      .nothingCopied, .logIncomplete, .buildUnseen, .notFresh, .freshnessUnknown, .unsigned,
      .signedByOthers, .tooFewRunners:
      .unknown
    }
  }

  /// The runs that were counted, the latest first; `nil` where the finding is about the latest run alone.
  public var counted: [RecordedRun]? {
    switch self {
    case .enoughRunners(let runs), .tooFewRunners(let runs, _, _): runs
    case .warm, .cold, .inconclusive, .interrupted, .running, .noRun, .unsupported, .severalMeanings,
      .notEvaluated, .ofSource, .otherSource, .onSystem, .otherSystem, .recent, .tooOld, .fromTheFuture,
      .ageless, .fromAccepted, .fromElsewhere, .originUnknown, .vouchedFor, .notVouchedFor,
      .notRegistered, .nothingCopied, .nothingBuilt, .builtAsAllowed, .builtWithoutLeave, .logIncomplete,
      .buildUnseen, .fresh, .notFresh, .freshnessUnknown, .signed, .unsigned, .signedByOthers:
      nil
    }
  }

  /// The subjects of the recorded runs, where they do not answer the question.
  public var alternatives: [GateSubject] {
    switch self {
    case .severalMeanings(let subjects), .otherSource(_, let subjects), .otherSystem(_, let subjects):
      subjects
    default: []
    }
  }

  /// How a rule stands.
  public enum Standing: String, Hashable, Sendable, CaseIterable, Codable {
    /// The evidence shows that it is met.
    case met
    /// The evidence shows that it is not.
    case notMet = "not-met"
    /// The evidence shows neither.
    case unknown
  }

  /// Why a record does not bear its own verdict.
  public enum Gap: Hashable, Sendable {
    /// Nix did not end by itself.
    case nixDidNotEnd
    /// The runner could write to a cache.
    case couldWrite
    /// Some of Nix's log could not be read.
    case logIncomplete
    /// The record has reasons against it; their number.
    case reasons(Int)
    /// An output was not brought.
    case notBrought(StorePath, Outcome)
    /// No output is recorded.
    case noOutputs
  }
}

/// A gate's rules, by their stable names, in the order in which they are told.
public enum GateRuleName: String, Hashable, Sendable, CaseIterable, Codable {
  /// The target's latest run is warm.
  case latestRun = "latest-run"
  /// It was about the source that is demanded.
  case source
  /// It was for a platform that is demanded.
  case system
  /// It is not older than allowed, and not from the future.
  case age
  /// Everything came from accepted caches.
  case caches
  /// Everything that was copied is signed by trusted keys.
  case keys
  /// Only allowed derivations were built.
  case builds
  /// The store was fresh.
  case fresh
  /// A trusted collector signed the evidence.
  case signature
  /// Enough distinct runners proved it.
  case runners

  /// Whether the rule is about the evidence rather than the target: where it is not met, the evidence counts
  /// neither for nor against the target.
  var isAboutEvidence: Bool {
    switch self {
    case .age, .signature, .source, .system: true
    case .latestRun, .caches, .keys, .builds, .fresh, .runners: false
    }
  }
}
