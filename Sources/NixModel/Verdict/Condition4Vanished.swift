/// 4a. The caches gave Nix the paths that they had offered.
///
/// If a narinfo is gone when Nix asks, Nix logs nothing: it goes on as if no cache had the path, and builds
/// it or fails. Either way no accepted cache provided the path when it mattered, which is cold. This reason
/// names the cause of the build or the failure.
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

  /// The paths that were offered and absent, and that Nix did not begin to copy although it asked.
  private func lost(in target: TargetEvidence) -> [StorePath] {
    let candidates = target.members.map(\.path).filter { path in
      target.log.copies[path] == nil && target.run.isNew(path) && !target.wasFound(path)
        && target.run.offer(of: path) != nil
    }
    let built = candidates.filter { path in
      guard let producer = target.run.producers[path], target.built.contains(producer) else { return false }
      let graph = target.testimony.graph
      return graph.derivations[producer].map { graph.allowsSubstitutes($0) } ?? true
    }
    guard built.isEmpty else { return built }
    // With --keep-going, Nix asks for every path, so the paths that are still missing could not be had.
    guard target.policy.builds != .stop, case .exited(let code) = target.testimony.log.ending, code != 0,
      target.builds.isEmpty
    else { return [] }
    let missing = Set(candidates.filter { target.run.registration(of: $0) == nil })
    // The paths that made the others fail.
    return candidates.filter { path in
      guard missing.contains(path) else { return false }
      let references =
        target.run.offer(of: path)?.info.narinfo.references ?? []
      return references.allSatisfy { $0 == path || !missing.contains($0) }
    }
  }
}
