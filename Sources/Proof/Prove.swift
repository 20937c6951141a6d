public import NixModel

/// Makes a proof: asks the witnesses in order, has each testimony recorded before it asks the next, and hands all of
/// it to the judge.
public struct Prover: Sendable {
  private let witnesses: Witnesses
  private let record: @Sendable ([Deposition]) throws -> Void
  private let progress: @Sendable (ProgressEvent) -> Void
  private let cancellation: @Sendable () -> NixEnding?
  private let evaluatesAnyway: Bool

  /// - Parameters:
  ///   - witnesses: whom to ask.
  ///   - record: records testimonies, all of a call or none. A testimony that cannot be recorded ends the run, because
  ///     a proof without evidence is none.
  ///   - progress: told of each step, for a person who waits.
  ///   - cancellation: says why the run is to end, once it is: timed out or interrupted.
  ///   - evaluatesAnyway: whether to evaluate although something on the runner could write to a cache.
  public init(
    witnesses: Witnesses, record: @escaping @Sendable ([Deposition]) throws -> Void,
    progress: @escaping @Sendable (ProgressEvent) -> Void = { _ in },
    cancellation: @escaping @Sendable () -> NixEnding? = { nil }, evaluatesAnyway: Bool = false
  ) {
    self.evaluatesAnyway = evaluatesAnyway
    self.witnesses = witnesses
    self.record = record
    self.progress = progress
    self.cancellation = cancellation
  }

  /// Proves `installables` under `policy`.
  ///
  /// - Throws: only the errors of `record`. Everything else that goes wrong is part of the judgment.
  public func prove(_ installables: [Installable], under policy: Policy) async throws -> Judgment {
    let environment: RunnerEnvironment
    do { environment = try await witnesses.environment() } catch {
      if cancellation() != nil { return cancelled(installables) }
      return judgment(of: installables, for: .witnessMissing(witness: "Nix", cause: error.message))
    }
    // Where there is no baseline, the store's witness says so later.
    let baseline = await witnesses.baseline().value
    try record([.environment(environment)] + (baseline.map { [.baseline($0)] } ?? []))
    progress(.environment(environment))

    if !evaluatesAnyway, installables.contains(where: \.needsEvaluation),
      !reasonsBeforeEvaluating(in: environment, under: policy).isEmpty
    {
      return try refusal(to: installables, in: environment, under: policy)
    }
    let resolution = await witnesses.resolve(installables) { event in
      progress(.log(event))
      return policy.directive(after: event)
    }
    guard cancellation() == nil else { return cancelled(installables) }
    try record([.resolution(resolution.targets, resolution.unresolved)])
    progress(.resolved(resolution.targets, resolution.unresolved))

    var testimony = Testimony(
      environment: environment, baseline: baseline, targets: resolution.targets,
      unresolved: resolution.unresolved,
      before: .notAsked, log: resolution.log.asEvaluation, after: .notAsked)

    await survey(for: &testimony, under: policy)
    let scopes = testimony.scopes(under: policy)
    let paths = scopes.paths(in: testimony.survey, under: policy)
    testimony.before = await witnesses.presence((paths + scopes.flatMap(\.sources)).unique)
    await surveyArchives(of: scopes, for: &testimony, under: policy)
    try record([.survey(testimony.survey), .presence(testimony.before)])
    progress(.surveyed(testimony.survey))

    try await realize(&testimony, paths: paths, under: policy)
    try record([.outcomes(outcomes(in: testimony, under: policy))])
    return judge(testimony, under: policy)
  }

  /// Evaluates nothing, because the verdict is certain to be inconclusive, and strangers' code would run beside credentials
  /// that could write to a cache.
  private func refusal(
    to installables: [Installable], in environment: RunnerEnvironment, under policy: Policy
  ) throws -> Judgment {
    let unresolved = installables.map { UnresolvedTarget(installable: $0, error: "") }
    try record([.resolution([], unresolved)])
    progress(.resolved([], unresolved))
    return judge(
      Testimony(
        environment: environment, targets: [], unresolved: unresolved, before: .notAsked, log: .silent,
        after: .notAsked), under: policy)
  }

