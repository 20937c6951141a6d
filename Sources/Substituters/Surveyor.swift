public import NixModel

/// Asks the substituters of a run for paths and everything they refer to, each path once.
public actor Surveyor {
  private let caches: [Cache]
  private let unknown: [SubstituterURL]
  private let concurrency: Int
  private let executors: [any TaskExecutor]
  private var opened: [(cache: Survey.Cache, ask: Cache?)]?
  private var answers: [StorePath: [Survey.Answer]] = [:]
  private let bounds: Bounds
  /// Whether the bounds were reached; then no further path is asked for.
  private var isExhausted = false

  /// How far a run's surveys go together.
  struct Bounds {
    /// How many paths are asked for.
    var paths = Survey.mostPaths
    /// How many references in a row are followed.
    var inARow = Survey.mostInARow
  }

  /// - Parameters:
  ///   - substituters: as configured, in order.
  ///   - keys: the keys that signatures are checked against.
  ///   - concurrency: how many paths are asked for at once. Each exchange keeps to its server's pace.
  ///   - executors: where to run, by turns; anywhere where there are none.
  ///   - decoding: finds out how the Nix in use decodes packed content; `nil` where that is not known. Called only where
  ///     it matters.
  ///   - exchange: how to reach a cache; `nil` for kinds that only Nix can ask.
  public init(
    substituters: [SubstituterURL], keys: TrustedKeys, storeDirectory: StoreDirectory = .standard,
    concurrency: Int = HTTPTransport.defaultConcurrency, patience: Patience = .standard,
    executors: [any TaskExecutor] = [], decoding: @escaping @Sendable () async -> NixDecoding? = { nil },
    exchange: @Sendable (SubstituterURL) -> Exchange?
  ) {
    self.init(
      substituters: substituters, keys: keys, storeDirectory: storeDirectory, concurrency: concurrency,
      patience: patience, executors: executors, bounds: Bounds(), decoding: decoding, exchange: exchange)
  }

  init(
    substituters: [SubstituterURL], keys: TrustedKeys, storeDirectory: StoreDirectory = .standard,
    concurrency: Int = HTTPTransport.defaultConcurrency, patience: Patience = .standard,
    executors: [any TaskExecutor] = [], bounds: Bounds,
    decoding: @escaping @Sendable () async -> NixDecoding? = { nil },
    exchange: @Sendable (SubstituterURL) -> Exchange?
  ) {
    self.bounds = bounds
    var caches: [Cache] = []
    var unknown: [SubstituterURL] = []
    for url in substituters.unique {
      if let exchange = exchange(url) {
        caches.append(
          Cache(
            url: url, storeDirectory: storeDirectory, keys: keys, exchange: exchange, patience: patience,
            decoding: decoding))
      } else {
        unknown.append(url)
      }
    }
    self.caches = caches
    self.unknown = unknown
    self.concurrency = concurrency
    self.executors = executors
  }

  /// The caches' offers of `roots`, and of further paths as far as `extent` goes. Where the task is cancelled, the survey
  /// ends early with the answers that it has.
  ///
  /// - Parameter progress: told after each path.
  public func survey(
    _ roots: [StorePath], _ extent: SurveyExtent = .proof,
    progress: @escaping @Sendable (SurveyProgress) -> Void = { _ in }
  ) async -> Survey {
    let caches = await open()
    let usable = caches.compactMap(\.ask)
    let isRoot = Set(roots)
    let former = answers
    // Paths that were found before may be found again. Once the bounds were reached, no further path is asked for.
    let room = isExhausted ? 0 : max(0, bounds.paths - answers.count)
    let frontier = Frontier(
      roots, isRecursive: extent.isRecursive, within: Bounds(paths: room, inARow: bounds.inARow))
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<concurrency {
        let executor = executors.isEmpty ? nil : executors[number % executors.count]
        group.addTask(executorPreference: executor) {
          while let next = await frontier.next() {
            let path = next.path
            var reply: [Survey.Answer]?
            if !Task.isCancelled { reply = former[path] }
            if reply == nil, !Task.isCancelled { reply = await Self.ask(usable, for: path, frontier) }
            if let answers = reply, extent.archives.includes(root: isRoot.contains(path)) {
              reply = await Self.probeArchives(of: answers, in: usable)
            }
            // A cancelled request may return early with an error. Do not record that as the cache's answer.
            progress(frontier.handIn(Task.isCancelled ? nil : reply, for: next, of: usable.count))
          }
        }
      }
    }
    let found = frontier.found
    answers.merge(found) { _, new in new }
    if frontier.isExhausted { isExhausted = true }
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

  /// Whether the archives are there that narinfos of `cache` name. A survey looks only for those of paths that it
  /// counts as offered; here it is the caller who says which narinfos count.
  public func archives(
    of narinfos: [Narinfo], in cache: SubstituterURL
  ) async -> [StorePath: Survey.NarPresence] {
    guard let cache = caches.first(where: { $0.url == cache }) else { return [:] }
    let found = await narinfos.concurrentlyMapped(atOnce: concurrency) { ($0.path, await cache.nar(of: $0)) }
    return Dictionary(found) { first, _ in first }
  }

  private static func ask(
    _ caches: [Cache], for path: StorePath, _ frontier: Frontier
  ) async -> [Survey.Answer] {
    let known = { @Sendable in frontier.known($0, in: path.directory) }
    // The usual case needs no tasks beside its own.
    if caches.count == 1, let cache = caches.first {
      return [Survey.Answer(cache: cache.url, kind: await cache.ask(for: path, knowing: known))]
    }
    return await withTaskGroup(of: (Int, Survey.Answer).self) { group in
      for (index, cache) in caches.enumerated() {
        group.addTask {
          (index, Survey.Answer(cache: cache.url, kind: await cache.ask(for: path, knowing: known)))
        }
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
