/// What another plan, or a run, says of targets before a change: enough of it to tell what turned cold.
public struct EarlierPlan: Hashable, Sendable {
  /// What it is called: a revision, a run, or a file.
  public let name: String
  /// What became of each target, by its installable without its source, and its derivation.
  public let targets: [String: Standing]
  /// The derivations that were built then, or would have been.
  public let builds: [StorePath]
  /// The derivations as far as they are known, for a comparison.
  public let graph: DerivationGraph

  /// A target then.
  public struct Standing: Hashable, Sendable {
    /// Its derivation.
    public let derivation: StorePath?
    /// What became of it.
    public let outcome: Plan.Outcome

    /// A target's standing.
    public init(derivation: StorePath?, outcome: Plan.Outcome) {
      self.derivation = derivation
      self.outcome = outcome
    }
  }

  /// An earlier plan from its parts.
  public init(
    name: String, targets: [String: Standing], builds: [StorePath], graph: DerivationGraph = DerivationGraph()
  ) {
    self.name = name
    self.targets = targets
    self.builds = builds
    self.graph = graph
  }

  /// The plan of another revision.
  public init(_ plan: Plan, in graph: DerivationGraph, name: String) {
    self.init(
      name: name,
      targets: Dictionary(
        plan.targets.map {
          ($0.installable.withoutSource, Standing(derivation: $0.derivation, outcome: $0.outcome))
        }
      ) { first, _ in first },
      builds: plan.builds.map(\.derivation), graph: graph)
  }

  /// What a run found.
  public init(_ run: JudgedRun) {
    self.init(
      name: "run \(run.id)",
      targets: Dictionary(
        run.judgment.targets.map {
          ($0.installable.withoutSource, Standing(derivation: $0.derivation, outcome: $0.outcome))
        }
      ) { first, _ in first },
      builds: run.testimony.log.events.compactMap { event in
        switch event.kind {
        case .buildStarted(let derivation), .buildStartedRemotely(let derivation, _): derivation
        default: nil
        }
      }.unique, graph: run.testimony.graph)
  }
}

extension TargetJudgment {
  fileprivate var outcome: Plan.Outcome {
    let outcomes = outputs.map(\.outcome)
    if outcomes.contains(where: { if case .builtLocally = $0 { true } else { false } })
      || outcomes.contains(where: { if case .builtRemotely = $0 { true } else { false } })
    {
      return .built
    }
    if outcomes.contains(where: { if case .substituted = $0 { true } else { false } }) { return .fetched }
    if !outcomes.isEmpty, outcomes.allSatisfy({ $0 == .presentBefore }) { return .present }
    return .lacking
  }
}

/// What a change does to a plan.
public struct PlanChange: Hashable, Sendable {
  /// The name of the earlier plan.
  public let since: String
  /// The builds of now that were none then, first causes first.
  public let turned: [Turned]
  /// How many builds there are no more.
  public let spared: Int
  /// The targets that were not in the earlier plan, which can be compared with nothing.
  public let unknown: [Installable]

  /// A derivation that becomes a build.
  public struct Turned: Hashable, Sendable {
    /// The build.
    public let build: Plan.Build
    /// How its derivation changed by itself; `nil` where it changed only because another did, or where that is not known.
    public let change: Drift.Change?
  }

  /// Compares a plan with an earlier one.
  ///
  /// Of two revisions nearly all derivations differ, so builds are paired by the name of the package.
  public init(_ plan: Plan, in graph: DerivationGraph, since earlier: EarlierPlan) {
    since = earlier.name
    var before: [String: Int] = [:]
    for build in earlier.builds { before[earlier.graph.name(of: build), default: 0] += 1 }
    let known = Set(earlier.builds)
    let turned = plan.builds.filter { build in
      if known.contains(build.derivation) { return false }
      let name = graph.name(of: build.derivation)
      guard let left = before[name], left > 0 else { return true }
      before[name] = left - 1
      return false
    }
    var changes: [StorePath: Drift.Change] = [:]
    var unknown: [Installable] = []
    for target in plan.targets {
      guard let then = earlier.targets[target.installable.withoutSource] else {
        unknown.append(target.installable)
        continue
      }
      guard let new = target.derivation, let old = then.derivation, new != old,
        !earlier.graph.derivations.isEmpty
      else { continue }
      for change in drift(from: old, in: earlier.graph, to: new, in: graph).changes {
        changes[change.new] = changes[change.new] ?? change
      }
    }
    self.turned = turned.map { Turned(build: $0, change: changes[$0.derivation]) }.enumerated().sorted {
      ($0.element.rank, -$0.element.build.neededFor, $0.offset)
        < ($1.element.rank, -$1.element.build.neededFor, $1.offset)
    }.map(\.element)
    spared = max(0, earlier.builds.count - (plan.builds.count - turned.count))
    self.unknown = unknown
  }

  /// Whether nothing that may not be built becomes a build.
  public func answer(of plan: Plan) -> Answer {
    let forbidden = turned.filter { !$0.build.isAllowed }
    if forbidden.contains(where: { $0.build.cause.isCertain }) { return .no }
    let isKnown =
      forbidden.isEmpty && unknown.isEmpty && plan.unread.isEmpty && plan.unasked.isEmpty
      && plan.unresolved.isEmpty
    return isKnown ? .yes : .unknown
  }
}

extension PlanChange.Turned {
  /// A derivation that changed by itself is a first cause; and where nothing is known of changes, one that needs no other
  /// build.
  fileprivate var rank: Int { change != nil ? 0 : build.needs == 0 ? 1 : 2 }
}
