/// One condition of `warm`. It answers with everything that speaks against it; nothing means it holds.
protocol Condition: Sendable {
  func reasons(against target: TargetEvidence) -> [Reason]
}

/// The verdict: a pure function of the testimony and of the policy.
///
/// A target is `warm` only if all of the conditions hold for every path of its scope, and something was
/// copied. Each condition is a file of its own.
public func judge(_ testimony: Testimony, under policy: Policy) -> Judgment {
  TargetsEvidence(testimony, policy).judgment(by: conditions)
}

/// The same by the long way: every path of every target is looked at, whether or not anything is remarkable about it.
package func judgeAtLength(_ testimony: Testimony, under policy: Policy) -> Judgment {
  TargetsEvidence(testimony, policy, looksAtAll: true).judgment(by: conditions)
}

/// The reasons that are certain before anything is realized. With any of them, no target of the run can
/// become warm, so Nix need not run.
public func reasonsBeforeRealizing(_ testimony: Testimony, under policy: Policy) -> [Reason] {
  TargetsEvidence(testimony, policy).targets.flatMap { target in
    conditionsBefore.flatMap { $0.reasons(against: target) }
  }
}

private let conditionsBefore: [any Condition] = [AbsentBefore(), NoMeansOfWriting(), Offered(), Buildable()]
private let conditions: [any Condition] =
  conditionsBefore + [Vanished(), CopiedAndNotBuilt(), RegisteredFromCache(), NixSucceeded()]

/// The outcome of `path` in a run.
func outcome(of path: StorePath, in testimony: Testimony, under policy: Policy) -> Outcome {
  RunEvidence(testimony, policy).outcome(of: path)
}

/// The outcome of every path that the targets of a run needed.
public func outcomes(in testimony: Testimony, under policy: Policy) -> [StorePath: Outcome] {
  let run = RunEvidence(testimony, policy)
  let paths = testimony.scopes(under: policy).paths(in: testimony.survey, under: policy)
  return Dictionary(uniqueKeysWithValues: paths.map { ($0, run.outcome(of: $0)) })
}

extension Testimony {
  /// The scope of each target.
  public func scopes(under policy: Policy) -> [Scope] {
    targets.map { Scope(of: $0, survey: survey, graph: graph, before: before, policy: policy) }
  }
}

/// The evidence about all targets of a run.
private struct TargetsEvidence {
  let run: RunEvidence
  let targets: [TargetEvidence]
  /// Everything that the targets needed, each path once.
  let paths: [StorePath]

  private var testimony: Testimony { run.testimony }
  private var policy: Policy { run.policy }
  private var log: LogDigest { run.log }

  init(_ testimony: Testimony, _ policy: Policy, looksAtAll: Bool = false) {
    let run = RunEvidence(testimony, policy)
    let scopes = testimony.scopes(under: policy)
    let needs = Needs(of: scopes, in: run, looksAtAll: looksAtAll)
    let builds = run.log.builds
    let attribution = BuildAttribution(
      of: builds.map(\.derivation), on: testimony.targets.map(\.derivation), in: testimony.graph)
    var targets = scopes.enumerated().map { index, scope in
      let (members, isWhole) = needs.members(of: scope)
      return TargetEvidence(
        scope: scope, run: run, members: members, isWhole: isWhole,
        builds: builds.filter { attribution.bears($0.derivation, on: index) })
    }
    let isComplete = targets.map(\.isComplete)
    let incomplete = isComplete.count { !$0 }
    for index in targets.indices {
      targets[index].othersSucceeded = incomplete == (isComplete[index] ? 0 : 1)
    }
    self.run = run
    self.targets = targets
    paths = (scopes.flatMap { $0.target.outputs.map(\.path) } + needs.paths).unique
  }

  func judgment(by conditions: [any Condition]) -> Judgment {
    var rulings = targets.map { target in
      (
        target,
        conditions.flatMap { $0.reasons(against: target) }.map {
          isCutOff ? Reason($0.fact, .inconclusive) : $0
        }
      )
    }
    for index in rulings.indices where rulings[index].1.isEmpty {
      rulings[index].1 = reasonsForDoubt(about: rulings[index].0)
    }
    let resolved = rulings.map { target, reasons in
      TargetJudgment(
        installable: target.scope.target.installable, derivation: target.derivation,
        ruling: Ruling(reasons), outputs: target.outputs.map(judge),
        found: target.found)
    }
    let unresolved = testimony.unresolved.map {
      TargetJudgment(
        installable: $0.installable, derivation: nil,
        ruling: Ruling($0.wasEvaluated ? buildsOfEvaluation + [failure(of: $0)] : notEvaluated),
        outputs: [])
    }
    return Judgment(targets: resolved + unresolved, closure: summary())
  }

