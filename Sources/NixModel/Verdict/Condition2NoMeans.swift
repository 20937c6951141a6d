/// 2. The run held no means of writing that decides, and nothing that it held is disputed by the server.
struct NoMeansOfWriting: Condition {
  func reasons(against target: TargetEvidence) -> [Reason] {
    Self.reasons(in: target.testimony.environment, under: target.policy) + hooks(in: target.log)
  }

  /// The reasons in the runner's environment before anything happened.
  static func reasons(in environment: RunnerEnvironment, under policy: Policy) -> [Reason] {
    let means = environment.meansOfWriting
    let writing = means.filter { $0.standing(under: policy) == .decides }.map {
      Reason(.writeTokenPresent($0), .inconclusive)
    }
    let disputed = means.filter { ($0.probes ?? []).contains(where: \.isDisputed) }
    return writing + disputed.map { Reason(.claimDisputed($0), .inconclusive) }
  }

  /// A post-build hook that ran may have published, even if no setting of this user names it: a daemon can
  /// have its own.
  private func hooks(in log: LogDigest) -> [Reason] {
    guard let first = log.hooks.first else { return [] }
    let means = MeansOfWriting(
      .postBuildHook, at: "Nix's own setting post-build-hook (log line \(first.line))",
      .writes("it ran after \(first.derivation.derivationName) was built"))
    return [Reason(.writeTokenPresent(means), .inconclusive)]
  }
}

/// The reasons not to evaluate anything: evaluation runs code by strangers, which must not find a credential
/// that can write to a cache.
public func reasonsBeforeEvaluating(in environment: RunnerEnvironment, under policy: Policy) -> [Reason] {
  let reasons = NoMeansOfWriting.reasons(in: environment, under: policy)
  return reasons.contains { $0.code == .writeTokenPresent } ? reasons : []
}
