/// A path that no accepted cache offers as it must be offered.
public struct Lack: Hashable, Sendable {
  /// The path.
  public let path: StorePath
  /// The obstacle.
  public let kind: Kind
  /// Its unpacked size in bytes, where some cache states it.
  public let narSize: UInt64?
  /// A path through which the forecast came to it; `nil` for those that it is about.
  public let neededBy: StorePath?
  /// The known paths that refer to it.
  public let referrers: [StorePath]
  /// Why the first cache that gave no answer about it gave none; `nil` where none was asked about it.
  public let cause: String?

  /// The obstacles, the most telling first.
  public enum Kind: Hashable, Sendable {
    /// No cache was asked for it: there was more than a survey asks for.
    case notAsked
    /// A cache gave no answer, or no reliable one, so that nothing is certain.
    case unanswered([SubstituterURL])
    /// There is a trusted narinfo, and its archive is not where it says.
    case narMissing(cache: SubstituterURL, file: String)
    /// There is a narinfo that no trusted key signed.
    case untrusted(cache: SubstituterURL, signers: [String])
    /// The cache's answer is no narinfo of the path.
    case invalid(cache: SubstituterURL, NarinfoError)
    /// The cache does not let us ask.
    case refused(cache: SubstituterURL, status: Int)
    /// No cache has it.
    case missing
  }

  /// Whether Nix could not get it from the accepted caches, as they are.
  public var isCertain: Bool {
    switch kind {
    case .unanswered, .notAsked: false
    // Nix follows an address that leads out of the cache, and may well get the path there.
    case .invalid(_, let error): if case .elsewhere = error.flaw { false } else { true }
    case .narMissing, .untrusted, .refused, .missing: true
    }
  }

  init(of path: StorePath, neededBy: StorePath?, in survey: Survey, under policy: Policy) {
    let answers = survey.answers(for: path, under: policy)
    let silent = survey.silentCaches(about: path, under: policy)
    self.path = path
    self.neededBy = neededBy
    kind =
      survey.answers[path] == nil
      ? .notAsked
      : silent.isEmpty
        ? answers.compactMap(Kind.init).min { $0.rank < $1.rank } ?? .missing : .unanswered(silent)
    narSize = answers.compactMap(\.narSize).first
    cause = answers.compactMap(\.cause).first
    referrers = []
  }

  private init(_ other: Lack, referrers: [StorePath]) {
    path = other.path
    kind = other.kind
    narSize = other.narSize
    neededBy = other.neededBy
    cause = other.cause
    self.referrers = referrers
  }

  func withReferrers(_ referrers: [StorePath]) -> Lack { Lack(self, referrers: referrers) }
}

extension Lack.Kind {
  /// The obstacle in an answer; `nil` where there is none, or where the cache does not know the path.
  fileprivate init?(_ answer: Survey.Answer) {
    switch answer.kind {
    case .offered(let offer, .missing): self = .narMissing(cache: answer.cache, file: offer.narinfo.url)
    case .offered(_, .refused(let status)): self = .refused(cache: answer.cache, status: status)
    case .untrusted(let narinfo):
      self = .untrusted(cache: answer.cache, signers: narinfo.signatures.map(\.keyName))
    case .invalid(let error): self = .invalid(cache: answer.cache, error)
    case .refused(let status): self = .refused(cache: answer.cache, status: status)
    case .offered, .absent, .failed: return nil
    }
  }

  fileprivate var rank: Int {
    switch self {
    case .notAsked: 0
    case .unanswered: 0
    case .narMissing: 1
    case .untrusted: 2
    case .invalid: 3
    case .refused: 4
    case .missing: 5
    }
  }
}

extension Survey.Answer {
  /// Why there is no answer.
  fileprivate var cause: String? {
    switch kind {
    case .failed(.unreachable(let cause)), .offered(_, .failed(.unreachable(let cause))): cause
    case .failed(.status(let status)), .offered(_, .failed(.status(let status))): "HTTP \(status)"
    case .failed(.unreadable(let cause)), .offered(_, .failed(.unreadable(let cause))): cause
    case .offered, .untrusted, .absent, .refused, .invalid: nil
    }
  }

  fileprivate var narSize: UInt64? {
    switch kind {
    case .offered(let offer, _): offer.narinfo.narSize
    case .untrusted(let narinfo): narinfo.narSize
    case .absent, .refused, .invalid, .failed: nil
    }
  }
}
