/// 5. Afterwards the store's database calls every path valid and not built here, with a signature that
/// verifies or a true content address.
struct RegisteredFromCache: Condition {
  func reasons(in one: Case) -> [Reason] {
    switch one.testimony.after {
    case .notAsked: return []
    case .unavailable(let cause):
      return [Reason(.witnessMissing(witness: "the store after the run", cause: cause), .inconclusive)]
    case .said(let registrations):
      return one.scope.closure.compactMap { reason(for: $0.path, registrations[$0.path], in: one) }
    }
  }

  private func reason(for path: StorePath, _ registration: Registration?, in one: Case) -> Reason? {
    let copied = one.copy(of: path) != nil
    guard let registration else {
      return copied && one.nixSucceeded
        ? Reason(.witnessesDisagree(path: path, .copiedButNotValid), .inconclusive) : nil
    }
    guard one.isNew(path) else { return nil }
    if registration.isUltimate {
      if copied { return Reason(.witnessesDisagree(path: path, .copiedButBuilt), .inconclusive) }
      guard let derivation = one.producers[path] ?? ownDerivation(of: path, in: one) else {
        return Reason(.witnessesDisagree(path: path, .appearedUnseen), .inconclusive)
      }
      // The log names the build with its line, unless it never saw one.
      guard !one.builds.contains(where: { $0.derivation == derivation }) else { return nil }
      return Reason(.builtLocally(derivation: derivation, path: path, line: nil), one.bearingOfBuilds)
    }
    guard let copy = one.copy(of: path) else { return nil }
    if registration.authority(of: path, trusting: one.testimony.environment.trustedKeys) == nil {
      return Reason(.witnessesDisagree(path: path, .copiedButNotVouchedFor), .inconclusive)
    }
    // Caches may hold different builds of one path; what counts is what the one that was copied from offered.
    let source = one.substituter(named: copy.from)
    for answer in one.testimony.survey.answers[path] ?? [] where answer.cache == source {
      if case .offered(let offer, _) = answer.kind, offer.narinfo.narHash != registration.narHash {
        return Reason(.witnessesDisagree(path: path, .copiedOtherContent), .inconclusive)
      }
    }
    return nil
  }

  private func ownDerivation(of path: StorePath, in one: Case) -> StorePath? {
    one.scope.target.outputs.contains { $0.path == path } ? one.scope.target.derivation : nil
  }
}
