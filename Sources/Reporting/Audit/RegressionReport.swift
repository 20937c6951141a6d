public import NixModel

/// Targets that were warm and are not, and the first causes, told apart from their consequences.
public struct RegressionReport: Sendable {
  /// The targets, those that broke last first.
  public let regressions: [Regression]
  private let explanations: [RunID: Explanation]
  /// Where paths can be published.
  let places: PublishingPlaces

  /// - Parameters:
  ///   - explanations: why each target's latest run ended as it did.
  ///   - places: where paths can be published.
  public init(
    _ regressions: [Regression], explanations: [RunID: Explanation],
    places: PublishingPlaces = PublishingPlaces()
  ) {
    self.places = places
    self.regressions = regressions
    self.explanations = explanations
  }

  /// Causes that differ only in their paths or runs: told once.
  struct Group {
    /// The one that speaks for all.
    let first: Reason
    /// The subjects of the others, each once.
    let others: [String]
    /// The consequences, each once.
    let consequences: [String]
    /// The targets that the causes are in.
    let own: [Regression]
    /// The targets that fell with something that they need.
    let dragged: [Regression]
    /// The runs that say so.
    let runs: [RunID]
    /// The next step.
    let remedy: String
  }

  /// Why a target is not warm.
  func causes(of regression: Regression) -> [Cause] {
    (explanations[regression.now.run]?.causes ?? []).filter { $0.targets.contains(regression.installable) }
  }

  /// The causes of all targets: those that keep most of them from being warm first.
  var groups: [Group] {
    regressions.flatMap { regression in causes(of: regression).map { (cause: $0, of: regression) } }
      .grouped { ReasonGroup.Kind($0.cause.reason) }
      .compactMap { _, members -> Group? in
        guard let first = members.first?.cause.reason else { return nil }
        let targets = members.map(\.of).unique
        let own = targets.filter { target in
          members.contains { $0.of == target && target.isOwn($0.cause.reason) }
        }
        return Group(
          first: first, others: Array(members.map(\.cause.reason.subject).unique.dropFirst()),
          consequences: members.flatMap(\.cause.consequences).map(\.phrase).unique, own: own,
          dragged: targets.filter { !own.contains($0) }, runs: members.map(\.of.now.run).unique,
          remedy: first.remedy(for: (own + targets).map(\.installable).unique, in: places))
      }
      .enumerated().sorted {
        ($1.element.targets, $0.offset) < ($0.element.targets, $1.offset)
      }.map(\.element)
  }
}

extension RegressionReport.Group {
  /// How many targets it keeps from being warm.
  var targets: Int { own.count + dragged.count }
}
