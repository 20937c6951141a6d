/// Why the targets of a run are not warm: the first causes, and the consequences of each.
public struct Explanation: Hashable, Sendable {
  /// The first causes, the gravest first; empty for a warm run.
  public let causes: [Cause]

  /// An explanation of causes.
  public init(causes: [Cause]) { self.causes = causes }

  /// The paths that the first causes are about.
  public var paths: [StorePath] { causes.compactMap(\.reason.path).unique }
}

/// One first cause: a fact that no other fact of the run explains.
public struct Cause: Hashable, Sendable {
  /// The fact and its bearing.
  public let reason: Reason
  /// The evidence that shows it.
  public let evidence: [Evidence]
  /// Its consequences: paths that were not copied, and derivations that were built.
  public let consequences: [Consequence]
  /// The targets that it kept from being warm.
  public let targets: [Installable]

  /// A cause from its parts.
  public init(reason: Reason, evidence: [Evidence], consequences: [Consequence], targets: [Installable]) {
    self.reason = reason
    self.evidence = evidence
    self.consequences = consequences
    self.targets = targets
  }
}

/// A consequence of a cause for another path.
public struct Consequence: Hashable, Sendable {
  /// The path that was not copied, or the derivation that was built.
  public let path: StorePath
  /// Its outcome.
  public let outcome: Outcome

  /// The outcomes that can follow from a cause.
  public enum Outcome: Hashable, Sendable {
    /// The derivation was built, or its build was begun; on another machine where one is named.
    case built(on: String?, line: Int)
    /// The path was not realized.
    case notRealized
  }

  /// A consequence for a path.
  public init(path: StorePath, outcome: Outcome) {
    self.path = path
    self.outcome = outcome
  }
}

/// A piece of the recorded evidence.
public enum Evidence: Hashable, Sendable {
  /// A cache's answer about a path.
  case answer(Survey.Answer, about: StorePath)
  /// The state of a cache.
  case cache(Survey.Cache)
  /// A line of Nix's log.
  case log(LogEvent)
  /// A setting and where it was set; its default where no place is named.
  case setting(name: String, place: String?)
  /// The presence of a path in the store before the run.
  case before(path: StorePath, Presence)
  /// Its registration in the store's database after the run; `nil` where it is not valid.
  case after(path: StorePath, Registration?)
}
