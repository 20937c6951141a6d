/// 3. An accepted substituter offered every path, vouched for by a trusted key or by its content, with its
/// reference closure.
struct Offered: Condition {
  func reasons(against target: TargetEvidence) -> [Reason] {
    let unasked = target.members.filter { target.testimony.survey.answers[$0.path] == nil }
    let asked = target.members.filter { target.testimony.survey.answers[$0.path] != nil }
    return settings(in: target) + unread(in: target) + beyond(unasked.map(\.path))
      + asked.flatMap { reasons(for: $0, in: target) }
  }

  /// Paths that the survey did not come to: one reason, however many they are.
  private func beyond(_ paths: [StorePath]) -> [Reason] {
    guard let first = paths.first else { return [] }
    let others = paths.count > 1 ? " and \(paths.count - 1) others" : ""
    return [
      Reason(
        .witnessMissing(
          witness: "the substituters", cause: "they were not asked for \(first)\(others); \(Survey.bounds)"),
        .inconclusive)
    ]
  }

  /// The derivations that may be built and whose inputs are unknown.
  private func unread(in target: TargetEvidence) -> [Reason] {
    target.scope.unread.map {
      Reason(.witnessMissing(witness: "the derivation \($0)", cause: "it could not be read"), .inconclusive)
    }
  }

  /// The settings under which Nix asks no cache.
  private func settings(in target: TargetEvidence) -> [Reason] {
    var reasons: [Reason] = []
    if !target.testimony.environment.substitutes {
      reasons.append(
        Reason(
          .substitutesDisallowed(.setting(origin: target.testimony.environment.origins["substitute"])),
          .inconclusive))
    }
    for root in target.scope.roots {
      // Nix builds such a derivation without asking; no cache can make it warm.
      guard let derivation = producer(of: root, in: target),
        let content = target.testimony.graph.derivations[derivation],
        !target.testimony.graph.allowsSubstitutes(content)
      else { continue }
      reasons.append(Reason(.substitutesDisallowed(.derivation(derivation)), .cold))
    }
    return reasons
  }

  private func producer(of root: StorePath, in target: TargetEvidence) -> StorePath? {
    if target.outputs.contains(where: { $0.path == root }) { return target.derivation }
    return target.run.producers[root]
  }

  private func reasons(for member: Scope.Member, in target: TargetEvidence) -> [Reason] {
    let path = member.path
    let survey = target.testimony.survey
    guard survey.offer(of: path, under: target.policy) == nil else { return [] }
    let answers = survey.answers(for: path, under: target.policy)

    let silences = silences(about: path, in: target)
    var reasons = answers.compactMap { reason(from: $0, about: path, in: target) }
    let heard = answers.filter(\.isHeard).map(\.cache.canonical)
    // If no cache answered that might have the path, only their silence can be reported.
    if reasons.isEmpty, !heard.isEmpty || (silences.isEmpty && !target.run.isOpen(path)) {
      let others = (survey.answers[path] ?? []).filter { !target.policy.accepts($0.cache) && $0.isOfUse }
        .map(\.cache.canonical)
      reasons.append(
        Reason(
          member.neededBy.map {
            .referenceMissing(path: path, neededBy: $0, caches: heard, others: others)
          } ?? .notInSubstituter(path: path, caches: heard, others: others), target.bearing(onLackOf: path)))
    }
    return silences + reasons
  }

