import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL

/// A binary cache that listens for real on loopback, answers from a closure, and remembers what it was
/// asked.
public final class StubCache: Sendable {
  /// What it was asked.
  public struct Request: Hashable, Sendable {
    /// `GET`, `HEAD`.
    public let method: String
    /// The path, with its leading slash.
    public let path: String
    /// The header fields, names in lower case.
    public let headers: [String: String]
    /// The content that came with it.
    public var body: [UInt8] = []
    /// Whether it came over HTTP/2.
    public var isHTTP2 = false

    /// Whether Nix asks, and not the survey.
    public var isFromNix: Bool { headers["user-agent"]?.contains("Nix") == true }
  }

  /// What it answers.
  public struct Answer: Sendable {
    /// The status.
    public var status: Int
    var headers: [String: String]
    /// The content.
    public var body: [UInt8]
    var pace = Pace.whole

    /// How the body is sent.
    enum Pace: Hashable {
      /// At once.
      case whole
      /// At once, and the connection is closed, as was said.
      case closing
      /// So many bytes, then the connection is closed.
      case cut(after: Int)
      /// So many bytes, and nothing more ever.
      case stalled(after: Int)
      /// A byte a second.
      case trickling
      /// At once, whatever of the request is still to come.
      case early
      /// At once, after a while.
      case delayed(milliseconds: Int64)
    }

    /// A whole answer.
    public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
      self.status = status
      self.headers = headers
      self.body = body
    }

    /// The same answer, after which the connection is closed, as its head says.
    public var closing: Answer { paced(.closing) }

    /// The same answer, promised whole and cut off after `count` bytes.
    public func cut(after count: Int) -> Answer { paced(.cut(after: count)) }

    /// The same answer, promised whole, of which nothing follows the first `count` bytes.
    public func stalled(after count: Int) -> Answer { paced(.stalled(after: count)) }

    /// The same answer, given before the content of a request has come.
    public var early: Answer { paced(.early) }

    /// The same answer, after so many milliseconds.
    public func delayed(byMilliseconds delay: Int64) -> Answer { paced(.delayed(milliseconds: delay)) }

    /// The same answer at a byte a second.
    public var trickling: Answer { paced(.trickling) }

    private func paced(_ pace: Pace) -> Answer {
      var other = self
      other.pace = pace
      return other
    }

    /// A text.
    public static func text(_ text: String, status: Int = 200, headers: [String: String] = [:]) -> Answer {
      Answer(status: status, headers: headers, body: Array(text.utf8))
    }

