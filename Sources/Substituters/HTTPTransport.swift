import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
public import NixModel
import Synchronization

/// Binary caches over HTTP and HTTPS.
public final class HTTPTransport: Sendable {
  /// How many requests a server is asked at once at most, unless told otherwise. Nix asks 25 at once over
  /// HTTP/1.1 (`http-connections`), each of which it keeps busy with one after the other.
  public static let defaultConcurrency = 128

  /// How many redirections are followed: as many as Nix allows curl (`CURLOPT_MAXREDIRS`).
  private static let mostRedirections = 10
  /// How long one request may take, redirections included.
  private static let patience = TimeAmount.seconds(20)

  private let configuration: HTTPClient.Configuration
  private let proxies: Proxies
  private let credentials: @Sendable (_ host: String) -> Credentials?
  private let concurrency: Int
  private let promptness: Promptness
  /// By server: two caches of one server share its patience.
  private let throttles = Mutex<[WebAddress.Server: Throttle]>([:])
  private let servers = Mutex<[PlainServer.Place: PlainServer]>([:])
  /// By the proxy through which they ask.
  private let clients = Mutex<[Proxy?: HTTPClient]>([:])

  /// A user name and a password for a host. They go into a request and nowhere else.
  public struct Credentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    let user: String
    let password: String

    /// A pair, as a netrc file or an address has it.
    public init(user: String, password: String) {
      self.user = user
      self.password = password
    }

    /// The value of an `Authorization` field.
    var basic: String { "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())" }