  private func reason(from answer: Survey.Answer, about path: StorePath, in target: TargetEvidence) -> Reason?
  {
    let lacking = target.bearing(onLackOf: path)
    let cache = answer.cache.canonical
    switch answer.kind {
    case .absent: return nil
    case .untrusted(let narinfo):
      let signers = narinfo.signatures.map(\.keyName)
      return Reason(
        .signatureUntrusted(path: path, source: cache, signers: signers), target.bearing(on: path))
    case .invalid(let error):
      let reason = Reason.Fact.narinfoInvalid(path: path, cache: cache, flaw: error.description)
      // Nix may well get it, from wherever that is; that is no proof of this cache, and no certain cold.
      if case .elsewhere = error.flaw { return Reason(reason, .inconclusive) }
      return Reason(reason, lacking)
    case .refused(let status):
      return refusal(of: path, by: answer.cache, status, lacking, in: target)
    case .failed: return nil
    case .offered(let offer, let nar):
      switch nar {
      case .missing:
        return Reason(
          .narMissing(path: path, cache: cache, file: offer.narinfo.url, line: nil), lacking)
      case .refused(let status): return refusal(of: path, by: answer.cache, status, lacking, in: target)
      case .notAsked, .present, .failed: return nil
      }
    }
  }

  /// A cache that refuses this run, or one that answers about other paths: an object store answers 403 about
  /// a missing object to clients that may not list its objects.
  private func refusal(
    of path: StorePath, by cache: SubstituterURL, _ status: Int, _ bearing: Reason.Bearing,
    in target: TargetEvidence
  ) -> Reason {
    let isAlone = target.testimony.survey.answersAnything(cache)
    return Reason(
      isAlone
        ? .substituterRefusedOne(path: path, cache: cache.canonical, status: status)
        : .substituterRefused(path: path, cache: cache.canonical, status: status), bearing)
  }

  /// The caches whose answer could have changed the verdict, each as a reason of its own.
  private func silences(about path: StorePath, in target: TargetEvidence) -> [Reason] {
    let closed = target.testimony.survey.caches.filter { target.policy.accepts($0.url) }.compactMap { cache in
      silence(of: cache, bearing: target.bearing(onLackOf: path))
    }
    let failed = target.testimony.survey.answers(for: path, under: target.policy).compactMap {
      answer -> Reason? in
      switch answer.kind {
      case .failed(let failure), .offered(_, .failed(let failure)):
        Reason(fact(failure, of: answer.cache, about: path), .inconclusive)
      case .offered, .untrusted, .absent, .refused, .invalid: nil
      }
    }
    return closed + failed
  }

  /// A cache that could not be opened is one reason, however many paths wait for it.
  ///
  /// - Parameter bearing: the bearing of the other caches' lack of the path. A cache that Nix does not use
  ///   certainly provides nothing.
  private func silence(of cache: Survey.Cache, bearing: Reason.Bearing) -> Reason? {
    let name = cache.url.canonical
    switch cache.state {
    case .open: return nil
    case .unusable(let cause):
      return Reason(
        .substituterError(path: nil, cache: name, status: nil, message: cause, line: nil), bearing)
    case .unreachable(let cause):
      return Reason(.substituterUnreachable(path: nil, cache: name, cause: cause), .inconclusive)
    case .failing(let status):
      return Reason(
        .substituterError(path: nil, cache: name, status: status, message: "HTTP \(status)", line: nil),
        .inconclusive)
    case .unknown:
      return Reason(
        .substituterUnreachable(path: nil, cache: name, cause: cache.url.hindrance ?? "it was not asked"),
        .inconclusive)
    }
  }

  private func fact(_ failure: Survey.Failure, of cache: SubstituterURL, about path: StorePath) -> Reason.Fact
  {
    switch failure {
    case .unreachable(let cause):
      .substituterUnreachable(path: path, cache: cache.canonical, cause: cause)
    case .status(let status):
      .substituterError(
        path: path, cache: cache.canonical, status: status, message: "HTTP \(status)", line: nil)
    case .unreadable(let cause):
      .substituterError(path: path, cache: cache.canonical, status: nil, message: cause, line: nil)
    }
  }
}

extension Survey.Answer {
  /// Whether the cache answered.
  fileprivate var isHeard: Bool {
    switch kind {
    case .failed, .offered(_, .failed): false
    case .offered, .untrusted, .absent, .refused, .invalid: true
    }
  }

  /// Whether it is an offer that Nix would take.
  fileprivate var isOfUse: Bool {
    if case .offered(_, let nar) = kind { nar.isNoObstacle } else { false }
  }
}
