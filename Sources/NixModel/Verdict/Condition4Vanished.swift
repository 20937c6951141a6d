/// 4a. Nix was given what the caches had offered.
///
/// A narinfo that is gone by the time Nix asks is no word in its log: Nix goes on as if nobody had the path, and builds
/// it or fails. Either way no accepted cache could provide it when it mattered, which is cold, and this names the cause
/// of what else is seen then.
struct Vanished: Condition {
  func reasons(against target: TargetEvidence) -> [Reason] {
    guard target.testimony.environment.substitutes, !target.log.complaints.contains(where: Self.explains)
    else {
      return []
    }
    return lost(in: target).compactMap { path in
      let offering = target.testimony.survey.answers(for: path, under: target.policy).filter(\.isOffer)
      return offering.isEmpty
        ? nil : Reason(.vanished(path: path, caches: offering.map(\.cache.canonical).unique), .cold)
    }
  }

  /// Whether Nix said something that accounts for a path's not coming.
  private static func explains(_ noted: LogDigest.Noted) -> Bool {
    switch noted.complaint.subject {
    case .buildFailed, .error, .warning: false
    case .narMissing, .narCorrupt, .signatureUntrusted, .substituterDistrusted, .substitutionDisabled,
      .cacheDropped,
      .narinfoInvalid, .downloadFailed, .notATrustedUser:
      true
    }
  }

  /// What was offered and absent, and what Nix, which asked, did not even begin to copy.
  private func lost(in target: TargetEvidence) -> [StorePath] {
    let candidates = target.scope.closure.map(\.path).filter { path in
      target.log.copies[path] == nil && target.isNew(path) && !target.wasFound(path)
        && target.testimony.survey.offer(of: path, under: target.policy) != nil
    }
    let builds = Set(target.builds.map(\.derivation))
    let built = candidates.filter { path in
      guard let producer = target.producers[path], builds.contains(producer) else { return false }
      let graph = target.testimony.graph
      return graph.derivations[producer].map { graph.allowsSubstitutes($0) } ?? true
    }
    guard built.isEmpty else { return built }
    // Told to keep going, Nix asks for everything, and what it then has not brought it could not bring.
    guard target.policy.builds != .stop, case .exited(let code) = target.testimony.log.ending, code != 0,
      target.builds.isEmpty
    else { return [] }
    let missing = Set(candidates.filter { target.registration(of: $0) == nil })
    // Those by which the others failed.
    return candidates.filter { path in
      guard missing.contains(path) else { return false }
      let references =
        target.testimony.survey.offer(of: path, under: target.policy)?.info.narinfo.references ?? []
      return references.allSatisfy { $0 == path || !missing.contains($0) }
    }
  }
}