  private func failure(of target: UnresolvedTarget) -> Reason {
    Reason(
      .evaluationFailed(message: target.error, installable: target.installable.redacted), .inconclusive)
  }

  /// Why nothing was evaluated.
  private var notEvaluated: [Reason] {
    let reasons = reasonsBeforeEvaluating(in: testimony.environment, under: policy)
    return reasons.isEmpty ? [Reason(.stoppedEarly, .inconclusive)] : reasons
  }

  /// The builds of evaluation itself that the policy does not allow: they count like others. It is certain
  /// that no cache had their outputs, unless something kept Nix from asking.
  private var buildsOfEvaluation: [Reason] {
    let isCertain =
      !isCutOff && testimony.environment.substitutes
      && !log.complaints.contains { $0.complaint.subject.isAboutReachingACache }
    return log.builds.filter {
      $0.line <= testimony.log.evaluationLines && !policy.allowsBuilding($0.derivation)
    }.map {
      Reason(.forbiddenBuild(derivation: $0.derivation, line: $0.line), isCertain ? .cold : .inconclusive)
    }
  }

  /// Whether the run, or Nix, was ended before its time. It is inconclusive then, even if a witness saw a
  /// cold path before: a reader of `cold` may rely on a complete run.
  private var isCutOff: Bool {
    switch testimony.log.ending {
    case .timedOut, .interrupted, .signalled: true
    case .notStarted, .failedToStart, .exited, .stopped: false
    }
  }

  /// The doubts that remain where no condition found anything: whether the run took place, and copied
  /// something.
  private func reasonsForDoubt(about target: TargetEvidence) -> [Reason] {
    switch testimony.log.ending {
    case .notStarted, .stopped: return [Reason(.stoppedEarly, .inconclusive)]
    case .exited, .signalled, .timedOut, .interrupted, .failedToStart: break
    }
    if case .notAsked = testimony.after {
      return [
        Reason(.witnessMissing(witness: "the store after the run", cause: "it was not asked"), .inconclusive)
      ]
    }
    return target.wasCopied && target.isComplete ? [] : [Reason(.nothingTransferred, .inconclusive)]
  }

  private func judge(_ output: Target.Output) -> OutputJudgment {
    let registration = run.registration(of: output.path)
    let offer = run.offer(of: output.path)
    let authority = registration.flatMap { run.authority(of: output.path, $0) } ?? offer?.info.authority
    return OutputJudgment(
      name: output.name, path: output.path, outcome: run.outcome(of: output.path),
      narSize: registration?.narSize ?? offer?.info.narinfo.narSize, signedBy: authority?.signers ?? [])
  }

  private func summary() -> ClosureSummary {
    var summary = ClosureSummary()
    var (here, elsewhere) = finishedBuilds
    summary.paths = paths.count
    for path in paths {
      switch run.outcome(of: path) {
      case .substituted:
        summary.substituted += 1
        if let narinfo = run.offer(of: path)?.info.narinfo {
          summary.downloadBytes.add(saturating: narinfo.fileSize ?? narinfo.narSize)
        }
      // Builds that only the database tells of count, too.
      case .builtLocally: here.insert(run.producers[path] ?? path)
      case .builtRemotely: elsewhere.insert(run.producers[path] ?? path)
      case .presentBefore: summary.presentBefore += 1
      case .addedByEvaluation: summary.addedByEvaluation += 1
      case .notRealized, .failed: break
      }
    }
    summary.builtLocally = here.count
    summary.builtRemotely = elsewhere.subtracting(here).count
    return summary
  }

  /// The builds that Nix finished. The log of a run that was cut off does not tell which builds these are.
  private var finishedBuilds: (here: Set<StorePath>, elsewhere: Set<StorePath>) {
    switch testimony.log.ending {
    case .notStarted, .exited: log.finishedBuilds()
    case .stopped(let derivation):
      log.finishedBuilds(before: log.localBuilds[derivation] ?? log.remoteBuilds[derivation]?.line ?? .max)
    case .signalled, .timedOut, .interrupted, .failedToStart: ([], [])
    }
  }
}
