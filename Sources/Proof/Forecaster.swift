public import NixModel

/// Makes a forecast: the caches' offers of installables, before anything is realized. It asks two of the witnesses of a
/// proof, and records nothing.
public struct Forecaster: Sendable {
  private let resolve: Witnesses.Resolver
  private let survey: Witnesses.Surveyor
  private let progress: @Sendable (ProgressEvent) -> Void

  /// - Parameter progress: told of each step, for a person who waits.
  public init(
    resolve: @escaping Witnesses.Resolver, survey: @escaping Witnesses.Surveyor,
    progress: @escaping @Sendable (ProgressEvent) -> Void = { _ in }
  ) {
    self.resolve = resolve
    self.survey = survey
    self.progress = progress
  }

  /// The forecast for `installables`, as far as `extent` goes.
  ///
  /// An evaluation that begins to build is ended, because a build would realize something.
  ///
  /// - Parameter accepted: the caches that count; empty accepts all that are asked.
  public func forecast(
    _ installables: [Installable], _ extent: SurveyExtent, expectingFrom accepted: [SubstituterURL] = []
  ) async -> Forecast {
    let policy = Policy(expectFrom: accepted)
    let resolution = await resolve(installables) { policy.directive(after: $0) }
    progress(.resolved(resolution.targets, resolution.unresolved))
    let roots = resolution.targets.flatMap { $0.outputs.map(\.path) }.unique
    let survey = await survey(roots, extent) { progress(.surveying($0)) }
    progress(.surveyed(survey))
    return Forecast(
      of: roots, isRecursive: extent.isRecursive, unresolved: resolution.unresolved, from: survey,
      under: policy)
  }
}
