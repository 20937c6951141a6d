import NixModel

/// A way of pushing.
protocol Backend: Sendable {
  /// What is done before anything is built.
  ///
  /// - Returns: the faults that it met.
  /// - Throws: ``Impossible`` where nothing can be pushed at all.
  func begin() async throws(Impossible) -> [PublicationFault]

  /// Pushes paths, with all that they refer to.
  func push(_ paths: [StorePath]) async -> PushOutcome

  /// Publishes what the builders of derivations printed, where readers can have it.
  func publishLogs(of derivations: [StorePath]) async -> [PublicationFault]

  /// The faults of what runs beside the builds that were met since the last call.
  func faultsBeside() -> [PublicationFault]

  /// Ends what runs beside the builds.
  ///
  /// - Parameter isPatient: whether that may first finish what it has begun.
  func end(patiently isPatient: Bool) async

  /// The paths that it has sent, as far as its client said so.
  var sent: Set<StorePath> { get }
}

/// Why nothing can be published.
struct Impossible: Error {
  let fault: PublicationFault

  init(_ code: PublicationFault.Code.Known, _ message: String) {
    fault = PublicationFault(code, path: nil, isFatal: true, message)
  }
}

/// What came of a push.
struct PushOutcome: Sendable {
  /// `nil` where it came to its end in order.
  var failure: Failure?

  /// Why it did not.
  struct Failure: Sendable {
    let cause: Cause
    /// The last lines of the client.
    let words: String
  }

  /// The causes that are told apart.
  enum Cause: Hashable, Sendable {
    /// The server knows the token, and it may not write.
    case readOnlyToken
    /// The server does not know the token, or has no such cache for it.
    case unknownToken
    /// The server, or what is in front of it, could not or would not take it now: 413, 429, 5xx.
    case refused(status: Int)
    /// There was no answer, or not the whole of one.
    case lostConnection
    case other

    /// Whether it may pass.
    var mayPass: Bool {
      switch self {
      case .refused, .lostConnection: true
      case .readOnlyToken, .unknownToken, .other: false
      }
    }

    /// The cause of a failure by a client's words.
    ///
    /// Sources: Attic, `client/src/api/mod.rs` (`HTTP 503 Service Unavailable: …`, `error sending request`), and
    /// `server/src/error.rs`; Nix, `src/libstore/filetransfer.cc` (`HTTP error 503`).
    init(telling words: String) {
      if words.contains("does not have permission") {
        self = .readOnlyToken
      } else if words.contains("Unauthorized") || words.contains("NoSuchCache") {
        self = .unknownToken
      } else if let match = words.firstMatch(of: /HTTP (?:error )?(413|429|5\d\d)\b/),
        let status = Int(match.1)
      {
        self = .refused(status: status)
      } else if words.contains("InternalServerError") {
        self = .refused(status: 500)
      } else if Self.ofConnections.contains(where: words.contains) {
        self = .lostConnection
      } else {
        self = .other
      }
    }

    private static let ofConnections = [
      "error sending request", "connection closed", "Connection reset", "connection reset", "Broken pipe",
      "broken pipe", "timed out", "Could not resolve host", "Couldn't connect", "Connection refused",
      "unexpected EOF",
    ]
  }
}

/// How often a push is tried again where its failure may pass.
struct Perseverance: Sendable {
  let pauses: [Duration]

  static let standard = Perseverance(pauses: [.seconds(1), .seconds(5), .seconds(20)])

  /// Pushes until it succeeds, fails for good, or has failed often enough.
  func push(
    saying say: (String) -> Void, _ push: () async -> PushOutcome
  ) async -> PushOutcome {
    for pause in pauses {
      let outcome = await push()
      guard let failure = outcome.failure, failure.cause.mayPass, !Task.isCancelled else { return outcome }
      say("the push failed in a way that may pass, and is tried again in \(pause.components.seconds) s")
      try? await Task.sleep(for: pause)
    }
    return await push()
  }
}
