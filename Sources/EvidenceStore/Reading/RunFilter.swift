public import Foundation
public import NixModel

/// Which runs an operator asks for. Each property narrows the search; several values of one widen it.
public struct RunFilter: Hashable, Sendable {
  /// Targets, each as it was proved or by its attribute alone.
  public var targets: [String]
  /// Paths that a run says something of.
  public var paths: [PathPattern]
  /// Caches that something came from.
  public var origins: [SubstituterURL]
  /// A run's own verdict; one without a conclusion is inconclusive.
  public var verdicts: [Verdict]
  /// Reasons that a target of the run has; a run without a conclusion has ``ReasonCode/interrupted``.
  public var reasons: [ReasonCode]
  /// Hosts or pods.
  public var runners: [String]
  /// What the run was about: a ref in full, a branch or tag, a revision or at least seven characters of one.
  public var refs: [String]
  /// When a run started: then or later.
  public var since: Date?
  /// When a run started: before.
  public var until: Date?
  /// Only what a list that has the latest runs first has behind this place.
  public var behind: ListPlace?

  /// A filter; by default every run fits.
  public init(
    targets: [String] = [], paths: [PathPattern] = [], origins: [SubstituterURL] = [],
    verdicts: [Verdict] = [], reasons: [ReasonCode] = [], runners: [String] = [], refs: [String] = [],
    since: Date? = nil, until: Date? = nil, behind: ListPlace? = nil
  ) {
    self.targets = targets
    self.paths = paths
    self.origins = origins
    self.verdicts = verdicts
    self.reasons = reasons
    self.runners = runners
    self.refs = refs
    self.since = since
    self.until = until
    self.behind = behind
  }
}
