public import Foundation
public import NixModel

/// An operator's choice of runs. Each property narrows the search; several values of one property widen it.
public struct RunFilter: Hashable, Sendable {
  /// Runs, by their names.
  public var runs: [RunID] = []
  /// Targets, each as it was proved or by its attribute alone.
  public var targets: [String]
  /// Paths that a run has evidence of.
  public var paths: [PathPattern]
  /// Caches that a path was copied from.
  public var origins: [SubstituterURL]
  /// A run's own verdict; one without a conclusion is inconclusive.
  public var verdicts: [Verdict]
  /// Reasons that a target of the run has; a run without a conclusion has ``ReasonCode/interrupted``.
  public var reasons: [ReasonCode]
  /// Hosts or pods.
  public var runners: [String]
  /// The source of a run: a ref in full, a branch or tag, a revision or at least seven characters of one.
  public var refs: [String]
  /// The earliest start of a run.
  public var since: Date?
  /// The time before which a run started.
  public var until: Date?
  /// The place in a list, the latest runs first, behind which the answer begins.
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
