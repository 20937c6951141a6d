/// Finds the first causes of a run's verdict: a pure function of testimony and judgment.
///
/// Nix shows symptoms: it logs that it builds, and not why it did not copy. The chain is followed back from
/// each build and each missing path to the facts at its beginning: over the references of offered paths, and
/// over the derivations that needed the path.
public func explain(_ testimony: Testimony, _ judgment: Judgment, under policy: Policy) -> Explanation {
  Explainer(testimony, judgment, policy).explanation()
}

/// The state of an explanation while the chains are followed.
private struct Explainer {
  /// The identity of a cause: one fact about one thing, however many times it was seen.
  struct Key: Hashable {
    let code: ReasonCode
    let subject: String
  }

  let testimony: Testimony
  let judgment: Judgment
  let policy: Policy
  let log: LogDigest
  /// Everything that the targets needed.
  let needs: ReferenceGraph
  /// The log's events by their lines, and the beginnings of copies by their paths.
  let events: (byLine: [Int: [LogEvent]], copies: [StorePath: [LogEvent]])
  /// Which derivations use each one as an input.
  let users: [StorePath: [StorePath]]
  /// The causes by their paths.
  private var direct: [StorePath: [Key]] = [:]
  /// The silent caches by the paths that they might have had.
  private var silenced: [StorePath: [Key]] = [:]
  /// Those about the run as a whole.
  private var general: [Key] = []
  private var order: [Key] = []
  private var reasons: [Key: Distinct<Reason>] = [:]
  private var targets: [Key: Distinct<Installable>] = [:]
  /// The causes of each target.
  private var causes: [Installable: Distinct<Key>] = [:]

