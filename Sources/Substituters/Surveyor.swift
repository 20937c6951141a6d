public import NixModel

/// Asks the substituters of a run for paths and everything they refer to, each path once.
public actor Surveyor {
  private let caches: [Cache]
  private let unknown: [SubstituterURL]
  private let concurrency: Int
  private var opened: [(cache: Survey.Cache, ask: Cache?)]?
  private var answers: [StorePath: [Survey.Answer]] = [:]

  /// - Parameters:
  ///   - substituters: as configured, in order.
  ///   - keys: the keys that signatures are checked against.
  ///   - concurrency: how many paths are asked for at once.
  ///   - exchange: how to reach a cache; `nil` for kinds that only Nix can ask.
  public init(
    substituters: [SubstituterURL], keys: TrustedKeys, storeDirectory: StoreDirectory = .standard,
    concurrency: Int = 32, patience: Patience = .standard,
    exchange: @Sendable (SubstituterURL) -> Exchange?
  ) {
    var caches: [Cache] = []
    var unknown: [SubstituterURL] = []
    var seen: Set<SubstituterURL> = []
    for url in substituters where seen.insert(url).inserted {
      if let exchange = exchange(url) {
        caches.append(
          Cache(url: url, storeDirectory: storeDirectory, keys: keys, exchange: exchange, patience: patience))
      } else {
        unknown.append(url)
      }
    }
    self.caches = caches
    self.unknown = unknown
    self.concurrency = concurrency
  }

  /// What the caches offer of `roots` and of all that these refer to, and whether the roots' archives are
  /// there. Ends early, with what it has, where the task is cancelled.
  public func survey(_ roots: [StorePath]) async -> Survey {
    let caches = await open()
    let usable = caches.compactMap(\.ask)
    var seen = Set(roots)
    var waiting = roots
    var found: [StorePath: [Survey.Answer]] = [:]
    let isRoot = Set(roots)

    await withTaskGroup(of: (StorePath, [Survey.Answer]).self) { group in
      var running = 0
      var done = 0
      while true {
        // A server gets to know us with a few requests, and one more for each that it has answered: a small
        // one drops connections that come all at once, and each costs a second.
        while running < min(concurrency, 4 + done), !Task.isCancelled, let path = waiting.popLast() {
          let known = answers[path]
          group.addTask {
            var reply: [Survey.Answer]
            if let known { reply = known } else { reply = await Self.ask(usable, for: path) }
            if isRoot.contains(path) { reply = await Self.probeArchives(of: reply, in: usable) }
            return (path, reply)
          }
          running += 1
        }
        guard running > 0, let (path, reply) = await group.next() else { break }
        running -= 1
        done += 1
        if Task.isCancelled { continue }
        found[path] = reply
        for reference in reply.flatMap(\.references) where seen.insert(reference).inserted {
          waiting.append(reference)
        }
      }
    }
    answers.merge(found) { _, new in new }
    return Survey(caches: caches.map(\.cache), answers: found)
  }

  /// Opens the caches, once, and puts them in Nix's order: by priority, then as configured; those that
  /// could not be opened stand last.
  private func open() async -> [(cache: Survey.Cache, ask: Cache?)] {
    if let opened { return opened }
    let states = await withTaskGroup(of: (Int, Survey.Cache.State).self) { group in
      for (index, cache) in caches.enumerated() { group.addTask { (index, await cache.open()) } }
      var states: [Int: Survey.Cache.State] = [:]
      for await (index, state) in group { states[index] = state }
      return states
    }
    var usable: [(priority: Int, entry: (cache: Survey.Cache, ask: Cache?))] = []
    var closed: [(cache: Survey.Cache, ask: Cache?)] = []
    for (index, cache) in caches.enumerated() {
      let state = states[index] ?? .unreachable("it was not asked")
      let entry = Survey.Cache(url: cache.url, state: state)
      switch state {
      case .open(let priority): usable.append((priority, (entry, cache)))
      case .unreachable, .failing, .unusable, .unknown: closed.append((entry, nil))
      }
    }
    // Swift's sort is stable, as Nix's is.
    let result =
      usable.sorted { $0.priority < $1.priority }.map(\.entry) + closed
      + unknown.map { (Survey.Cache(url: $0, state: .unknown), nil) }
    opened = result
    return result
  }

  private static func ask(_ caches: [Cache], for path: StorePath) async -> [Survey.Answer] {
    await withTaskGroup(of: (Int, Survey.Answer).self) { group in
      for (index, cache) in caches.enumerated() {
        group.addTask { (index, Survey.Answer(cache: cache.url, kind: await cache.ask(for: path))) }
      }
      var replies: [(Int, Survey.Answer)] = []
      for await reply in group { replies.append(reply) }
      return replies.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private static func probeArchives(of answers: [Survey.Answer], in caches: [Cache]) async -> [Survey.Answer]
  {
    var probed: [Survey.Answer] = []
    for answer in answers {
      guard case .offered(let offer, .notAsked) = answer.kind,
        let cache = caches.first(where: { $0.url == answer.cache })
      else {
        probed.append(answer)
        continue
      }
      probed.append(
        Survey.Answer(cache: answer.cache, kind: .offered(offer, nar: await cache.nar(of: offer.narinfo))))
    }
    return probed
  }
}

extension Survey.Answer {
  fileprivate var references: [StorePath] {
    switch kind {
    case .offered(let offer, _): offer.narinfo.references
    case .untrusted, .absent, .refused, .invalid, .failed: []
    }
  }
}