    public var description: String { Redaction.mark }
    public var customMirror: Mirror { Mirror(self, children: []) }
  }

  /// - Parameters:
  ///   - concurrency: how many requests a server is asked at once at most. Fewer where it bears fewer.
  ///   - sslCertFile: a file of certificates to trust instead of the system's (`ssl-cert-file`,
  ///     `NIX_SSL_CERT_FILE`).
  ///   - proxies: the proxies to ask instead of the servers.
  ///   - credentials: the credentials that Nix would send to a host (its netrc file).
  public convenience init(
    concurrency: Int = defaultConcurrency, sslCertFile: String? = nil, proxies: Proxies = .none,
    credentials: @escaping @Sendable (_ host: String) -> Credentials? = { _ in nil }
  ) {
    self.init(
      concurrency: concurrency, sslCertFile: sslCertFile, proxies: proxies, promptness: Promptness(),
      credentials: credentials)
  }

  /// - Parameter promptness: the promptness of servers before they are asked.
  init(
    concurrency: Int = defaultConcurrency, sslCertFile: String? = nil, proxies: Proxies = .none,
    promptness: Promptness, credentials: @escaping @Sendable (_ host: String) -> Credentials? = { _ in nil }
  ) {
    // Redirections are read here and not there: the library ends the process over one to a port that is none.
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5), read: .seconds(10)))
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
    // A refused connection is told at once; whether it is tried again is the surveyor's business.
    configuration.connectionPool.retryConnectionEstablishment = false
    if let sslCertFile {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .file(sslCertFile)
      configuration.tlsConfiguration = tls
    }
    if !Self.knowsLocalhost { configuration.dnsOverride["localhost"] = "127.0.0.1" }
    self.configuration = configuration
    self.proxies = proxies
    self.credentials = credentials
    self.concurrency = concurrency
    self.promptness = promptness
  }

  /// Whether the system finds this machine by its name. Curl, and so Nix, finds it without the system.
  private static let knowsLocalhost: Bool = {
    var found: UnsafeMutablePointer<addrinfo>?
    defer { if let found { freeaddrinfo(found) } }
    return getaddrinfo("localhost", nil, nil, &found) == 0
  }()

  /// The executors on which many requests are fastest, one for each core.
  public let executors: [any TaskExecutor] = MultiThreadedEventLoopGroup.singleton.makeIterator().map {
    LoopExecutor($0)
  }

  /// Closes every connection. To be called once, at the end.
  public func shutdown() async {
    // An error of closing connections does not matter: the results are there.
    for client in clients.withLock({ Array($0.values) }) { try? await client.shutdown() }
    for server in servers.withLock({ Array($0.values) }) { await server.shutdown() }
  }

  /// The exchange with `cache`, with the credentials of its address or of its host.
  public func exchange(with cache: SubstituterURL) -> Exchange {
    let own = cache.credentials.map { Credentials(user: $0.user, password: $0.password) }
    guard let server = WebAddress(parsing: cache.canonical)?.server else {
      return Exchange { _ throws(ExchangeError) in
        throw .unreachable("its address is none of a web server: its host or its port cannot be one")
      }
    }
    let throttle = throttles.withLock { $0.value(for: server, orNew: Throttle(limit: concurrency)) }
    let bare = Exchange { request throws(ExchangeError) in
      try await self.answer(to: request, of: server, as: own)
    }
    return Exchange { request throws(ExchangeError) in try await throttle.ask(request, bare) }.sharing
  }

  /// Asks, and follows where the answer leads.
  ///
  /// The secret of a cache's address goes to that server alone; another server is sent the credentials for its own host.
  private func answer(
    to request: Request, of server: WebAddress.Server, as own: Credentials?
  ) async throws(ExchangeError) -> Response {
    guard var address = WebAddress(parsing: request.url) else {
      throw .unreachable("it names an address that is none of a web server")
    }
    let deadline = NIODeadline.now() + Self.patience
    for _ in 0...Self.mostRedirections {
      let credentials = (address.server == server ? own : nil) ?? credentials(address.server.host)
      let message = Message(request.method, address, as: credentials)
      let response = try await Self.exchanging { () async throws in
        try await self.answer(to: message, within: max(.milliseconds(1), deadline - .now()))
      }
      guard response.isRedirection, let location = response.location else { return response }
      guard let next = address.redirected(to: location) else {
        throw .unreachable("it redirects to what is no address of a web server")
      }
      address = next
    }
    throw .unreachable("it redirects more than \(Self.mostRedirections) times, and Nix follows no more")
  }

  private func answer(to message: Message, within limit: TimeAmount) async throws -> Response {
    let server = message.address.server
    let proxy = proxies.proxy(for: server)
    if let hindrance = proxy?.hindrance { throw ExchangeError.unreachable(hindrance) }
    guard server.scheme == .http, proxy?.kind != .socks else {
      return try await Self.answer(
        to: try message.request(), through: client(through: proxy), ofAtMost: message.limit, within: limit)
    }
    let place = PlainServer.Place(host: proxy?.host ?? server.host, port: proxy?.port ?? server.port)
    // A proxy is asked one question at a time on each connection, because the server behind it is not known.
    let promptness = proxy == nil ? promptness : Promptness(within: .nanoseconds(-1))
    let plain = servers.withLock {
      $0.value(for: place, orNew: PlainServer(place, promptness: promptness, on: .singleton))
    }
    return try await plain.answer(to: message.head(through: proxy), ofAtMost: message.limit, within: limit)
  }

  /// The library's client, which is made once it is needed.
  func client(through proxy: Proxy?) -> HTTPClient {
    clients.withLock { clients in
      clients.value(
        for: proxy,
        orNew: HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration(for: proxy))
      )
    }
  }

  private func configuration(for proxy: Proxy?) -> HTTPClient.Configuration {
    var configuration = configuration
    switch proxy?.kind {
    case .http:
      let pair = proxy?.credentials.map {
        HTTPClient.Authorization.basic(username: $0.user, password: $0.password)
      }
      configuration.proxy = proxy.map {
        if let pair {
          .server(host: $0.host, port: Int($0.port), authorization: pair)
        } else {
          .server(host: $0.host, port: Int($0.port))
        }
      }
    case .socks: configuration.proxy = proxy.map { .socksServer(host: $0.host, port: Int($0.port)) }
    case .other, nil: break
    }
    return configuration
  }

  /// The library's client and the URL with which to ask `address`; `nil` where that is no address of a web server.
  func client(for address: String) -> (client: HTTPClient, url: String)? {
    guard let address = WebAddress(parsing: address) else { return nil }
    let proxy = proxies.proxy(for: address.server)
    guard proxy?.hindrance == nil else { return nil }
    return (client(through: proxy), address.text)
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
    // If we already run on an event loop, keep the request on it.
    let place: HTTPClient.EventLoopPreference =
      MultiThreadedEventLoopGroup.currentEventLoop.map { .delegate(on: $0) } ?? .indifferent
    let task = client.execute(
      request: message,
      delegate: Collector(
        limit: bytes, isContentExpected: message.method != .HEAD, wantsRefusals: wantsRefusals),
      eventLoop: place,
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

  /// Turns every error of an exchange into an error of ours.
  private static func exchanging(
    _ ask: () async throws -> Response
  ) async throws(ExchangeError) -> Response {
    do { return try await ask() } catch let error as ExchangeError {
      throw error
    } catch let error as ConversationError {
      switch error {
      case .silent, .stuck, .overdue: throw .stalled(cause(of: error))
      case .refused(let refusal): throw refusal
      case .closed, .broken, .calledOff: throw .unreachable(cause(of: error))
      }
    } catch {
      throw .unreachable(cause(of: error))
    }
  }

  /// The cause of an error, for a person. The library's own words name its cases and not the network's.
  static func cause(of error: any Error) -> String {
    switch error {
    case let error as HTTPClientError:
      switch error {
      case .connectTimeout: "nobody answered within 5 seconds"
      default: error.shortDescription
      }
    case let error as ConversationError:
      switch error {
      case .closed: "it closed the connection in the middle of an answer"
      case .silent, .stuck: "it stopped answering for 10 seconds"
      case .overdue(let limit): "it took longer than \(limit.nanoseconds / 1_000_000_000) seconds to answer"
      case .refused(let refusal): "\(refusal)"
      case .broken(let cause): cause
      case .calledOff: "the run was ended"
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

extension Dictionary {
  /// The value of `key`, made and kept where there is none yet.
  fileprivate mutating func value(for key: Key, orNew make: @autoclosure () -> Value) -> Value {
    if let known = self[key] { return known }
    let new = make()
    self[key] = new
    return new
  }
}
