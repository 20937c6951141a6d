/// The evidence about one target of a run, as the conditions look at it.
struct TargetEvidence {
  let scope: Scope
  /// The scope's roots.
  let roots: Set<StorePath>
  let testimony: Testimony
  let policy: Policy
  let log: LogDigest
  /// The derivation that makes each path, where derivations were read.
  let producers: [StorePath: StorePath]
  /// Builds that bear on this target: of its build-time closure, or of nothing that any target is made of
  /// (then they bear on all).
  let builds: [(derivation: StorePath, line: Int)]
  /// Whether everything that some other target needed was brought.
  let othersSucceeded: Bool

  init(
    scope: Scope, testimony: Testimony, policy: Policy, log: LogDigest, producers: [StorePath: StorePath],
    builds: [(derivation: StorePath, line: Int)], othersSucceeded: Bool
  ) {
    self.scope = scope
    roots = Set(scope.roots)
    self.testimony = testimony
    self.policy = policy
    self.log = log
    self.producers = producers
    self.builds = builds
    self.othersSucceeded = othersSucceeded
  }

  /// The target's chosen outputs.
  var outputs: [Target.Output] { scope.target.outputs }

  /// The target's own derivation, where it is known.
  var derivation: StorePath? { scope.target.derivation }

  /// Whether a silent cache might have a path that no other cache offers. Then nothing about this target is
  /// certain.
  var isUncertain: Bool {
    scope.closure.contains { isOpen($0.path) }
  }

  /// Whether no accepted cache offers `path` and one that might did not answer.
  func isOpen(_ path: StorePath) -> Bool {
    testimony.survey.offer(of: path, under: policy) == nil
      && !testimony.survey.silentCaches(about: path, under: policy).isEmpty
  }

  /// The bearing of a fact about `path`: cold, unless another cache might have the path.
  func bearing(on path: StorePath) -> Reason.Bearing { isOpen(path) ? .inconclusive : .cold }

