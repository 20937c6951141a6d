/// 5. Afterwards the store's database calls every path valid and not built here, with a signature that
/// verifies or a true content address.
struct RegisteredFromCache: Condition {
  func reasons(against target: TargetEvidence) -> [Reason] {
    switch target.testimony.after {
    case .notAsked: return []
    case .unavailable(let cause):
      return [Reason(.witnessMissing(witness: "the store after the run", cause: cause), .inconclusive)]
    case .said(let registrations):
      return target.scope.closure.compactMap { reason(for: $0.path, registrations[$0.path], in: target) }
    }
  }

  private func reason(for path: StorePath, _ registration: Registration?, in target: TargetEvidence)
    -> Reason?
  {
    let copied = target.copy(of: path) != nil
    guard let registration else {
      return copied && target.nixSucceeded
        ? Reason(.witnessesDisagree(path: path, .copiedButNotValid), .inconclusive) : nil
    }
    guard target.isNew(path) else { return nil }
    if registration.isUltimate {
      if copied { return Reason(.witnessesDisagree(path: path, .copiedButBuilt), .inconclusive) }
      guard let derivation = target.producers[path] ?? ownDerivation(of: path, in: target) else {
        return Reason(.witnessesDisagree(path: path, .appearedUnseen), .inconclusive)
      }
      // The log names the build with its line, unless it never saw one.
      guard !target.builds.contains(where: { $0.derivation == derivation }) else { return nil }
      return Reason(.builtLocally(derivation: derivation, path: path, line: nil), target.bearingOfBuilds)
    }
    guard let copy = target.copy(of: path) else { return nil }
    if registration.authority(of: path, trusting: target.testimony.environment.trustedKeys) == nil {
      return Reason(.witnessesDisagree(path: path, .copiedButNotVouchedFor), .inconclusive)
    }
    // Caches may hold different builds of one path. The offer of the cache that it was copied from counts.
    let source = target.substituter(named: copy.from)
    for answer in target.testimony.survey.answers[path] ?? [] where answer.cache == source {
      if case .offered(let offer, _) = answer.kind, offer.narinfo.narHash != registration.narHash {
        return Reason(.witnessesDisagree(path: path, .copiedOtherContent), .inconclusive)
      }
    }
    return nil
  }

  private func ownDerivation(of path: StorePath, in target: TargetEvidence) -> StorePath? {
    target.outputs.contains { $0.path == path } ? target.derivation : nil
  }
}
