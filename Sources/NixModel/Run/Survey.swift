/// The offers of the substituters before anything was realized.
public struct Survey: Hashable, Sendable {
  /// The caches in the order in which Nix asks them: by priority, then as listed.
  public var caches: [Cache]
  /// Each cache's answer for each path that was asked for. A cache that could not be opened has no answers.
  public var answers: [StorePath: [Answer]]

  /// A survey from its parts.
  public init(caches: [Cache] = [], answers: [StorePath: [Answer]] = [:]) {
    self.caches = caches
    self.answers = answers
  }

  /// A substituter and whether it could be used.
  public struct Cache: Hashable, Sendable {
    /// Where it is.
    public let url: SubstituterURL
    /// Whether it could be used.
    public let state: State

    /// A cache and its state.
    public init(url: SubstituterURL, state: State) {
      self.url = url
      self.state = state
    }

    /// How a cache answered the first request.
    public enum State: Hashable, Sendable {
      /// It is a binary cache for this store; lower priorities are asked first.
      case open(priority: Int)
      /// It did not answer: refused, unresolvable, timed out, TLS failure.
      case unreachable(String)
      /// It answered with an error (5xx, 429).
      case failing(status: Int)
      /// It answered and is no binary cache for this store; why.
      case unusable(String)
      /// Only Nix itself can ask it (`s3://`, `ssh-ng://`), so nothing is known of it beforehand.
      case unknown
    }

    /// Whether its answer is missing although it might have one.
    public var couldHaveAnswered: Bool {
      switch state {
      case .open, .unusable: false
      case .unknown: !url.isNothingToNix
      case .unreachable, .failing: true
      }
    }
  }

  /// One cache's answer for one path.
  public struct Answer: Hashable, Sendable {
    /// The cache that was asked.
    public let cache: SubstituterURL
    /// Its answer.
    public let kind: Kind

    /// A cache's answer.
    public init(cache: SubstituterURL, kind: Kind) {
      self.cache = cache
      self.kind = kind
    }

    /// The possible answers of a cache.
    public enum Kind: Hashable, Sendable {
      /// It has a narinfo for the path that a trusted key signed, or whose content address is true.
      case offered(VerifiedNarinfo, nar: NarPresence)
      /// It has a narinfo without a signature of a trusted key, and without a true content address.
      case untrusted(Narinfo)
      /// It has none (404).
      case absent
      /// It does not let us ask (401, 403): Nix says nothing of it and goes on as if it had none.
      case refused(status: Int)
      /// It sent something that is no narinfo of that path.
      case invalid(NarinfoError)
      /// It did not answer, or with an error, after several tries.
      case failed(Failure)
    }
  }

  /// Why a request has no answer.
  public enum Failure: Hashable, Sendable {
    /// The connection failed or stalled; the cause.
    case unreachable(String)
    /// The server answered with an error that is no statement about the path.
    case status(Int)
    /// It answered, and not in a way that can be read here or by the Nix in use; why.
    case unreadable(String)
  }

  /// Whether an archive is where the narinfo says.
  public enum NarPresence: Hashable, Sendable {
    /// It was not asked for: a proof asks only for the archives of the targets themselves, and of paths that Nix finds in
    /// the store.
    case notAsked
    /// It is there; its size in bytes where the server said.
    case present(size: UInt64?)
    /// It is not (404, 410).
    case missing(status: Int)
    /// The server does not let us ask (401, 403), which Nix treats as missing.
    case refused(status: Int)
    /// No answer.
    case failed(Failure)
  }

  /// Whether `cache` answered for some path with a narinfo: then it lets this runner ask.
  func answersAnything(_ cache: SubstituterURL) -> Bool {
    answers.values.contains { answers in
      answers.contains { answer in
        guard answer.cache == cache else { return false }
        return switch answer.kind {
        case .offered, .untrusted, .invalid: true
        case .absent, .refused, .failed: false
        }
      }
    }
  }

  /// The answers for `path` from the caches that `policy` accepts, in Nix's order.
  public func answers(for path: StorePath, under policy: Policy) -> [Answer] {
    (answers[path] ?? []).filter { policy.accepts($0.cache) }
  }

  /// The first acceptable offer of `path`: the one that Nix would take.
  public func offer(of path: StorePath, under policy: Policy) -> Offer? {
    Self.offer(among: answers[path] ?? [], under: policy)
  }

