/// The evidence of a run about each path by itself, whichever target needed it.
struct RunEvidence {
  let testimony: Testimony
  let policy: Policy
  let log: LogDigest
  /// The derivation that makes each path, where it is known.
  let producers: [StorePath: StorePath]
  /// Whether Nix was started, or anything at all was brought or built.
  let wasUnderWay: Bool
  /// The caches of the run by the addresses that the log has for them.
  private let sources: [String: SubstituterURL]

  init(_ testimony: Testimony, _ policy: Policy) {
    self.testimony = testimony
    self.policy = policy
    let log = LogDigest(testimony.log, testimony.graph)
    self.log = log
    var producers = testimony.graph.producers
    for target in testimony.targets {
      guard let derivation = target.derivation else { continue }
      for output in target.outputs where producers[output.path] == nil {
        producers[output.path] = derivation
      }
    }
    self.producers = producers
    wasUnderWay =
      testimony.log.ending != .notStarted || !log.builds.isEmpty || testimony.after != .notAsked
    var sources: [String: SubstituterURL] = [:]
    for from in Set(log.copies.values.lazy.joined().map(\.from)) {
      sources[from] = testimony.environment.substituters.first { $0.isPrinted(as: from) }
    }
    self.sources = sources
  }

  /// The substituter of this run that an address in the log names.
  func substituter(named from: String) -> SubstituterURL? {
    sources[from] ?? testimony.environment.substituters.first { $0.isPrinted(as: from) }
  }

  /// The acceptable offer of `path`.
  func offer(of path: StorePath) -> Survey.Offer? { testimony.survey.offer(of: path, under: policy) }

  /// How `path` is registered afterwards.
  func registration(of path: StorePath) -> Registration? { testimony.after.value?[path] }

  /// The presence of `path` in the store before anything was realized.
  func presence(of path: StorePath) -> Presence? { testimony.before.value?[path] }

  /// Whether `path` was not valid before the run began, so that the run made it valid. Of a path that was not
  /// looked for, this is unknown, and `false`.
  func isNew(_ path: StorePath) -> Bool { presence(of: path).map { !$0.isValid || !$0.isOlder } ?? false }

  /// Whether no accepted cache offers `path` and one that might did not answer.
  func isOpen(_ path: StorePath) -> Bool {
    offer(of: path) == nil && !testimony.survey.silentCaches(about: path, under: policy).isEmpty
  }

  /// The last genuine substitution of `path` that nothing in the log takes back.
  func copy(of path: StorePath) -> LogDigest.Copy? {
    guard let copy = log.copies[path]?.last else { return nil }
    guard log.speaksOfArchives else { return copy }
    for answer in testimony.survey.answers[path] ?? [] {
      if let narinfo = answer.narinfo, log.narMissing(narinfo) != nil { return nil }
    }
    return log.narCorrupt(path) == nil ? copy : nil
  }

  /// Why the registration of `path` is believed.
  ///
  /// A verification costs more than all else that is asked about a path. Where an offer makes the same statement under
  /// the same signature, the survey has verified that already, with the same keys.
  func authority(of path: StorePath, _ registration: Registration) -> Authority? {
    let fingerprint = registration.fingerprint(of: path)
    for answer in testimony.survey.answers[path] ?? [] {
      guard case .offered(let offer, _) = answer.kind, case .signed(let names) = offer.authority,
        names.count == 1, Set(offer.narinfo.signatures) == Set(registration.signatures),
        offer.narinfo.fingerprint == fingerprint
      else { continue }
      return offer.authority
    }
    return registration.authority(of: path, trusting: testimony.environment.trustedKeys)
  }

  /// Whether no condition can have anything to say about `path`, whichever target needs it: it was absent, was offered
  /// and copied as it was offered. Nearly all paths of a warm run are so, and a target that leads to none but such
  /// paths is judged without a look at them.
  func isUnremarkable(_ path: StorePath) -> Bool {
    guard offer(of: path) != nil, presence(of: path) == .absent else { return false }
    guard wasUnderWay else { return true }
    guard let copy = copy(of: path), let source = substituter(named: copy.from), policy.accepts(source),
      let registration = registration(of: path), !registration.isUltimate,
      authority(of: path, registration) != nil
    else { return false }
    return (testimony.survey.answers[path] ?? []).allSatisfy { answer in
      guard answer.cache == source, case .offered(let offer, _) = answer.kind else { return true }
      return offer.narinfo.narHash == registration.narHash
    }
  }

  /// The outcome of `path`.
  func outcome(of path: StorePath) -> Outcome {
    let presence = presence(of: path)
    if let presence, presence.isOlder {
      // An unregistered path on disk was replaced if the path was copied.
      let wasReplaced = !presence.isValid && copy(of: path) != nil && registration(of: path) != nil
      if !wasReplaced { return .presentBefore }
    }
    let producer = producers[path]
    // If nothing was realized, only evaluation can have added paths.
    let registration =
      testimony.after.value.map { $0[path] }
      ?? (presence?.isOlder == false ? presence?.entry?.registration : nil)
    if let registration {
      if registration.isUltimate { return .builtLocally }
      if let producer, let remote = log.remoteBuilds[producer] { return .builtRemotely(on: remote.machine) }
      let copy = copy(of: path)
      if let producer, log.localBuilds[producer] != nil, copy == nil { return .builtLocally }
      if let copy { return .substituted(from: substituter(named: copy.from)?.canonical ?? copy.from) }
      return presence?.isOfEvaluation ?? false ? .addedByEvaluation : .notRealized
    }
    let tried = log.copies[path] != nil || producer.map { log.localBuilds[$0] != nil } ?? false
    return tried && nixEnded ? .failed : .notRealized
  }

  /// Whether Nix was let run to its end.
  private var nixEnded: Bool {
    switch testimony.log.ending {
    case .exited, .signalled: true
    case .notStarted, .failedToStart, .stopped, .timedOut, .interrupted: false
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
