public import NixModel

/// A run and why it ended as it did, as `explain` shows it.
public struct ExplainedRun: Sendable {
  /// The run.
  public let run: Run
  /// The first causes.
  public let explanation: Explanation
  /// How targets that no cache has differ from an earlier run in which they were warm.
  public let comparisons: [Comparison]
  /// The testimony of the witnesses about one path, where one was asked about.
  public let path: PathAccount?
  /// The last publications of the paths that the causes are about, as far as any is known.
  public let publications: [StorePath: PathPublication]
  /// Where paths can be published.
  public let places: PublishingPlaces

  /// A target's derivation beside that of an earlier run.
  public typealias Comparison = TargetComparison

  /// A run and its explanation.
  public init(
    run: Run, explanation: Explanation, comparisons: [Comparison] = [], path: PathAccount? = nil,
    publications: [StorePath: PathPublication] = [:], places: PublishingPlaces = PublishingPlaces()
  ) {
    self.run = run
    self.explanation = explanation
    self.comparisons = comparisons
    self.path = path
    self.publications = publications
    self.places = places
  }

  /// The causes to be told: where one path was asked about, those that touched it.
  var causes: [Cause] {
    guard let path else { return explanation.causes }
    return explanation.causes.filter { $0.touches(path.path) || path.derivation.map($0.touches) ?? false }
  }
}

extension Cause {
  fileprivate func touches(_ path: StorePath) -> Bool {
    reason.path == path || consequences.contains { $0.path == path }
  }
}