  /// Asks the caches for everything that the targets need. Their needs can depend on the offers: a target that may be
  /// built and is not offered needs its inputs instead.
  private func survey(for testimony: inout Testimony, under policy: Policy) async {
    testimony.graph.alwaysSubstitutes = testimony.environment.alwaysSubstitutes
    testimony.graph.merge(await witnesses.derivations(testimony.targets.compactMap(\.derivation), false))
    var asked: Set<StorePath> = []
    var lookedFor: Set<StorePath> = []
    while cancellation() == nil {
      let scopes = testimony.scopes(under: policy)
      let paths = scopes.flatMap(\.unsurveyed).unique.filter { asked.insert($0).inserted }
      let unread = scopes.flatMap(\.unread).unique.filter { asked.insert($0).inserted }
      let unseen = scopes.flatMap(\.unseen).unique.filter { lookedFor.insert($0).inserted }
      guard !paths.isEmpty || !unread.isEmpty || !unseen.isEmpty else { return }
      if !unseen.isEmpty { testimony.before.merge(await witnesses.presence(unseen)) }
      if !unread.isEmpty { testimony.graph.merge(await witnesses.derivations(unread, false)) }
      if !paths.isEmpty {
        testimony.survey.merge(await witnesses.survey(paths, .proof) { progress(.surveying($0)) })
      }
    }
  }

  /// Asks the caches for the archives of paths that Nix will not copy, because they are in the store: since before the
  /// run, or since evaluation. For the other paths, the copy itself shows that the archives are there.
  private func surveyArchives(
    of scopes: [Scope], for testimony: inout Testimony, under policy: Policy
  ) async {
    let before = testimony.before.value ?? [:]
    let found = scopes.closure(in: testimony.survey, under: policy).filter { path in
      guard let presence = before[path], presence.isValid else { return false }
      // Where the store must be fresh, an older path is a reason already.
      return !(policy.needsFreshStore && presence.isOlder)
        && testimony.survey.offers(of: path, under: policy).contains { $0.nar == .notAsked }
    }
    guard !found.isEmpty, cancellation() == nil else { return }
    testimony.survey.merge(await witnesses.survey(found, .proof) { progress(.surveying($0)) })
  }

  private func realize(
    _ testimony: inout Testimony, paths: [StorePath], under policy: Policy
  ) async throws {
    let hopeless =
      !testimony.unresolved.isEmpty || !reasonsBeforeRealizing(testimony, under: policy).isEmpty
    guard cancellation() == nil, !testimony.targets.isEmpty, policy.builds != .stop || !hopeless else {
      testimony.log = testimony.log.ending(cancellation() ?? .notStarted)
      try record([.log(testimony.log)])
      testimony.graph = try await recordedGraph(of: testimony)
      return
    }

    let request = realization(of: testimony, under: policy)
    progress(.realizing)
    // The derivations tell later what changed since an earlier run, and which build was for which target. They are read
    // and recorded while Nix is at work.
    async let graph = recordedGraph(of: testimony)
    let log = await witnesses.realize(request) { event in
      progress(.log(event))
      return policy.directive(after: event)
    }
    testimony.log = testimony.log.continued(by: log).ending(cancellation() ?? log.ending)
    try record([.log(testimony.log)])

    testimony.after = await witnesses.registrations(paths)
    try record([.registrations(testimony.after)])
    testimony.graph = try await graph
  }

  /// Reads everything that the targets are made of, and records it.
  private func recordedGraph(of testimony: Testimony) async throws -> DerivationGraph {
    var graph = testimony.graph
    graph.merge(await witnesses.derivations(testimony.targets.compactMap(\.derivation), true))
    try record([.derivations(graph)])
    return graph
  }

  private func realization(of testimony: Testimony, under policy: Policy) -> Realization {
    let goals: [Realization.Goal] =
      switch policy.builds {
      case .forbid:
        testimony.scopes(under: policy).flatMap(\.roots).unique.map { .path($0) }
      case .stop, .observe:
        testimony.targets.map { target in
          switch target.resolution {
          case .derivation(let derivation, _, let outputs): .outputs(outputs.map(\.name), of: derivation)
          case .path(let path): .path(path)
          }
        }
      }
    return Realization(goals: goals, builds: policy.builds, after: testimony.log.lines)
  }

  private func cancelled(_ installables: [Installable]) -> Judgment {
    judgment(of: installables, for: cancellation() == .timedOut ? .timedOut : .interrupted)
  }

  private func judgment(of installables: [Installable], for fact: Reason.Fact) -> Judgment {
    Judgment(
      targets: installables.map { TargetJudgment(installable: $0, derivation: nil, doubt: fact) },
      closure: ClosureSummary())
  }
}
