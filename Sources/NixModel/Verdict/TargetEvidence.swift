/// The evidence about one target of a run, as the conditions look at it.
struct TargetEvidence {
  let scope: Scope
  /// The scope's roots.
  let roots: Set<StorePath>
  /// The run's evidence about each path.
  let run: RunEvidence
  /// The members of the closure of the roots about which a condition may have something to say, in the order in which
  /// they are found. All others are as they must be (``RunEvidence/isUnremarkable(_:)``).
  let members: [Scope.Member]
  /// Whether the closure has no other members.
  let isWhole: Bool
  /// Builds that bear on this target: of its build-time closure, or of nothing that any target is made of
  /// (then they bear on all).
  let builds: [(derivation: StorePath, line: Int)]
  /// Their derivations.
  let built: Set<StorePath>
  /// Whether everything that some other target needed was brought.
  var othersSucceeded = true

  init(
    scope: Scope, run: RunEvidence, members: [Scope.Member], isWhole: Bool,
    builds: [(derivation: StorePath, line: Int)]
  ) {
    self.scope = scope
    roots = Set(scope.roots)
    self.run = run
    self.members = members
    self.isWhole = isWhole
    self.builds = builds
    built = Set(builds.map(\.derivation))
  }

  var testimony: Testimony { run.testimony }
  var policy: Policy { run.policy }
  var log: LogDigest { run.log }

  /// The target's chosen outputs.
  var outputs: [Target.Output] { scope.target.outputs }

  /// The target's own derivation, where it is known.
  var derivation: StorePath? { scope.target.derivation }

  /// Whether a silent cache might have a path that no other cache offers. Then nothing about this target is
  /// certain.
  var isUncertain: Bool { members.contains { run.isOpen($0.path) } }

  /// The bearing of a fact about `path`: cold, unless another cache might have the path.
  func bearing(on path: StorePath) -> Reason.Bearing { run.isOpen(path) ? .inconclusive : .cold }

  /// The bearing of a cache's answer that it lacks `path`. It is inconclusive if Nix copied the path from an
  /// accepted cache all the same, because then the answer was not the whole truth.
  func bearing(onLackOf path: StorePath) -> Reason.Bearing {
    let wasProvided =
      run.copy(of: path).flatMap { run.substituter(named: $0.from) }.map(policy.accepts) ?? false
    return wasProvided ? .inconclusive : bearing(on: path)
  }

  /// The obstacles, by Nix's log, that kept Nix from asking a cache that the survey could ask.
  ///
  /// A builder can print these messages, too. They can make a cold target inconclusive, and none warm.
  var hindrances: [Reason.Fact] {
    log.complaints.compactMap { noted in
      switch noted.complaint.subject {
      case .substituterDistrusted(let url):
        .substitutesDisallowed(
          .distrustedUser(cache: run.substituter(named: url)?.canonical ?? url, line: noted.line))
      case .substitutionDisabled: .substitutesDisallowed(.noNetwork(line: noted.line))
      case .cacheDropped(let url) where surveyOpened(url):
        .substituterError(
          path: nil, cache: run.substituter(named: url)?.canonical ?? url, status: nil,
          message: noted.complaint.text, line: noted.line)
      case .cacheDropped, .narMissing, .narCorrupt, .signatureUntrusted, .narinfoInvalid, .downloadFailed,
        .notATrustedUser,
        .buildFailed, .error, .warning:
        nil
      }
    }
  }

  /// Whether the survey could use a cache that Nix's log names; one that it could not is a reason already.
  private func surveyOpened(_ address: String) -> Bool {
    testimony.survey.caches.contains { cache in
      guard case .open = cache.state else { return false }
      return cache.url == run.substituter(named: address)
    }
  }

  /// The bearing of a build. It is inconclusive if a cache might have had the path, or had it and was not
  /// asked.
  var bearingOfBuilds: Reason.Bearing {
    let wasOffered = members.allSatisfy { run.offer(of: $0.path) != nil }
    return isUncertain || wasOffered && !hindrances.isEmpty ? .inconclusive : .cold
  }

  /// Whether Nix ended well.
  var nixSucceeded: Bool { testimony.log.ending == .exited(code: 0) }

  /// Whether `path` itself had to be copied, rather than being a mere reference of such a path.
  func isRoot(_ path: StorePath) -> Bool { roots.contains(path) }

  /// Whether Nix had nothing to do about `path`, which is no root: it was there before, or evaluation added it.
  func wasFound(_ path: StorePath) -> Bool { !isRoot(path) && run.presence(of: path)?.isValid ?? false }

  /// The paths that the target needed and that Nix did not have to bring.
  var found: [FoundPath] {
    let chosen = Set(outputs.map(\.path))
    var kinds = Dictionary(scope.sources.map { ($0, FoundPath.Kind.inputSource) }) { first, _ in first }
    for path in members.map(\.path) where !chosen.contains(path) {
      switch run.outcome(of: path) {
      case .presentBefore: kinds[path] = .presentBefore
      case .addedByEvaluation: kinds[path] = .addedByEvaluation
      case .substituted, .builtLocally, .builtRemotely, .notRealized, .failed: break
      }
    }
    return kinds.sorted { $0.key < $1.key }.map { FoundPath($0.key, $0.value) }
  }

  /// Whether everything of this target's closure was copied and registered.
  var isComplete: Bool {
    (isWhole || run.wasUnderWay)
      && members.allSatisfy { member in
        run.registration(of: member.path).map { !$0.isUltimate } ?? false
          && (run.copy(of: member.path) != nil || wasFound(member.path))
      } && (!scope.buildsTarget || isMade(under: policy.builds))
  }

  /// Whether anything of the closure was copied.
  var wasCopied: Bool {
    !isWhole && run.wasUnderWay || members.contains { run.copy(of: $0.path) != nil }
  }

  private func isMade(under mode: BuildMode) -> Bool {
    switch mode {
    // Nothing is built in this mode, so the inputs of the target's build decide.
    case .forbid: true
    case .stop, .observe: outputs.allSatisfy { run.registration(of: $0.path) != nil }
    }
  }
}
