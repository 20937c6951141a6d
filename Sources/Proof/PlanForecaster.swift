public import NixModel

/// Plans what Nix would build and copy, before anything is realized. It asks three of the witnesses of a proof, and
/// records nothing.
public struct PlanForecaster: Sendable {
  private let resolve: Witnesses.Resolver
  private let derivations: @Sendable (_ roots: [StorePath], _ wholeClosure: Bool) async -> DerivationGraph
  private let survey: Witnesses.Surveyor
  private let present: Set<StorePath>
  private let progress: @Sendable (ProgressEvent) -> Void

  /// How many levels of inputs are asked for beforehand at most.
  private static let mostLevels = 64

  /// - Parameters:
  ///   - present: the paths that the store has already.
  ///   - progress: told of each step, for a person who waits.
  public init(
    resolve: @escaping Witnesses.Resolver,
    derivations:
      @escaping @Sendable (_ roots: [StorePath], _ wholeClosure: Bool) async -> DerivationGraph,
    survey: @escaping Witnesses.Surveyor, present: Set<StorePath> = [],
    progress: @escaping @Sendable (ProgressEvent) -> Void = { _ in }
  ) {
    self.resolve = resolve
    self.derivations = derivations
    self.survey = survey
    self.present = present
    self.progress = progress
  }

  /// The plan for `installables`, and the derivations that they are made of.
  ///
  /// An evaluation that begins to build is ended, because a build would realize something. Derivations are read when an
  /// output of theirs is missing: of a target that the caches have whole, nothing else is of interest.
  ///
  /// - Parameter comparing: whether the plan is to be compared with another, which takes all derivations.
  public func plan(
    _ installables: [Installable], alwaysSubstituting: Bool, comparing: Bool = false, under policy: Policy,
    _ habit: HoleHabit
  ) async -> (plan: Plan, graph: DerivationGraph) {
    // No build is right while evaluating, whatever may be built afterwards.
    let strict = Policy()
    let resolution = await resolve(installables) { strict.directive(after: $0) }
    progress(.resolved(resolution.targets, resolution.unresolved))
    let roots = resolution.targets.compactMap(\.derivation)
    async let first = derivations(roots, comparing)
    var found = await survey(
      resolution.targets.flatMap { $0.outputs.map(\.path) }.unique.filter { !present.contains($0) },
      SurveyExtent(isRecursive: true, archives: .none)
    ) { progress(.surveying($0)) }
    var graph = await first
    graph.alwaysSubstitutes = alwaysSubstituting
    var isWhole = comparing

    var asked = Set(found.answers.keys)
    var levels = 0
    while true {
      let planning = Planning(
        of: resolution.targets, unresolved: resolution.unresolved, in: graph, given: found, having: present,
        under: policy, habit)
      if !isWhole, !planning.plan.unread.isEmpty, !Task.isCancelled {
        isWhole = true
        graph.merge(await derivations(roots, true))
        continue
      }
      let next = planning.paths(ahead: levels).filter { asked.insert($0).inserted }
      guard !next.isEmpty, !Task.isCancelled else {
        progress(.surveyed(found))
        return (planning.plan, graph)
      }
      let more = await survey(next, SurveyExtent(isRecursive: true, archives: .none)) {
        progress(.surveying($0))
      }
      let lacking = next.count {
        found.offer(of: $0, under: policy) == nil && more.offer(of: $0, under: policy) == nil
      }
      found.merge(more)
      // Where most are lacking, most of their inputs will have to be asked for as well, and a wait for each level of a deep
      // graph would add up.
      levels = lacking * 2 > next.count ? min(max(1, levels * 2), Self.mostLevels) : 0
    }
  }
}
