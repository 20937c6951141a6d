import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
public import NixModel

/// Binary caches over HTTP and HTTPS.
public final class HTTPTransport: Sendable {
  let client: HTTPClient
  private let credentials: @Sendable (_ host: String) -> Credentials?

  /// A user name and a password for a host. They go into a request and nowhere else.
  public struct Credentials: Sendable, CustomStringConvertible, CustomReflectable {
    let user: String
    let password: String

    /// A pair, as a netrc file or an address has it.
    public init(user: String, password: String) {
      self.user = user
      self.password = password
    }

    public var description: String { Redaction.mark }
    public var customMirror: Mirror { Mirror(self, children: []) }
  }

  /// - Parameters:
  ///   - connections: how many requests a host is asked at once.
  ///   - certificates: a file of certificates to trust instead of the system's (`NIX_SSL_CERT_FILE`).
  ///   - credentials: what Nix would send to a host (its netrc file).
  public init(
    connections: Int = 32, certificates: String? = nil,
    credentials: @escaping @Sendable (_ host: String) -> Credentials? = { _ in nil }
  ) {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .follow(max: 5, allowCycles: false),
      timeout: .init(connect: .seconds(5), read: .seconds(10)),
      decompression: .enabled(limit: .size(Narinfo.maximumSize)))
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
    // A refused connection is told at once; whether it is tried again is the surveyor's business.
    configuration.connectionPool.retryConnectionEstablishment = false
    if let certificates {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .file(certificates)
      configuration.tlsConfiguration = tls
    }
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    self.credentials = credentials
  }

  /// Closes every connection. To be called once, at the end.
  public func shutdown() async {
    // Nothing that is wrong with closing connections bears on a result already made.
    try? await client.shutdown()
  }

  /// The exchange with `cache`, with the credentials of its address or of its host.
  public func exchange(with cache: SubstituterURL) -> Exchange {
    let own = cache.credentials.map { Credentials(user: $0.user, password: $0.password) }
    let cacheHost = URL(string: cache.canonical)?.host()
    return Exchange { [client, credentials] request throws(ExchangeError) in
      let host = URL(string: request.url)?.host()
      // The credentials of one cache are not for another host that its narinfo may point to.
      let pair = host == cacheHost ? own ?? host.flatMap(credentials) : host.flatMap(credentials)
      return try await Self.ask(request, through: client, as: pair)
    }
  }

  /// Sends `message` and takes what is wanted from its answer, all within `limit`: the client's own deadline
  /// ends where the content begins, so that a server could send it byte by byte.
  static func answer<Value: Sendable>(
    to message: HTTPClientRequest, through client: HTTPClient, within limit: Duration,
    _ take: @escaping @Sendable (HTTPClientResponse) async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { race in
      race.addTask { try await take(client.execute(message, deadline: .distantFuture)) }
      race.addTask {
        try await Task.sleep(for: limit)
        throw Overdue(limit: limit)
      }
      defer { race.cancelAll() }
      guard let first = try await race.next() else { throw CancellationError() }
      return first
    }
  }

  private static func ask(
    _ request: Request, through client: HTTPClient, as credentials: Credentials?
  ) async throws(ExchangeError) -> Response {
    var message = HTTPClientRequest(url: request.url)
    message.headers.add(name: "User-Agent", value: "warmth")
    if let credentials {
      let pair = Data("\(credentials.user):\(credentials.password)".utf8).base64EncodedString()
      message.headers.add(name: "Authorization", value: "Basic \(pair)")
    }
    switch request.method {
    case .content: break
    case .presence: message.method = .HEAD
    case .firstByte: message.headers.add(name: "Range", value: "bytes=0-0")
    }

    do {
      return try await answer(to: message, through: client, within: .seconds(20)) { response in
        let status = Int(response.status.code)
        var body: [UInt8] = []
        if case .content(let limit) = request.method, status == 200 {
          var content = try await response.body.collect(upTo: limit)
          body = content.readBytes(length: content.readableBytes) ?? []
        }
        return Response(
          status: status, body: body, size: size(of: response), retryAfter: retryAfter(of: response))
      }
    } catch is NIOTooManyBytesError {
      throw .tooLong(limit: Narinfo.maximumSize)
    } catch let error as NIOHTTPDecompression.DecompressionError where error.isLimit {
      throw .tooLong(limit: Narinfo.maximumSize)
    } catch let error as HTTPClientError where error == .readTimeout {
      throw .stalled(cause(of: error))
    } catch let error as Overdue {
      throw .stalled(cause(of: error))
    } catch {
      throw .unreachable(cause(of: error))
    }
  }

  private static func size(of response: HTTPClientResponse) -> UInt64? {
    // A one-byte range names the whole behind the slash: "bytes 0-0/5123".
    if let range = response.headers.first(name: "Content-Range") {
      return range.split(separator: "/").last.flatMap { UInt64($0) }
    }
    return response.headers.first(name: "Content-Length").flatMap { UInt64($0) }
  }

  private static func retryAfter(of response: HTTPClientResponse) -> Int? {
    response.headers.first(name: "Retry-After").flatMap { Int($0) }
  }

  /// What happened, for a person. The library's own words name its cases, not the network's.
  static func cause(of error: any Error) -> String {
    switch error {
    case let error as HTTPClientError:
      switch error {
      case .connectTimeout: "nobody answered within 5 seconds"
      case .readTimeout: "it stopped answering for 10 seconds"
      case .remoteConnectionClosed: "it closed the connection in the middle of an answer"
      case .redirectLimitReached, .redirectCycleDetected: "it redirects in circles"
      default: error.shortDescription
      }
    case let error as NIOConnectionError:
      error.connectionErrors.isEmpty
        ? "its name \(error.host) cannot be resolved" : "nobody listens on port \(error.port)"
    case let error as IOError: reason(of: error)
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: "its TLS certificate or handshake failed"
    case let error as Overdue: "it took longer than \(error.limit.components.seconds) seconds to answer"
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

/// An answer did not come, or not to its end, in time.
private struct Overdue: Error {
  let limit: Duration
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
