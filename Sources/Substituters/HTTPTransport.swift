import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
public import NixModel
import Synchronization

/// Binary caches over HTTP and HTTPS.
public final class HTTPTransport: Sendable {
  /// How many requests a server is asked at once at most, unless told otherwise. Nix asks 25 at once over
  /// HTTP/1.1 (`http-connections`), each of which it keeps busy with one after the other.
  public static let defaultConcurrency = 128

  let client: HTTPClient
  /// The same without following a redirection.
  let direct: HTTPClient
  private let credentials: @Sendable (_ host: String) -> Credentials?
  private let concurrency: Int
  private let promptness: Promptness
  /// By scheme, host and port: two caches of one server share its patience.
  private let throttles = Mutex<[String: Throttle]>([:])
  private let servers = Mutex<[PlainOrigin: PlainServer]>([:])

  /// A user name and a password for a host. They go into a request and nowhere else.
  public struct Credentials: Sendable, CustomStringConvertible, CustomReflectable {
    let user: String
    let password: String

    /// A pair, as a netrc file or an address has it.
    public init(user: String, password: String) {
      self.user = user
      self.password = password
    }

    /// What an `Authorization` field has.
    var basic: String { "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())" }

    public var description: String { Redaction.mark }
    public var customMirror: Mirror { Mirror(self, children: []) }
  }

  /// - Parameters:
  ///   - concurrency: how many requests a server is asked at once at most. Fewer where it bears fewer.
  ///   - certificates: a file of certificates to trust instead of the system's (`NIX_SSL_CERT_FILE`).
  ///   - credentials: what Nix would send to a host (its netrc file).
  public convenience init(
    concurrency: Int = defaultConcurrency, certificates: String? = nil,
    credentials: @escaping @Sendable (_ host: String) -> Credentials? = { _ in nil }
  ) {
    self.init(
      concurrency: concurrency, certificates: certificates, promptness: Promptness(), credentials: credentials
    )
  }

