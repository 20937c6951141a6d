public import NixCommand
public import NixModel

/// What readers get of a path.
enum Reading: Sendable {
  /// They get it from a cache.
  case served(by: SubstituterURL, content: Content)
  /// They do not get it.
  case lacking(Lack)
  /// A cache that may have it did not say.
  case unknown(cause: String)

  /// The content that they get.
  enum Content: Sendable {
    case asBuiltHere
    /// Another build of the same derivation, whose output differs.
    case other
  }

  /// Why they do not get it.
  enum Lack: Hashable, Sendable {
    /// There is no narinfo of it, in words about the cache.
    case missing(String)
    /// No key has signed it.
    case unsigned
    /// None of these keys' signatures counts for readers.
    case untrusted([String])
    /// Its narinfo is there, and no archive, in words about the cache.
    case noArchive(String)

    var code: PublicationFault.Code.Known {
      switch self {
      case .missing: .notServed
      case .unsigned, .untrusted: .notSigned
      case .noArchive: .archiveMissing
      }
    }
  }
}

/// A question for a cache, to be asked as its readers ask: without any credential or setting of a user's own.
public struct ReaderQuestion: Sendable {
  public let cache: SubstituterURL
  public let paths: [StorePath]
  let readerKeys: ReaderKeys
  /// The version of Nix, which decides how an answer is decoded.
  public let version: NixVersion
  /// Nix's setting `ssl-cert-file`.
  public let certificates: String?

  /// The keys whose signatures verify.
  public var keys: TrustedKeys { readerKeys.keys }

  /// The narinfos of a survey's answers whose archives it did not look for, and that count all the same.
  public func unverified(in survey: Survey) -> [Narinfo] {
    survey.answers.values.joined().compactMap { answer in
      guard case .untrusted(let narinfo) = answer.kind, readerKeys.mayAccept(narinfo.signatures) else {
        return nil
      }
      return narinfo
    }
  }

  /// The cache's answers for the paths, and the archives of ``unverified(in:)``.
  public typealias Answer = (survey: Survey, archives: [StorePath: Survey.NarPresence])
}

/// The keys that readers trust, as far as that is known here.
struct ReaderKeys: Sendable {
  let keys: TrustedKeys
  /// Whether these are all. Otherwise a signature by an unknown key counts, because readers may trust it.
  let areAll: Bool

  /// Whether signatures count of which none is by one of the keys.
  func mayAccept(_ signatures: [Signature]) -> Bool {
    let known = Set(keys.keys.map(\.name))
    return !areAll && signatures.contains { !known.contains($0.keyName) }
  }
}

/// The answers of one cache to the question for paths.
struct Receipt: Sendable {
  let cache: SubstituterURL
  let answer: ReaderQuestion.Answer
  let keys: ReaderKeys

  /// What readers get of a path from this cache.
  ///
  /// - Parameter registration: the path as it is here.
  func reading(of path: StorePath, registeredAs registration: Registration) -> Reading {
    guard let said = answer.survey.answers[path]?.first(where: { $0.cache == cache }) else {
      return unanswered
    }
    switch said.kind {
    case .offered(let offer, let nar): return reading(offer.narinfo, nar, registration)
    case .untrusted(let narinfo) where narinfo.signatures.isEmpty: return .lacking(.unsigned)
    case .untrusted(let narinfo) where keys.mayAccept(narinfo.signatures):
      return reading(narinfo, answer.archives[path] ?? .notAsked, registration)
    case .untrusted(let narinfo): return .lacking(.untrusted(narinfo.signatures.map(\.keyName).unique))
    case .absent: return .lacking(.missing("it has no narinfo of it"))
    case .refused(let status):
      return .lacking(.missing("it answers \(status) to readers without a token"))
    case .invalid(let error):
      return .lacking(.missing("its answer is not the narinfo of this path: \(error)"))
    case .failed(let failure): return .unknown(cause: "\(cache): \(failure.words)")
    }
  }

  private func reading(
    _ narinfo: Narinfo, _ nar: Survey.NarPresence, _ registration: Registration
  ) -> Reading {
    switch nar {
    case .present, .notAsked:
      .served(by: cache, content: narinfo.narHash == registration.narHash ? .asBuiltHere : .other)
    case .missing(let status), .refused(let status):
      .lacking(.noArchive("it answers \(status) to the question for the archive \(narinfo.url.excerpt)"))
    case .failed(let failure): .unknown(cause: "\(cache), of its archive: \(failure.words)")
    }
  }

  /// The reading of a path for which the cache was not asked, because it is closed as a whole.
  private var unanswered: Reading {
    switch answer.survey.caches.first(where: { $0.url == cache })?.state {
    case .unusable(let cause): .lacking(.missing(cause))
    case .unreachable(let cause): .unknown(cause: "\(cache): \(cause)")
    case .failing(let status): .unknown(cause: "\(cache): it answers \(status)")
    case .open, .unknown, nil: .unknown(cause: "\(cache): no answer")
    }
  }
}

extension Reading {
  /// The reading of a path in a store that only Nix can ask.
  init(_ answer: Registration?, of path: StorePath, in store: SubstituterURL, trusting keys: ReaderKeys) {
    guard let answer else {
      self = .lacking(.missing("the store does not have it"))
      return
    }
    let isTrusted =
      answer.authority(of: path, trusting: keys.keys) != nil || keys.mayAccept(answer.signatures)
    if isTrusted {
      self = .served(by: store, content: .asBuiltHere)
    } else {
      self = .lacking(
        answer.signatures.isEmpty ? .unsigned : .untrusted(answer.signatures.map(\.keyName).unique))
    }
  }

  /// The better of two caches' readings: what readers get from one, and else a doubt, because it may be had.
  func orElse(_ other: Reading) -> Reading {
    switch (self, other) {
    case (.served, _): self
    case (_, .served), (.lacking, .unknown): other
    case (.unknown, _), (.lacking, .lacking): self
    }
  }
}

extension Survey.Failure {
  fileprivate var words: String {
    switch self {
    case .unreachable(let cause), .unreadable(let cause): cause
    case .status(let status): "it answers \(status)"
    }
  }
}
