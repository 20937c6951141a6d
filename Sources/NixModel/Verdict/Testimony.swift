/// Everything that the witnesses of a run said.
public struct Testimony: Hashable, Sendable {
  /// The runner, before anything happened.
  public var environment: RunnerEnvironment
  /// The content of the store before anything began, where it could be learnt.
  public var baseline: Baseline?
  /// Targets that evaluation resolved.
  public var targets: [Target]
  /// Targets that it did not.
  public var unresolved: [UnresolvedTarget]
  /// The derivations that were read: at least those that policy or log make matter.
  public var graph: DerivationGraph
  /// The offers of the substituters.
  public var survey: Survey
  /// The first witness: the store before anything is realized, compared with its content before anything
  /// began.
  public var before: Heard<[StorePath: Presence]>
  /// The third witness: Nix's log.
  public var log: LogTestimony
  /// The fourth witness: the store's database afterwards. A path that is missing here is not valid.
  public var after: Heard<[StorePath: Registration]>

  /// A testimony from its parts.
  public init(
    environment: RunnerEnvironment, baseline: Baseline? = nil, targets: [Target],
    unresolved: [UnresolvedTarget] = [],
    graph: DerivationGraph = DerivationGraph(), survey: Survey = Survey(),
    before: Heard<[StorePath: Presence]>, log: LogTestimony, after: Heard<[StorePath: Registration]>
  ) {
    self.environment = environment
    self.baseline = baseline
    self.targets = targets
    self.unresolved = unresolved
    self.graph = graph
    self.survey = survey
    self.before = before
    self.log = log
    self.after = after
  }
}

/// A witness's testimony, or why there is none. Silence is never read as consent.
public enum Heard<Value: Hashable & Sendable>: Hashable, Sendable {
  /// The witness's testimony.
  case said(Value)
  /// The witness was not asked because the outcome was already certain.
  case notAsked
  /// The witness could not be heard, and why.
  case unavailable(String)

  /// The testimony, if there is one.
  public var value: Value? {
    switch self {
    case .said(let value): value
    case .notAsked, .unavailable: nil
    }
  }
}

extension Heard {
  /// Adds the answers of a witness that was asked again about other things. A witness that was silent once
  /// counts as silent.
  public mutating func merge<Key, Element>(_ other: Self) where Value == [Key: Element] {
    switch (self, other) {
    case (.said(let mine), .said(let more)): self = .said(mine.merging(more) { _, new in new })
    case (.notAsked, _): self = other
    case (.said, .unavailable): self = other
    case (.unavailable, _), (.said, .notAsked): break
    }
  }
}
