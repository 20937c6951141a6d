/// The seam between the survey and the network: one request, one answer.
///
/// Files, HTTP and scripted caches of tests each answer it.
public struct Exchange: Sendable {
  /// Asks once; tries nothing again.
  public var ask: @Sendable (Request) async throws(ExchangeError) -> Response

  /// An exchange from its closure.
  public init(ask: @escaping @Sendable (Request) async throws(ExchangeError) -> Response) { self.ask = ask }
}

/// A request to a cache.
public struct Request: Hashable, Sendable {
  /// The whole address, without credentials.
  public let url: String
  /// How it is asked.
  public let method: Method

  /// The ways of asking.
  public enum Method: Hashable, Sendable {
    /// The whole content, of at most `limit` bytes.
    case content(limit: Int)
    /// Whether it is there (`HEAD`).
    case presence
    /// Whether it is there, by asking for its first byte and for no more.
    case firstByte
    /// Whether it is there, of a server that does not give out parts: by asking for the whole, and taking nothing.
    case beginning
  }
}

/// A cache's answer. Statuses are HTTP's; other transports translate theirs.
public struct Response: Hashable, Sendable {
  /// 200, 404, …
  public let status: Int
  /// The content as it came, encoded or not; empty unless it was asked for and the status is 200.
  public let body: [UInt8]
  /// The size of the whole content in bytes, where the server says.
  public let size: UInt64?
  /// How many seconds the server asks us to wait before we ask again (`Retry-After`).
  public let retryAfter: Int?
  /// How the content is encoded (`Content-Encoding`).
  public let encoding: String?
  /// Where an answer that redirects leads to (`Location`).
  public let location: String?
  /// When it was sent, by the server's clock (`Date`).
  public let date: String?

  /// An answer.
  public init(
    status: Int, body: [UInt8] = [], size: UInt64? = nil, retryAfter: Int? = nil, encoding: String? = nil,
    location: String? = nil, date: String? = nil
  ) {
    self.date = date
    self.status = status
    self.body = body
    self.size = size
    self.retryAfter = retryAfter
    self.encoding = encoding
    self.location = location
  }
}

extension Response {
  /// Whether it redirects.
  var isRedirection: Bool { [301, 302, 303, 307, 308].contains(status) }

  /// Whether the server says that it was sent too many requests at once.
  var asksForRest: Bool { status == 429 || status == 503 && retryAfter != nil }
}

/// Why there is no answer.
public enum ExchangeError: Error, Hashable, Sendable {
  /// The connection could not be made, or broke; the cause.
  case unreachable(String)
  /// The answer did not come, or not fast enough; the time of waiting.
  case stalled(String)
  /// The content is longer than was allowed.
  case tooLong(limit: Int)
}