  /// All acceptable offers of `path` in Nix's order, also those whose archives are missing.
  public func offers(of path: StorePath, under policy: Policy) -> [Offer] {
    answers(for: path, under: policy).compactMap { answer in
      guard case .offered(let info, let nar) = answer.kind else { return nil }
      return Offer(cache: answer.cache, info: info, nar: nar)
    }
  }

  /// The first acceptable offer among the answers for one path.
  public static func offer(among answers: [Answer], under policy: Policy) -> Offer? {
    for answer in answers {
      if case .offered(let info, let nar) = answer.kind, nar.isNoObstacle, policy.accepts(answer.cache) {
        return Offer(cache: answer.cache, info: info, nar: nar)
      }
    }
    return nil
  }

  /// A trusted offer of a path.
  public struct Offer: Hashable, Sendable {
    /// The cache that makes it.
    public let cache: SubstituterURL
    /// The narinfo.
    public let info: VerifiedNarinfo
    /// Whether the archive is there.
    public let nar: NarPresence

    /// The size of the archive as it lies in the cache, in bytes, where the cache told when it was asked for it.
    public var size: UInt64? {
      switch nar {
      case .present(let size): size
      case .notAsked, .missing, .refused, .failed: nil
      }
    }
  }

  /// The caches that might offer `path` and did not say: those that could not be opened, and those that
  /// failed on this path. While there is one, a missing path is no certainty.
  public func silentCaches(about path: StorePath, under policy: Policy) -> [SubstituterURL] {
    let closed = caches.filter { $0.couldHaveAnswered && policy.accepts($0.url) }.map(\.url)
    let failed = answers(for: path, under: policy).filter {
      switch $0.kind {
      case .failed: true
      case .offered(_, let nar): nar.isUncertain
      case .untrusted, .absent, .refused, .invalid: false
      }
    }.map(\.cache)
    return closed + failed
  }

  /// The reference closure of `roots` as far as acceptable offers tell it, roots included, in the order
  /// in which it is found. Each path comes with the one that refers to it.
  public func closure(of roots: [StorePath], under policy: Policy) -> [(
    path: StorePath, neededBy: StorePath?
  )] {
    walk(from: roots, under: policy) { _, _, _ in }
  }

  /// Goes through the closure of `roots`, or through the roots alone, and tells of each path which one refers to
  /// it, what was answered, and the offer that Nix would take.
  ///
  /// - Returns: the paths in that order.
  @discardableResult
  func walk(
    from roots: [StorePath], isRecursive: Bool = true, under policy: Policy,
    _ visit: (_ member: (path: StorePath, neededBy: StorePath?), [Answer], Offer?) -> Void
  ) -> [(path: StorePath, neededBy: StorePath?)] {
    var found = roots.unique.map { (path: $0, neededBy: StorePath?.none) }
    var seen = Set(found.map(\.path))
    if isRecursive {
      // Growing would look at each path again, wherever it lies in memory.
      found.reserveCapacity(answers.count)
      seen.reserveCapacity(answers.count)
    }
    var position = 0
    while position < found.count {
      let member = found[position]
      position += 1
      let answers = answers[member.path] ?? []
      let offer = Self.offer(among: answers, under: policy)
      visit(member, answers, offer)
      guard isRecursive, let offer else { continue }
      for reference in offer.info.narinfo.references where seen.insert(reference).inserted {
        found.append((reference, member.path))
      }
    }
    return found
  }

  /// Adds the answers of `other`.
  public mutating func merge(_ other: Survey) {
    caches = other.caches
    answers.merge(other.answers) { mine, theirs in
      // An answer that asked for the archive too says more than one that did not.
      mine.contains { $0.sawNar } ? mine : theirs
    }
  }
}

extension Survey.Answer {
  fileprivate var sawNar: Bool {
    switch kind {
    case .offered(_, .notAsked), .untrusted, .absent, .refused, .invalid, .failed: false
    case .offered(_, .present), .offered(_, .missing), .offered(_, .refused), .offered(_, .failed): true
    }
  }
}

extension Survey.NarPresence {
  /// Whether nothing speaks against the archive's being there.
  public var isNoObstacle: Bool {
    switch self {
    case .notAsked, .present: true
    case .missing, .refused, .failed: false
    }
  }

  /// Whether the cache has it.
  var isThere: Bool {
    switch self {
    case .present: true
    case .notAsked, .missing, .refused, .failed: false
    }
  }

  fileprivate var isUncertain: Bool {
    switch self {
    case .failed: true
    case .notAsked, .present, .missing, .refused: false
    }
  }
}