  /// - Parameter promptness: what servers are known to be before they were asked.
  init(
    concurrency: Int = defaultConcurrency, certificates: String? = nil, promptness: Promptness,
    credentials: @escaping @Sendable (_ host: String) -> Credentials? = { _ in nil }
  ) {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .follow(max: 5, allowCycles: false),
      timeout: .init(connect: .seconds(5), read: .seconds(10)),
      decompression: .enabled(limit: .size(Narinfo.maximumSize)))
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
    // A refused connection is told at once; whether it is tried again is the surveyor's business.
    configuration.connectionPool.retryConnectionEstablishment = false
    if let certificates {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .file(certificates)
      configuration.tlsConfiguration = tls
    }
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    configuration.redirectConfiguration = .disallow
    direct = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    self.credentials = credentials
    self.concurrency = concurrency
    self.promptness = promptness
  }

  /// Where who asks much does best to run: one for each core.
  public let executors: [any TaskExecutor] = MultiThreadedEventLoopGroup.singleton.makeIterator().map {
    LoopExecutor($0)
  }

  /// Closes every connection. To be called once, at the end.
  public func shutdown() async {
    // Nothing that is wrong with closing connections bears on a result already made.
    try? await client.shutdown()
    try? await direct.shutdown()
    for server in servers.withLock({ Array($0.values) }) { await server.shutdown() }
  }

  /// The exchange with `cache`, with the credentials of its address or of its host.
  public func exchange(with cache: SubstituterURL) -> Exchange {
    let own = cache.credentials.map { Credentials(user: $0.user, password: $0.password) }
    let address = URL(string: cache.canonical)
    // What is asked of a cache lies in it (``Narinfo/isWithin(_:)``), so one pair fits all.
    let credentials = own ?? address?.host().flatMap(credentials)
    let server = "\(cache.scheme)://\(address?.host() ?? ""):\(address?.port ?? 0)"
    let throttle = throttles.withLock { $0.value(for: server, orNew: Throttle(limit: concurrency)) }
    let origin = PlainOrigin(of: cache)
    let plain = origin.map { origin in
      servers.withLock {
        $0.value(
          for: origin,
          orNew: PlainServer(
            host: origin.host, port: origin.port, promptness: promptness, on: .singleton))
      }
    }
    let bare = Exchange { [client] request throws(ExchangeError) in
      let message = Message(request, as: credentials)
      if let plain, let head = origin.flatMap({ message.head(to: $0) }) {
        let response = try await Self.exchanging { () async throws in
          try await plain.answer(to: head, ofAtMost: message.limit, within: .seconds(20))
        }
        // Where it leads to is the client's business.
        if !response.isRedirection { return response }
      }
      return try await Self.exchanging { () async throws in
        try await Self.answer(
          to: try message.request(), through: client, ofAtMost: message.limit, within: .seconds(20))
      }
    }
    return Exchange { request throws(ExchangeError) in try await throttle.ask(request, bare) }.sharing
  }

  /// Sends `message` and takes its answer, all within `limit`.
  ///
  /// This form of the client's, and not its asynchronous one, has a deadline that covers the content as well: a
  /// server could send it byte by byte.
  static func answer(
    to message: HTTPClient.Request, through client: HTTPClient, ofAtMost bytes: Int?,
    within limit: TimeAmount,
    wantingRefusals wantsRefusals: Bool = false
  ) async throws -> Response {
    // Who is on a loop stays there.
    let place: HTTPClient.EventLoopPreference =
      MultiThreadedEventLoopGroup.currentEventLoop.map { .delegate(on: $0) } ?? .indifferent
    let task = client.execute(
      request: message, delegate: Collector(limit: bytes, wantsRefusals: wantsRefusals), eventLoop: place,
      deadline: .now() + limit)
    do {
      return try await withTaskCancellationHandler {
        try await task.get()
      } onCancel: {
        task.cancel()
      }
    } catch let enough as Collector.Enough {
      return enough.response
    } catch let error as HTTPClientError {
      switch error {
      case .deadlineExceeded: throw ConversationError.overdue(after: limit)
      case .readTimeout: throw ConversationError.silent
      case .remoteConnectionClosed: throw ConversationError.closed
      default: throw error
      }
    }
  }

  /// Whatever befalls an exchange, as an error of ours.
  private static func exchanging(
    _ ask: () async throws -> Response
  ) async throws(ExchangeError) -> Response {
    do { return try await ask() } catch let error as ExchangeError {
      throw error
    } catch let error as NIOHTTPDecompression.DecompressionError where error.isLimit {
      throw .tooLong(limit: Narinfo.maximumSize)
    } catch let error as ConversationError where error != .closed {
      throw .stalled(cause(of: error))
    } catch {
      throw .unreachable(cause(of: error))
    }
  }

  /// What happened, for a person. The library's own words name its cases, not the network's.
  static func cause(of error: any Error) -> String {
    switch error {
    case let error as HTTPClientError:
      switch error {
      case .connectTimeout: "nobody answered within 5 seconds"
      case .redirectLimitReached, .redirectCycleDetected: "it redirects in circles"
      default: error.shortDescription
      }
    case let error as ConversationError:
      switch error {
      case .closed: "it closed the connection in the middle of an answer"
      case .silent: "it stopped answering for 10 seconds"
      case .overdue(let limit): "it took longer than \(limit.nanoseconds / 1_000_000_000) seconds to answer"
      }
    case ChannelError.connectTimeout: "nobody answered within 5 seconds"
    case is HTTPParserError: "what it answers is not HTTP"
    case let error as NIOConnectionError:
      error.connectionErrors.first.map { cause(of: $0.error) } ?? "its name \(error.host) cannot be resolved"
    case let error as IOError: reason(of: error)
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: "its TLS certificate or handshake failed"
    case is CancellationError: "the run was ended"
    default: Redaction.redact("\(error)")
    }
  }

  private static func reason(of error: IOError) -> String {
    switch error.errnoCode {
    case ECONNREFUSED: "nobody listens there"
    case ECONNRESET: "it reset the connection"
    case ENETUNREACH, EHOSTUNREACH: "there is no route to it"
    default: String(cString: strerror(error.errnoCode))
    }
  }
}

extension NIOHTTPDecompression.DecompressionError {
  /// Whether the content is longer, unpacked, than was allowed.
  fileprivate var isLimit: Bool {
    switch self {
    case .limit: true
    case .inflationError, .initializationError: false
    @unknown default: false
    }
  }
}

extension Dictionary {
  /// The value of `key`, made and kept where there is none yet.
  fileprivate mutating func value(for key: Key, orNew make: @autoclosure () -> Value) -> Value {
    if let known = self[key] { return known }
    let new = make()
    self[key] = new
    return new
  }
}
