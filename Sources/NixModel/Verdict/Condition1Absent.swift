/// 1. Every chosen output, and everything else that has to be copied, was absent before anything of the run began,
/// evaluation included: neither valid in the store's database nor on disk. No log excuses presence, because evaluated
/// code can write into Nix's.
///
/// Another member of the closure may have been there before, or evaluation may have added it, where an accepted
/// cache has the very same: a trusted offer with the registered hash, and its archive. Not one that was built here,
/// and none at all that was there before where the policy wants a fresh store.
struct AbsentBefore: Condition {
  func reasons(against target: TargetEvidence) -> [Reason] {
    switch target.testimony.before {
    case .said, .notAsked: break
    case .unavailable(let cause):
      return [Reason(.witnessMissing(witness: "the store before the run", cause: cause), .inconclusive)]
    }
    let own = target.outputs.map(\.path) + target.scope.roots
    let members = target.members.map(\.path).filter { !target.isRoot($0) }
    return own.unique.flatMap { ownReasons(for: $0, in: target) }
      + members.flatMap { reasons(for: $0, in: target) }
      + target.scope.unseen.map { unseen($0) }
      + target.scope.sources.compactMap { staleness(of: $0, in: target) }
  }

  /// Of an output or a root.
  private func ownReasons(for path: StorePath, in target: TargetEvidence) -> [Reason] {
    guard let presence = target.run.presence(of: path) else { return [unseen(path)] }
    guard !presence.isOlder else {
      return [Reason(.presentBefore(path: path, isValid: presence.isValid), .inconclusive)]
    }
    return sameness(of: path, in: target)
  }

  /// The reasons about a path that roots refer to.
  private func reasons(for path: StorePath, in target: TargetEvidence) -> [Reason] {
    guard let presence = target.run.presence(of: path) else { return [unseen(path)] }
    if let stale = staleness(of: path, in: target) { return [stale] }
    if presence.isOlder, presence.entry?.registration.isUltimate == true {
      return [Reason(.memberPresentBefore(path: path, wasBuiltHere: true), .inconclusive)]
    }
    return sameness(of: path, in: target)
  }

  private func staleness(of path: StorePath, in target: TargetEvidence) -> Reason? {
    guard target.policy.needsFreshStore, target.run.presence(of: path)?.isOlder == true else { return nil }
    return Reason(.memberPresentBefore(path: path, wasBuiltHere: false), .inconclusive)
  }

  private func unseen(_ path: StorePath) -> Reason {
    Reason(
      .witnessMissing(witness: "the store before the run", cause: "\(path) was not looked for"),
      .inconclusive)
  }

  /// The reasons against a valid path that Nix will not copy: it must be the very path of an accepted cache,
  /// which must have its archive. Condition 3 reports a path without any offer.
  private func sameness(of path: StorePath, in target: TargetEvidence) -> [Reason] {
    guard let registration = target.run.presence(of: path)?.entry?.registration,
      target.run.offer(of: path) != nil
    else { return [] }
    let same = target.testimony.survey.offers(of: path, under: target.policy).filter {
      $0.info.narinfo.narHash == registration.narHash
    }
    if same.contains(where: { $0.nar.isThere }) { return [] }
    guard !same.contains(where: { $0.nar == .notAsked }) else {
      return [
        Reason(
          .witnessMissing(
            witness: "the substituters", cause: "they were not asked for the archive of \(path)"),
          .inconclusive)
      ]
    }
    return [Reason(.witnessesDisagree(path: path, .presentOtherContent), .inconclusive)]
  }
}
