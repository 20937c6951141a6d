/// 4. Nix's log shows a genuine substitution of every path from an accepted substituter, without a failure
/// after it, and no build that the policy does not allow: not of the target, not of a dependency.
struct CopiedAndNotBuilt: Condition {
  func reasons(against target: TargetEvidence) -> [Reason] {
    guard target.testimony.log.ending != .notStarted || !target.builds.isEmpty else { return [] }
    let log = target.testimony.log
    let flaws = [
      (log.unreadable - log.dropped, "of its records could not be read"),
      (log.dropped, "of its events were more than is kept of one log, and were dropped"),
    ]
    let gaps = flaws.filter { $0.0 > 0 }.map { count, flaw in
      Reason(.witnessMissing(witness: "Nix's log", cause: "\(count) \(flaw)"), .inconclusive)
    }
    let failures = target.members.flatMap { failure(of: $0.path, in: target) }
    let builds = builds(in: target)
    // Only where it made a difference: a second cache may have had everything.
    let hindrances =
      builds.isEmpty && target.isComplete ? [] : target.hindrances.map { Reason($0, .inconclusive) }
    let copies = target.members.flatMap { copyReasons(for: $0.path, in: target) }
    return gaps + failures + hindrances + builds + copies
  }

  /// Nix's complaints about archives that did not arrive, which are the causes of the builds that follow.
  private func failure(of path: StorePath, in target: TargetEvidence) -> [Reason] {
    guard target.log.copies[path] != nil || target.run.registration(of: path)?.isUltimate ?? true else {
      return []
    }
    let bearing = target.bearing(on: path)
    for answer in target.testimony.survey.answers(for: path, under: target.policy) {
      guard let narinfo = answer.narinfo else { continue }
      let cache = answer.cache.canonical
      if let missing = target.log.narMissing(narinfo) {
        return [
          Reason(.narMissing(path: path, cache: cache, file: missing.file, line: missing.line), bearing)
        ]
      }
      if let failed = target.log.downloadFailed(narinfo), target.run.registration(of: path) == nil {
        return [
          Reason(
            .substituterError(
              path: path, cache: cache, status: failed.status, message: failed.text, line: failed.line),
            .inconclusive)
        ]
      }
    }
    if target.run.registration(of: path) == nil, let corrupt = target.log.narCorrupt(path),
      let copy = target.log.copies[path]?.last
    {
      return [
        Reason(
          .narCorrupt(
            path: path, cache: target.run.substituter(named: copy.from)?.canonical ?? copy.from,
            message: corrupt.text, line: corrupt.line), bearing)
      ]
    }
    return []
  }

  private func builds(in target: TargetEvidence) -> [Reason] {
    target.builds.filter { !target.policy.allowsBuilding($0.derivation) }.map { build in
      let derivation = build.derivation
      let bearing = target.bearingOfBuilds
      if let remote = target.log.remoteBuilds[derivation], target.log.localBuilds[derivation] == nil {
        return Reason(
          .builtRemotely(derivation: derivation, machine: remote.machine, line: remote.line), bearing)
      }
      // A target's own build is a build only if it was let finish; one that was ended is forbidden.
      let own =
        derivation == target.derivation
        ? target.outputs.map(\.path).filter { target.run.registration(of: $0) != nil } : []
      guard !own.isEmpty else {
        return Reason(.forbiddenBuild(derivation: derivation, line: build.line), bearing)
      }
      // Of several outputs some may have been copied, and others built, or one built that was not chosen.
      let built =
        own.first { target.run.registration(of: $0)?.isUltimate ?? false }
        ?? own.first { target.run.copy(of: $0) == nil }
      return Reason(.builtLocally(derivation: derivation, path: built, line: build.line), bearing)
    }
  }

  private func copyReasons(for path: StorePath, in target: TargetEvidence) -> [Reason] {
    if let copy = target.run.copy(of: path) {
      guard let substituter = target.run.substituter(named: copy.from), target.policy.accepts(substituter)
      else {
        return [Reason(.wrongSubstituter(path: path, from: copy.from, line: copy.line), .inconclusive)]
      }
      let offered = target.run.offer(of: path) != nil
      let silent = target.testimony.survey.silentCaches(about: path, under: target.policy)
      guard offered || !silent.isEmpty else {
        return [Reason(.witnessesDisagree(path: path, .copiedButNotOffered), .inconclusive)]
      }
      return []
    }
    // Not copied. Where Nix did not succeed, or a build made the path, other reasons say so.
    guard target.nixSucceeded, target.run.registration(of: path) != nil, target.run.isNew(path),
      !target.wasFound(path)
    else { return [] }
    if let producer = target.run.producers[path], target.built.contains(producer) { return [] }
    if target.log.copies[path] != nil { return [] }
    return [Reason(.witnessesDisagree(path: path, .appearedUnseen), .inconclusive)]
  }
}
