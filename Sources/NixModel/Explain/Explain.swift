/// Finds the first causes of a run's verdict: a pure function of what the witnesses said.
///
/// Nix shows symptoms: it says that it builds, and not why it did not copy. The chain is followed back from
/// each build and each path that did not come: over the references of what was offered, and over the
/// derivations that needed it, to the facts that stand at its beginning.
public func explain(_ testimony: Testimony, _ judgment: Judgment, under policy: Policy) -> Explanation {
  Inquiry(testimony, judgment, policy).explanation()
}

private struct Inquiry {
  /// What tells one cause from another: the same fact about the same thing, however many times it was seen.
  struct Key: Hashable {
    let code: ReasonCode
    let subject: String
  }

  let testimony: Testimony
  let judgment: Judgment
  let policy: Policy
  let log: LogDigest
  let scopes: [Scope]
  /// Which derivations use each one as an input.
  let users: [StorePath: [StorePath]]
  /// The causes by what they are about.
  private var direct: [StorePath: [Key]] = [:]
  /// The silent caches by the paths that they might have had.
  private var silenced: [StorePath: [Key]] = [:]
  /// Those about the run as a whole.
  private var general: [Key] = []
  private var order: [Key] = []
  private var reasons: [Key: [Reason]] = [:]
  private var targets: [Key: [Installable]] = [:]

  init(_ testimony: Testimony, _ judgment: Judgment, _ policy: Policy) {
    self.testimony = testimony
    self.judgment = judgment
    self.policy = policy
    log = LogDigest(testimony.log, testimony.graph)
    scopes = testimony.targets.map {
      Scope(
        of: $0, survey: testimony.survey, graph: testimony.graph, before: testimony.before, policy: policy)
    }
    var users: [StorePath: [StorePath]] = [:]
    for (derivation, content) in testimony.graph.derivations.sorted(by: { $0.key < $1.key }) {
      for input in content.inputDerivations.keys { users[input, default: []].append(derivation) }
    }
    self.users = users
    for target in judgment.targets {
      // Who is cut off hears no more witnesses, and that needs no explanation of its own.
      let isCutOff = target.ruling.reasons.contains { $0.code == .interrupted || $0.code == .timedOut }
      for reason in target.ruling.reasons where reason.fact.canBeFirst {
        if isCutOff, reason.code == .witnessMissing { continue }
        if let path = reason.pathThatSomeCacheMayHave {
          let silences = target.ruling.reasons.filter { $0.isSilence(about: path) }
          if !silences.isEmpty {
            silenced[path] = silences.map { Self.key(of: $0.fact) }.unique
            continue
          }
        }
        note(reason, for: target.installable)
      }
    }
  }

  private mutating func note(_ reason: Reason, for installable: Installable) {
    let key = Self.key(of: reason.fact)
    if reasons[key] == nil {
      order.append(key)
      if let path = reason.path {
        direct[path, default: []].append(key)
        // A derivation that forbids substitution is the cause of what befalls its outputs.
        for case let output? in (testimony.graph.derivations[path]?.outputs ?? [:]).values {
          direct[output, default: []].append(key)
        }
      } else {
        general.append(key)
      }
    }
    if reasons[key]?.contains(reason) != true { reasons[key, default: []].append(reason) }
    if targets[key]?.contains(installable) != true { targets[key, default: []].append(installable) }
  }

  private static func key(of fact: Reason.Fact) -> Key {
    Key(code: fact.code, subject: fact.path?.description ?? "\(fact)")
  }

  // MARK: Following the chain

  /// The causes that a derivation was built of: something its outputs lacked; or something that the outputs
  /// of whatever needed it lacked, nearest first.
  private func roots(ofBuild derivation: StorePath) -> [Key] {
    var seen: Set<StorePath> = [derivation]
    var level = [derivation]
    while !level.isEmpty {
      let found = level.flatMap { one in
        (direct[one] ?? [])
          + (testimony.graph.derivations[one]?.outputs.values.compactMap { $0 } ?? []).sorted()
          .flatMap { nearest(to: $0) }
      }
      if !found.isEmpty { return found.unique }
      level = level.flatMap { users[$0] ?? [] }.filter { seen.insert($0).inserted }
    }
    return []
  }

