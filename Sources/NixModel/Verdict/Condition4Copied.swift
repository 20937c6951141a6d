/// 4. Nix's log shows a genuine substitution of every path from an accepted substituter, without a failure
/// after it, and no build that the policy does not allow: not of the target, not of a dependency.
struct CopiedAndNotBuilt: Condition {
  func reasons(in one: Case) -> [Reason] {
    guard one.testimony.log.ending != .notStarted || !one.builds.isEmpty else { return [] }
    let log = one.testimony.log
    let flaws = [
      (log.unreadable - log.dropped, "of its records could not be read"),
      (log.dropped, "of its events were more than is kept of one log, and were dropped"),
    ]
    let gaps = flaws.filter { $0.0 > 0 }.map { count, flaw in
      Reason(.witnessMissing(witness: "Nix's log", cause: "\(count) \(flaw)"), .inconclusive)
    }
    let failures = one.scope.closure.flatMap { failure(of: $0.path, in: one) }
    let builds = builds(in: one)
    // Only where it made a difference: a second cache may have had everything.
    let hindrances = builds.isEmpty && one.isComplete ? [] : one.hindrances.map { Reason($0, .inconclusive) }
    let copies = one.scope.closure.flatMap { copyReasons(for: $0.path, in: one) }
    return gaps + failures + hindrances + builds + copies
  }

  /// What Nix said of archives that did not arrive: the causes of the builds that follow.
  private func failure(of path: StorePath, in one: Case) -> [Reason] {
    guard one.log.copies[path] != nil || one.registration(of: path)?.isUltimate ?? true else { return [] }
    let bearing = one.bearing(on: path)
    for answer in one.testimony.survey.answers(for: path, under: one.policy) {
      guard let narinfo = answer.narinfo else { continue }
      let cache = answer.cache.canonical
      if let missing = one.log.narMissing(narinfo) {
        return [
          Reason(.narMissing(path: path, cache: cache, file: missing.file, line: missing.line), bearing)
        ]
      }
      if let failed = one.log.downloadFailed(narinfo), one.registration(of: path) == nil {
        return [
          Reason(
            .substituterError(
              path: path, cache: cache, status: failed.status, message: failed.text, line: failed.line),
            .inconclusive)
        ]
      }
    }
    if one.registration(of: path) == nil, let corrupt = one.log.narCorrupt(path),
      let copy = one.log.copies[path]?.last
    {
      return [
        Reason(
          .narCorrupt(
            path: path, cache: one.substituter(named: copy.from)?.canonical ?? copy.from,
            message: corrupt.text, line: corrupt.line), bearing)
      ]
    }
    return []
  }

  private func builds(in one: Case) -> [Reason] {
    one.builds.filter { !one.policy.allowsBuilding($0.derivation) }.map { build in
      let derivation = build.derivation
      let bearing = one.bearingOfBuilds
      if let remote = one.log.remoteBuilds[derivation], one.log.localBuilds[derivation] == nil {
        return Reason(
          .builtRemotely(derivation: derivation, machine: remote.machine, line: remote.line), bearing)
      }
      // A target's own build is a build only if it was let finish; one that was ended is forbidden.
      let own =
        derivation == one.scope.target.derivation
        ? one.scope.target.outputs.map(\.path).filter { one.registration(of: $0) != nil } : []
      guard !own.isEmpty else {
        return Reason(.forbiddenBuild(derivation: derivation, line: build.line), bearing)
      }
      // Of several outputs some may have been copied, and the others, or one that nobody chose, built.
      let built =
        own.first { one.registration(of: $0)?.isUltimate ?? false } ?? own.first { one.copy(of: $0) == nil }
      return Reason(.builtLocally(derivation: derivation, path: built, line: build.line), bearing)
    }
  }

  private func copyReasons(for path: StorePath, in one: Case) -> [Reason] {
    if let copy = one.copy(of: path) {
      guard let substituter = one.substituter(named: copy.from), one.policy.accepts(substituter) else {
        return [Reason(.wrongSubstituter(path: path, from: copy.from, line: copy.line), .inconclusive)]
      }
      let offered = one.testimony.survey.offer(of: path, under: one.policy) != nil
      let silent = one.testimony.survey.silentCaches(about: path, under: one.policy)
      guard offered || !silent.isEmpty else {
        return [Reason(.witnessesDisagree(path: path, .copiedButNotOffered), .inconclusive)]
      }
      return []
    }
    // Not copied. Where Nix did not succeed, or a build made the path, other reasons say so.
    guard one.nixSucceeded, one.registration(of: path) != nil, one.isNew(path), !one.wasFound(path)
    else { return [] }
    if let producer = one.producers[path], one.builds.contains(where: { $0.derivation == producer }) {
      return []
    }
    if one.log.copies[path] != nil { return [] }
    return [Reason(.witnessesDisagree(path: path, .appearedUnseen), .inconclusive)]
  }
}