  /// The bearing of a cache's answer that it lacks `path`. It is inconclusive if Nix copied the path from an
  /// accepted cache all the same, because then the answer was not the whole truth.
  func bearing(onLackOf path: StorePath) -> Reason.Bearing {
    let wasProvided = copy(of: path).flatMap { substituter(named: $0.from) }.map(policy.accepts) ?? false
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
          .distrustedUser(cache: substituter(named: url)?.canonical ?? url, line: noted.line))
      case .substitutionDisabled: .substitutesDisallowed(.noNetwork(line: noted.line))
      case .cacheDropped(let url) where surveyOpened(url):
        .substituterError(
          path: nil, cache: substituter(named: url)?.canonical ?? url, status: nil,
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
      return cache.url == substituter(named: address)
    }
  }

  /// The bearing of a build. It is inconclusive if a cache might have had the path, or had it and was not
  /// asked.
  var bearingOfBuilds: Reason.Bearing {
    let wasOffered = scope.closure.allSatisfy { testimony.survey.offer(of: $0.path, under: policy) != nil }
    return isUncertain || wasOffered && !hindrances.isEmpty ? .inconclusive : .cold
  }

  /// Whether Nix was let run to its end.
  var nixEnded: Bool {
    switch testimony.log.ending {
    case .exited, .signalled: true
    case .notStarted, .failedToStart, .stopped, .timedOut, .interrupted: false
    }
  }

  /// Whether Nix ended well.
  var nixSucceeded: Bool { testimony.log.ending == .exited(code: 0) }

  func registration(of path: StorePath) -> Registration? { testimony.after.value?[path] }

  /// The presence of `path` in the store before anything was realized.
  func presence(of path: StorePath) -> Presence? { testimony.before.value?[path] }

  /// Whether `path` was not valid before the run began, so that the run made it valid. Of a path that was not
  /// looked for, this is unknown, and `false`.
  func isNew(_ path: StorePath) -> Bool { presence(of: path).map { !$0.isValid || !$0.isOlder } ?? false }

  /// Whether `path` itself had to be copied, rather than being a mere reference of such a path.
  func isRoot(_ path: StorePath) -> Bool { roots.contains(path) }

  /// Whether Nix had nothing to do about `path`, which is no root: it was there before, or evaluation added it.
  func wasFound(_ path: StorePath) -> Bool { !isRoot(path) && presence(of: path)?.isValid ?? false }

  /// The outcome of `path`.
  func outcome(of path: StorePath) -> Outcome {
    let presence = presence(of: path)
    if let presence, presence.isOlder {
      // An unregistered path on disk was replaced if the path was copied.
      let wasReplaced = !presence.isValid && copy(of: path) != nil && registration(of: path) != nil
      if !wasReplaced { return .presentBefore }
    }
    let producer = producer(of: path)
    // If nothing was realized, only evaluation can have added paths.
    let registration =
      testimony.after.value.map { $0[path] }
      ?? (presence?.isOlder == false ? presence?.entry?.registration : nil)
    if let registration {
      if registration.isUltimate { return .builtLocally }
      if let producer, let remote = log.remoteBuilds[producer] { return .builtRemotely(on: remote.machine) }
      if let producer, log.localBuilds[producer] != nil, copy(of: path) == nil { return .builtLocally }
      if let copy = copy(of: path) {
        return .substituted(from: substituter(named: copy.from)?.canonical ?? copy.from)
      }
      return presence?.isOfEvaluation ?? false ? .addedByEvaluation : .notRealized
    }
    let tried = log.copies[path] != nil || producer.map { log.localBuilds[$0] != nil } ?? false
    return tried && nixEnded ? .failed : .notRealized
  }

  /// The paths that the target needed and that Nix did not have to bring.
  var found: [FoundPath] {
    let chosen = Set(outputs.map(\.path))
    var kinds = Dictionary(scope.sources.map { ($0, FoundPath.Kind.inputSource) }) { first, _ in first }
    for path in scope.closure.map(\.path) where !chosen.contains(path) {
      switch outcome(of: path) {
      case .presentBefore: kinds[path] = .presentBefore
      case .addedByEvaluation: kinds[path] = .addedByEvaluation
      case .substituted, .builtLocally, .builtRemotely, .notRealized, .failed: break
      }
    }
    return kinds.sorted { $0.key < $1.key }.map { FoundPath($0.key, $0.value) }
  }

  /// The derivation that makes `path`, where it is known.
  func producer(of path: StorePath) -> StorePath? {
    producers[path]
      ?? (outputs.contains { $0.path == path } ? derivation : nil)
  }

  /// The last genuine substitution of `path` that nothing in the log takes back.
  func copy(of path: StorePath) -> LogDigest.Copy? {
    guard let copy = log.copies[path]?.last else { return nil }
    for answer in testimony.survey.answers[path] ?? [] {
      if let narinfo = answer.narinfo, log.narMissing(narinfo) != nil { return nil }
    }
    return log.narCorrupt(path) == nil ? copy : nil
  }

  /// The substituter of this run that a copy's address names.
  func substituter(named from: String) -> SubstituterURL? {
    testimony.environment.substituters.first { $0.isPrinted(as: from) }
  }

  /// Whether everything of this target's closure was copied and registered.
  var isComplete: Bool {
    scope.closure.allSatisfy { member in
      registration(of: member.path).map { !$0.isUltimate } ?? false
        && (copy(of: member.path) != nil || wasFound(member.path))
    } && (!scope.buildsTarget || target(isMadeUnder: policy.builds))
  }

  private func target(isMadeUnder mode: BuildMode) -> Bool {
    switch mode {
    // Nothing is built in this mode, so the inputs of the target's build decide.
    case .forbid: true
    case .stop, .observe: outputs.allSatisfy { registration(of: $0.path) != nil }
    }
  }
}

extension Survey.Answer {
  /// The narinfo that the cache sent, vouched for or not.
  var narinfo: Narinfo? {
    switch kind {
    case .offered(let verified, _): verified.narinfo
    case .untrusted(let narinfo): narinfo
    case .absent, .refused, .invalid, .failed: nil
    }
  }
}
