/// Everything that the witnesses of a run said.
public struct Testimony: Hashable, Sendable {
  /// The runner, before anything happened.
  public var environment: RunnerEnvironment
  /// What the store held before anything began, where that could be learnt.
  public var baseline: Baseline?
  /// Targets that evaluation resolved.
  public var targets: [Target]
  /// Targets that it did not.
  public var unresolved: [UnresolvedTarget]
  /// The derivations that were read: at least those that policy or log make matter.
  public var graph: DerivationGraph
  /// What the substituters offered.
  public var survey: Survey
  /// The first witness: the store before anything is realized, by what it held before anything began.
  public var before: Heard<[StorePath: Presence]>
  /// The third witness: Nix's log.
  public var log: LogTestimony
  /// The fourth witness: the store's database afterwards. A path that is missing here is not valid.
  public var after: Heard<[StorePath: Registration]>

  /// What the witnesses said.
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
  /// What the witness said.
  case said(Value)
  /// The witness was not asked, since the outcome was certain before.
  case notAsked
  /// The witness could not be heard, and why.
  case unavailable(String)

  /// What the witness said, if it did.
  public var value: Value? {
    switch self {
    case .said(let value): value
    case .notAsked, .unavailable: nil
    }
  }
}

extension Heard {
  /// Adds what a witness said when it was asked again, about other things: where it was silent once, it is.
  public mutating func merge<Key, Element>(_ other: Self) where Value == [Key: Element] {
    switch (self, other) {
    case (.said(let mine), .said(let more)): self = .said(mine.merging(more) { _, new in new })
    case (.notAsked, _): self = other
    case (.said, .unavailable): self = other
    case (.unavailable, _), (.said, .notAsked): break
    }
  }
}