  init(_ testimony: Testimony, _ judgment: Judgment, _ policy: Policy) {
    self.testimony = testimony
    self.judgment = judgment
    self.policy = policy
    log = LogDigest(testimony.log, testimony.graph)
    let scopes = testimony.scopes(under: policy)
    needs = ReferenceGraph(from: scopes.lazy.flatMap(\.roots)) {
      testimony.survey.offer(of: $0, under: policy)?.info.narinfo.references ?? []
    }
    var copies: [StorePath: [LogEvent]] = [:]
    for event in testimony.log.events {
      if case .copyStarted(let path, _) = event.kind { copies[path, default: []].append(event) }
    }
    events = (Dictionary(grouping: testimony.log.events, by: \.line), copies)
    var users: [StorePath: [StorePath]] = [:]
    for (derivation, content) in testimony.graph.derivations.sorted(by: { $0.key < $1.key }) {
      for input in content.inputDerivations.keys { users[input, default: []].append(derivation) }
    }
    self.users = users
    for target in judgment.targets {
      // A run that was cut off hears no more witnesses, and their silence needs no explanation of its own.
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
        // A derivation that forbids substitution is the cause of the outcome of its outputs.
        for case let output? in (testimony.graph.derivations[path]?.outputs ?? [:]).values {
          direct[output, default: []].append(key)
        }
      } else {
        general.append(key)
      }
    }
    reasons[key, default: Distinct()].insert(reason)
    blame(key, for: installable)
  }

  private mutating func blame(_ key: Key, for installable: Installable) {
    targets[key, default: Distinct()].insert(installable)
    causes[installable, default: Distinct()].insert(key)
  }

  private static func key(of fact: Reason.Fact) -> Key {
    Key(code: fact.code, subject: fact.path?.description ?? "\(fact)")
  }

  // MARK: Following the chain

  /// The causes of a build: a lack of its outputs, or a lack of the outputs of the nearest derivation that
  /// needed it.
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

  /// The causes at `path` itself, or at the nearest of its references.
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

  /// For each path that a target needed: the causes at the path itself, or at the nearest paths that it leads to.
  private func causesNearestToEachNeed() -> [[Key]] {
    var found = needs.paths.map { (direct[$0] ?? silenced[$0] ?? []).unique }
    let users = needs.reversed
    var level = found.indices.filter { [found] in !found[$0].isEmpty }
    while !level.isEmpty {
      // All paths of the next level are as far from a cause as one another.
      var next: [Int: Distinct<Key>] = [:]
      for number in level {
        for user in users.next(number) where found[user].isEmpty {
          for key in found[number] { next[user, default: Distinct()].insert(key) }
        }
      }
      for (user, keys) in next { found[user] = keys.all }
      level = next.keys.sorted()
    }
    return found
  }

  private func references(of path: StorePath) -> [StorePath] {
    (testimony.survey.answers[path] ?? []).compactMap(\.narinfo).first?.references ?? []
  }

  // MARK: The explanation

  func explanation() -> Explanation {
    var explainer = self
    var consequences: [Key: Distinct<Consequence>] = [:]
    func blame(_ keys: [Key], for consequence: Consequence) {
      for key in keys { consequences[key, default: Distinct()].insert(consequence) }
    }

    for build in log.builds where !policy.allowsBuilding(build.derivation) {
      let remote = log.localBuilds[build.derivation] == nil ? log.remoteBuilds[build.derivation] : nil
      let keys = roots(ofBuild: build.derivation)
      blame(
        keys.isEmpty ? general : keys,
        for: Consequence(path: build.derivation, outcome: .built(on: remote?.machine, line: build.line)))
    }
    let nearest = causesNearestToEachNeed()
    for (path, keys) in zip(needs.paths, nearest) where !isThere(path) && direct[path] == nil {
      // A path falls with its references. A path without a lack did not fail: Nix did not ask for it any more, because
      // the run ended over another one. The references of a path that was present before were present as well.
      blame(keys.filter { $0.code != .presentBefore }, for: Consequence(path: path, outcome: .notRealized))
    }
    // A target falls with the builds that it needed, and a target that was never reached falls with the
    // causes of the others.
    let causesOfTheRun = order
    for target in judgment.targets where !target.ruling.reasons.isEmpty {
      guard causes[target.installable] == nil else { continue }
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
        // No cause explains it, so its own reasons are told.
        for reason in target.ruling.reasons { explainer.note(reason, for: target.installable) }
      } else {
        for key in origins { explainer.blame(key, for: target.installable) }
      }
    }
    // A remote build is a cause of its own where nothing else is: a builder stood in for the cache.
    let causes = explainer.order.compactMap { key in
      explainer.cause(key, consequences: consequences[key]?.all ?? [])
    }
    return Explanation(causes: causes.sorted { $0.weight > $1.weight })
  }

  private func isThere(_ path: StorePath) -> Bool {
    testimony.after.value?[path].map { !$0.isUltimate } ?? false
  }

  private func cause(_ key: Key, consequences: [Consequence]) -> Cause? {
    // Of a fact that was seen twice, the log's word is the more telling.
    guard let all = reasons[key]?.all, let reason = all.first(where: { $0.line != nil }) ?? all.first else {
      return nil
    }
    return Cause(
      reason: reason, evidence: evidence(for: all), consequences: consequences,
      targets: targets[key]?.all ?? [])
  }

  // MARK: Exhibits

  private func evidence(for reasons: [Reason]) -> [Evidence] {
    reasons.flatMap { evidence(for: $0.fact) }.unique
  }

  private func evidence(for fact: Reason.Fact) -> [Evidence] {
    let entry = fact.entry
    return entry.shownBy.flatMap { sign -> [Evidence] in
      switch (sign, entry.path) {
      case (.setting(let name), _): [.setting(name: name, place: testimony.environment.origins[name])]
      case (.log, _): (entry.line.flatMap { events.byLine[$0] } ?? []).map { .log($0) }
      case (.cache, _):
        testimony.survey.caches.filter { cache in entry.cache.map { cache.url.isPrinted(as: $0) } ?? false }
          .map { .cache($0) }
      case (.before, let path?): testimony.before.value?[path].map { [.before(path: path, $0)] } ?? []
      case (.answers, let path?): (testimony.survey.answers[path] ?? []).map { .answer($0, about: path) }
      case (.copies, let path?): (events.copies[path] ?? []).map { .log($0) }
      case (.after, let path?): testimony.after.value.map { [.after(path: path, $0[path])] } ?? []
      case (.before, nil), (.answers, nil), (.copies, nil), (.after, nil): []
      }
    }
  }
}

/// Things in the order in which they were first met, each once.
private struct Distinct<Element: Hashable> {
  private(set) var all: [Element] = []
  private var seen: Set<Element> = []

  mutating func insert(_ element: Element) {
    if seen.insert(element).inserted { all.append(element) }
  }
}

extension Cause {
  /// A certain cause weighs more than an uncertain one; then the numbers of its targets and of its
  /// consequences count.
  fileprivate var weight: (Int, Int, Int) {
    (reason.bearing == .cold ? 1 : 0, targets.count, consequences.count)
  }
}

extension Reason {
  /// The path that no answering cache has, where a silent one may have it.
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
