/// 5. Afterwards the store's database calls every path valid and not built here, with a signature that
/// verifies or a true content address.
struct RegisteredFromCache: Condition {
  func reasons(against target: TargetEvidence) -> [Reason] {
    switch target.testimony.after {
    case .notAsked: return []
    case .unavailable(let cause):
      return [Reason(.witnessMissing(witness: "the store after the run", cause: cause), .inconclusive)]
    case .said(let registrations):
      return target.members.compactMap { reason(for: $0.path, registrations[$0.path], in: target) }
    }
  }

  private func reason(for path: StorePath, _ registration: Registration?, in target: TargetEvidence)
    -> Reason?
  {
    let copied = target.run.copy(of: path) != nil
    guard let registration else {
      return copied && target.nixSucceeded
        ? Reason(.witnessesDisagree(path: path, .copiedButNotValid), .inconclusive) : nil
    }
    guard target.run.isNew(path) else { return nil }
    if registration.isUltimate {
      if copied { return Reason(.witnessesDisagree(path: path, .copiedButBuilt), .inconclusive) }
      guard let derivation = target.run.producers[path] else {
        return Reason(.witnessesDisagree(path: path, .appearedUnseen), .inconclusive)
      }
      // The log names the build with its line, unless it never saw one.
      guard !target.built.contains(derivation) else { return nil }
      return Reason(.builtLocally(derivation: derivation, path: path, line: nil), target.bearingOfBuilds)
    }
    guard let copy = target.run.copy(of: path) else { return nil }
    if target.run.authority(of: path, registration) == nil {
      return Reason(.witnessesDisagree(path: path, .copiedButNotVouchedFor), .inconclusive)
    }
    // Caches may hold different builds of one path. The offer of the cache that it was copied from counts.
    let source = target.run.substituter(named: copy.from)
    for answer in target.testimony.survey.answers[path] ?? [] where answer.cache == source {
      if case .offered(let offer, _) = answer.kind, offer.narinfo.narHash != registration.narHash {
        return Reason(.witnessesDisagree(path: path, .copiedOtherContent), .inconclusive)
      }
    }
    return nil
  }
}
