import Foundation
public import NixModel

/// A means of writing, its secret values, and a question about it to a server.
public struct Finding: Sendable {
  /// The means of writing that was found.
  public let means: MeansOfWriting
  /// The question to the server that knows the credential, if one is configured.
  public let question: ServerQuestion?
  /// The values that must never be shown.
  let secrets: [Secret]

  init(_ means: MeansOfWriting, question: ServerQuestion? = nil, secrets: [Secret] = []) {
    self.means = means
    self.question = question
    self.secrets = secrets
  }

  init(_ means: MeansOfWriting, holding value: String?) {
    self.init(means, secrets: value.map { [Secret($0)] } ?? [])
  }

  /// A token for the Attic server at `endpoint`. It is never sent to another server.
  init(atticToken text: String, at place: String, for endpoint: String?, in here: Surroundings, _ now: Date) {
    let claims = try? AtticToken(decoding: text)
    self.init(
      MeansOfWriting(.atticToken, at: place, .init(ofAtticToken: text, at: now)),
      question: endpoint.flatMap { endpoint in
        ServerQuestion(
          caches: here.atticCaches(at: endpoint, claims: claims), token: Secret(text),
          claims: claims.flatMap { $0.isExpired(at: now) ? nil : $0 })
      }, secrets: [Secret(text)])
  }
}

/// A question to an Attic server: may this token push to these caches?
public struct ServerQuestion: Sendable {
  /// The caches to ask about; never empty.
  public let caches: [AtticCache]
  /// The token in question.
  public let token: Secret
  private let claims: AtticToken?

  init?(caches: [AtticCache], token: Secret, claims: AtticToken?) {
    guard !caches.isEmpty else { return nil }
    self.caches = caches
    self.token = token
    self.claims = claims
  }

  /// Whether the token claims that it may push to `cache`. `nil` if its claims cannot be read, or it has
  /// expired.
  public func claimsPush(to cache: AtticCache) -> Bool? { claims?.claimsPush(to: cache.name) }

  /// The probe with its answer. A refusal for a cache that the run does not use says nothing about the run's
  /// caches, so it counts as unanswered.
  public func probe(_ cache: AtticCache, _ answer: MeansOfWriting.Probe.Answer) -> MeansOfWriting.Probe {
    let heard: MeansOfWriting.Probe.Answer =
      switch answer {
      case .mayNotPush(let status) where !cache.isOfRun:
        .unanswered("it refuses (HTTP \(status)), and is no cache of this run")
      case .mayPush, .mayNotPush, .unanswered: answer
      }
    return MeansOfWriting.Probe(cache: cache.address, claimsPush: claimsPush(to: cache), answer: heard)
  }
}

/// A cache of an Attic server.
public struct AtticCache: Hashable, Sendable {
  /// The server's address, without a final slash.
  public let endpoint: String
  /// The cache's name.
  public let name: String
  /// Whether the cache is among the run's substituters.
  public let isOfRun: Bool

  /// The cache's address as a substituter.
  public var address: String { "\(endpoint)/\(name)" }

  init(endpoint: String, name: String, isOfRun: Bool) {
    self.endpoint = endpoint
    self.name = name
    self.isOfRun = isOfRun
  }

  /// The cache that a substituter's address names, if it is one of Attic's: `https://server/NAME`.
  init?(substituter: SubstituterURL) {
    let address = substituter.canonical.utf8
    guard substituter.isHTTP, let slash = address.lastIndex(of: UInt8(ascii: "/")),
      let start = substituter.canonical.firstRange(ofBytes: "://"), slash >= start.upperBound
    else { return nil }
    let name = Substring(address[slash...].dropFirst())
    guard !name.isEmpty else { return nil }
    self.init(endpoint: String(Substring(address[..<slash])), name: String(name), isOfRun: true)
  }
}

extension Surroundings {
  /// The caches of the server at `endpoint` to ask about: the run's substituters there and `$ATTIC_CACHE`. If
  /// there are none, the caches that the token itself names.
  func atticCaches(at endpoint: String, claims: AtticToken?) -> [AtticCache] {
    guard let server = try? SubstituterURL(parsing: endpoint), server.isHTTP else { return [] }
    let ofRun = substituters.compactMap { AtticCache(substituter: $0) }
      .filter { $0.endpoint == server.canonical }.map(\.name)
    var names = ofRun
    if let name = variable("ATTIC_CACHE") { names.append(String(name.split(separator: ":").last ?? "")) }
    if names.isEmpty { names = (claims?.permissions.keys.sorted() ?? []).filter { !$0.contains("*") } }
    return names.filter { !$0.isEmpty }.unique.map {
      AtticCache(endpoint: server.canonical, name: $0, isOfRun: ofRun.contains($0))
    }
  }
}

extension SubstituterURL {
  var isHTTP: Bool { scheme == "http" || scheme == "https" }
}