    /// 404.
    public static let notFound = Answer(status: 404, body: Array("not found".utf8))
  }

  /// Where it listens, or listened: `http://127.0.0.1:PORT`, or `https://localhost:PORT`.
  public let url: String
  private let channel: any Channel
  private let log = NIOLockedValueBox(Log())

  /// A certificate and its key, as PEM files.
  public struct Identity: Sendable {
    let certificate: String
    let key: String

    /// An identity from its files.
    public init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// Listens on a port of a loopback address, a free one of 127.0.0.1 by default; over TLS where it has an identity, and then, if it is to, with
  /// HTTP/2 for those who want it.
  public init(
    as identity: Identity? = nil, offeringHTTP2: Bool = false, at host: String = "127.0.0.1", port: Int = 0,
    _ answer: @escaping @Sendable (Request) -> Answer
  ) async throws {
    let log = log
    let tls = try identity.map { identity in
      var configuration = try TLSConfiguration.makeServerConfiguration(
        certificateChain: NIOSSLCertificate.fromPEMFile(identity.certificate).map { .certificate($0) },
        privateKey: .privateKey(NIOSSLPrivateKey(file: identity.key, format: .pem)))
      if offeringHTTP2 { configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols }
      return try NIOSSLContext(configuration: configuration)
    }
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .childChannelInitializer { channel in
        let isReady = channel.eventLoop.makeCompletedFuture {
          guard let tls else { return }
          try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
        }
        return isReady.flatMap {
          offeringHTTP2
            ? Self.addBothVersions(to: channel, answer, log) : Self.addHTTP1(to: channel, answer, log)
        }
      }
      .bind(host: host, port: port).get()
    let port = channel.localAddress?.port ?? 0
    url = identity == nil ? "http://\(host):\(port)" : "https://localhost:\(port)"
  }

  private static func addHTTP1(
    to channel: any Channel, _ answer: @escaping @Sendable (Request) -> Answer, _ log: NIOLockedValueBox<Log>
  ) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(PieceReader(log: log))
      try channel.pipeline.syncOperations.configureHTTPServerPipeline()
      try channel.pipeline.syncOperations.addHandler(Handler(answer: answer, log: log))
    }
  }

  private static func addBothVersions(
    to channel: any Channel, _ answer: @escaping @Sendable (Request) -> Answer, _ log: NIOLockedValueBox<Log>
  ) -> EventLoopFuture<Void> {
    channel.configureAsyncHTTPServerPipeline(
      http1ConnectionInitializer: { connection in
        connection.eventLoop.makeCompletedFuture {
          try connection.pipeline.syncOperations.addHandler(Handler(answer: answer, log: log))
        }
      }, http2ConnectionInitializer: { $0.eventLoop.makeSucceededVoidFuture() },
      http2StreamInitializer: { stream in
        stream.eventLoop.makeCompletedFuture {
          try stream.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
          try stream.pipeline.syncOperations.addHandler(Handler(answer: answer, log: log, isHTTP2: true))
        }
      }
    ).map { _ in }
  }

  /// Everything it was asked so far.
  public var requests: [Request] { log.withLockedValue(\.requests) }

  /// How many requests it had to answer at the same time, when they were most.
  public var mostAtOnce: Int { log.withLockedValue(\.mostAtOnce) }

  /// How many requests came together on one connection, when they were most; one where each waited for the answer
  /// to the last.
  public var mostTogether: Int { log.withLockedValue(\.mostTogether) }

  private struct Log {
    var requests: [Request] = []
    var underWay = 0
    var mostAtOnce = 0
    var mostTogether = 0

    mutating func note(_ request: Request) {
      requests.append(request)
      underWay += 1
      mostAtOnce = max(mostAtOnce, underWay)
    }
  }

  /// Stops listening. The port is kept from others until the tests end: a cache of another test would answer in
  /// its stead.
  public func stop() async throws {
    let port = channel.localAddress?.port
    try await channel.close()
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = UInt16(port ?? 0).bigEndian
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let holder = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    // Bound and never listening: who connects is refused. Where it fails, somebody else has the port already.
    _ = withUnsafePointer(to: place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(holder, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  /// Serves the files of `directory`, but for paths that `faults` answers otherwise.
  public static func serving(
    _ directory: String, as identity: Identity? = nil,
    faults: @escaping @Sendable (Request, Answer) -> Answer = { $1 }
  ) async throws -> StubCache {
    try await StubCache(as: identity) { request in
      let file = directory + (request.path.removingPercentEncoding ?? "")
      let whole =
        FileManager.default.contents(atPath: file).map { Answer(status: 200, body: Array($0)) } ?? .notFound
      return faults(request, whole)
    }
  }

  /// Counts the requests of each piece in which bytes arrive.
  private final class PieceReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let log: NIOLockedValueBox<Log>

    init(log: NIOLockedValueBox<Log>) { self.log = log }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let count = String(buffer: unwrapInboundIn(data)).components(separatedBy: "\r\n\r\n").count - 1
      log.withLockedValue { $0.mostTogether = max($0.mostTogether, count) }
      context.fireChannelRead(data)
    }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable (Request) -> Answer
    private let log: NIOLockedValueBox<Log>
    private let isHTTP2: Bool
    private var request: Request?

    init(
      answer: @escaping @Sendable (Request) -> Answer, log: NIOLockedValueBox<Log>, isHTTP2: Bool = false
    ) {
      self.answer = answer
      self.log = log
      self.isHTTP2 = isHTTP2
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      // What waited behind an answer that closed the connection comes now, too late to be answered.
      guard context.channel.isActive else { return }
      switch unwrapInboundIn(data) {
      case .head(let head):
        let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        request = Request(method: head.method.rawValue, path: head.uri, headers: headers)
        request?.isHTTP2 = isHTTP2
        answerEarly(context)
      case .body(let buffer): request?.body += buffer.readableBytesView
      case .end:
        guard let request else { return }
        log.withLockedValue { $0.note(request) }
        let answer = answer(request)
        guard case .delayed(let milliseconds) = answer.pace else { return send(answer, to: request, context) }
        let own = NIOLoopBound(self, eventLoop: context.eventLoop)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) {
          own.value.send(answer, to: request, bound.value)
        }
      }
    }

    /// Who announces content and waits for leave to send it is refused by the head alone, as servers do.
    private func answerEarly(_ context: ChannelHandlerContext) {
      guard let asked = request, asked.headers["expect"] == "100-continue" else { return }
      let answer = answer(asked)
      guard answer.status >= 300 || answer.pace == .early else { return }
      request = nil
      log.withLockedValue { $0.underWay += 1 }
      send(answer.closing, to: asked, context)
    }

    private func send(_ answer: Answer, to request: Request, _ context: ChannelHandlerContext) {
      var headers = HTTPHeaders(answer.headers.map { ($0.key, $0.value) })
      if !headers.contains(name: "Content-Length") {
        headers.add(name: "Content-Length", value: String(answer.body.count))
      }
      if answer.pace == .closing { headers.add(name: "Connection", value: "close") }
      let head = HTTPResponseHead(
        version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
      log.withLockedValue { $0.underWay -= 1 }
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      guard request.method != "HEAD" else {
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        return
      }
      func write(_ bytes: some Collection<UInt8>) {
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
      }
      switch answer.pace {
      case .whole, .early, .delayed:
        write(answer.body)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      case .closing:
        write(answer.body)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in bound.value.close(promise: nil)
        }
      case .cut(let count):
        write(answer.body.prefix(count))
        context.close(promise: nil)
      case .stalled(let count): write(answer.body.prefix(count))
      case .trickling: trickle(answer.body[...], NIOLoopBound(context, eventLoop: context.eventLoop))
      }
    }

    private func trickle(_ rest: ArraySlice<UInt8>, _ bound: NIOLoopBound<ChannelHandlerContext>) {
      let context = bound.value
      guard let byte = rest.first, context.channel.isActive else { return }
      context.writeAndFlush(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: [byte])))), promise: nil)
      let own = NIOLoopBound(self, eventLoop: context.eventLoop)
      context.eventLoop.scheduleTask(in: .seconds(1)) { own.value.trickle(rest.dropFirst(), bound) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