  /// The causes at `path` itself, or at the nearest of what it refers to.
  private func nearest(to path: StorePath) -> [Key] {
    var seen: Set<StorePath> = [path]
    var level = [path]
    while !level.isEmpty {
      let found = level.flatMap { direct[$0] ?? silenced[$0] ?? [] }
      if !found.isEmpty { return found.unique }
      level = level.flatMap { references(of: $0) }.filter { seen.insert($0).inserted }
    }
    return []
  }

  private func references(of path: StorePath) -> [StorePath] {
    (testimony.survey.answers[path] ?? []).compactMap(\.narinfo).first?.references ?? []
  }

  // MARK: The explanation

  func explanation() -> Explanation {
    var inquiry = self
    var consequences: [Key: [Consequence]] = [:]
    func blame(_ keys: [Key], for consequence: Consequence) {
      for key in keys where consequences[key]?.contains(consequence) != true {
        consequences[key, default: []].append(consequence)
      }
    }

    for build in log.builds where !policy.allowsBuilding(build.derivation) {
      let remote = log.localBuilds[build.derivation] == nil ? log.remoteBuilds[build.derivation] : nil
      let keys = roots(ofBuild: build.derivation)
      blame(
        keys.isEmpty ? general : keys,
        for: Consequence(path: build.derivation, fate: .built(on: remote?.machine, line: build.line)))
    }
    for scope in scopes {
      for member in scope.closure where !isThere(member.path) && direct[member.path] == nil {
        // A path falls with what it refers to. One that lacks nothing did not fail: nobody asked for it any more,
        // since the run ended over another. And what a path that was there refers to was there as well.
        let keys = nearest(to: member.path).filter { $0.code != .presentBefore }
        blame(keys, for: Consequence(path: member.path, fate: .notRealized))
      }
    }
    // A target falls with what it is made of, and one that was never reached with the causes of the others.
    let causesOfTheRun = order
    for target in judgment.targets where !target.ruling.reasons.isEmpty {
      let own = order.filter { targets[$0]?.contains(target.installable) == true }
      guard own.isEmpty else { continue }
      let origins = target.ruling.reasons.flatMap { reason -> [Key] in
        switch reason.fact {
        case .forbiddenBuild(let derivation, _), .builtLocally(let derivation, _, _),
          .builtRemotely(let derivation, _, _):
          roots(ofBuild: derivation)
        case .stoppedEarly: causesOfTheRun
        default: []
        }
      }.unique
      if origins.isEmpty {
        // Nothing explains it: what was seen is all there is.
        for reason in target.ruling.reasons { inquiry.note(reason, for: target.installable) }
      } else {
        for key in origins { inquiry.targets[key, default: []].append(target.installable) }
      }
    }
    // A remote build is a cause of its own where nothing else is: a builder stood in for the cache.
    let causes = inquiry.order.compactMap { key in
      inquiry.cause(key, consequences: consequences[key] ?? [])
    }
    return Explanation(causes: causes.sorted { $0.weight > $1.weight })
  }

  private func isThere(_ path: StorePath) -> Bool {
    testimony.after.value?[path].map { !$0.isUltimate } ?? false
  }

  private func cause(_ key: Key, consequences: [Consequence]) -> Cause? {
    // Of a fact that was seen twice, the log's word is the more telling.
    guard let all = reasons[key], let reason = all.first(where: { $0.fact.hasLine }) ?? all.first else {
      return nil
    }
    return Cause(
      reason: reason, exhibits: exhibits(for: all), consequences: consequences,
      targets: targets[key] ?? [])
  }

  // MARK: Exhibits

  private func exhibits(for reasons: [Reason]) -> [Exhibit] {
    var exhibits: [Exhibit] = []
    func add(_ exhibit: Exhibit) { if !exhibits.contains(exhibit) { exhibits.append(exhibit) } }
    for reason in reasons {
      for exhibit in self.exhibits(for: reason.fact) { add(exhibit) }
    }
    return exhibits
  }

