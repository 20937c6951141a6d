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
  /// When a run started: then or later.
  public var since: Date?
  /// When a run started: before.
  public var until: Date?

  /// A filter; by default every run fits.
  public init(
    targets: [String] = [], paths: [PathPattern] = [], origins: [SubstituterURL] = [],
    verdicts: [Verdict] = [], since: Date? = nil, until: Date? = nil
  ) {
    self.targets = targets
    self.paths = paths
    self.origins = origins
    self.verdicts = verdicts
    self.since = since
    self.until = until
  }
}