  private func exhibits(for fact: Reason.Fact) -> [Exhibit] {
    let origins = testimony.environment.origins
    func setting(_ name: String) -> Exhibit { .setting(name: name, place: origins[name]) }
    func answers(_ path: StorePath) -> [Exhibit] {
      (testimony.survey.answers[path] ?? []).map { .answer($0, about: path) }
    }
    func cache(_ name: String) -> [Exhibit] {
      testimony.survey.caches.filter { $0.url.isPrinted(as: name) }.map { .cache($0) }
    }
    func log(_ line: Int?) -> [Exhibit] {
      guard let line else { return [] }
      return testimony.log.events.filter { $0.line == line }.map { .log($0) }
    }
    func before(_ path: StorePath) -> [Exhibit] {
      testimony.before.value?[path].map { [.before(path: path, $0)] } ?? []
    }
    func after(_ path: StorePath) -> [Exhibit] {
      testimony.after.value.map { [.after(path: path, $0[path])] } ?? []
    }
    func copies(_ path: StorePath) -> [Exhibit] {
      testimony.log.events.filter {
        if case .copyStarted(path, _) = $0.kind { true } else { false }
      }.map { .log($0) }
    }

    switch fact {
    case .presentBefore(let path, _), .memberPresentBefore(let path, _): return before(path)
    case .writeTokenPresent, .claimDisputed, .sandboxUnavailable, .evaluationFailed, .timedOut, .interrupted,
      .stoppedEarly,
      .nothingTransferred, .witnessMissing:
      return []
    case .notInSubstituter(let path, _, _), .referenceMissing(let path, _, _, _):
      return answers(path) + [setting("substituters")]
    case .narMissing(let path, _, _, let line): return answers(path) + log(line)
    case .narCorrupt(let path, _, _, let line): return answers(path) + log(line)
    case .signatureUntrusted(let path, _, _): return answers(path) + [setting("trusted-public-keys")]
    case .narinfoInvalid(let path, _, _): return answers(path)
    case .wrongSubstituter(let path, _, let line):
      return log(line) + answers(path) + [setting("substituters")]
    case .substituterUnreachable(let path, let name, _):
      return cache(name) + (path.map(answers) ?? [])
    case .substituterError(let path, let name, _, _, let line):
      return cache(name) + (path.map(answers) ?? []) + log(line)
    case .substituterRefused(let path, _, _): return answers(path) + [setting("netrc-file")]
    case .substituterRefusedOne(let path, _, _), .vanished(let path, _): return answers(path)
    case .substitutesDisallowed(.setting): return [setting("substitute")]
    case .substitutesDisallowed(.derivation): return []
    case .substitutesDisallowed(.distrustedUser(let name, let line)):
      return log(line) + cache(name) + [setting("substituters")]
    case .substitutesDisallowed(.noNetwork(let line)): return log(line) + [setting("substitute")]
    case .builtLocally(_, let path, let line): return log(line) + (path.map(after) ?? [])
    case .builtRemotely(_, _, let line): return log(line) + [setting("builders")]
    case .forbiddenBuild(_, let line): return log(line)
    case .witnessesDisagree(let path, _):
      return before(path) + answers(path) + copies(path) + after(path)
    case .nixFailed(_, _, let line): return log(line)
    }
  }
}

extension Cause {
  /// What is certain weighs more than what is not, and then what it did to how much.
  fileprivate var weight: (Int, Int, Int) {
    (reason.bearing == .cold ? 1 : 0, targets.count, consequences.count)
  }
}

extension Reason {
  /// What no cache that answered has, where that is not certain.
  fileprivate var pathThatSomeCacheMayHave: StorePath? {
    guard bearing == .inconclusive else { return nil }
    switch fact {
    case .notInSubstituter(let path, _, _), .referenceMissing(let path, _, _, _): return path
    default: return nil
    }
  }

  /// Whether a cache did not answer, for everything or for `path`.
  fileprivate func isSilence(about path: StorePath) -> Bool {
    switch fact {
    case .substituterUnreachable(let asked, _, _), .substituterError(let asked, _, _, _, nil):
      asked == nil || asked == path
    default: false
    }
  }
}

extension Reason.Fact {
  /// Whether Nix's log shows it.
  fileprivate var hasLine: Bool {
    switch self {
    case .narMissing(_, _, _, _?), .substituterError(_, _, _, _, _?): true
    default: false
    }
  }
}
