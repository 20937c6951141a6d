import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

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
  }

  /// What it answers.
  public struct Answer: Sendable {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]
    /// How many bytes of the body are really sent before the connection is closed; `nil` for all.
    var cutAfter: Int?

    /// A whole answer.
    public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
      self.status = status
      self.headers = headers
      self.body = body
    }

    /// The same answer, promised whole and cut off after `count` bytes.
    public func cut(after count: Int) -> Answer {
      var other = self
      other.cutAfter = count
      return other
    }

    /// 404.
    public static let notFound = Answer(status: 404, body: Array("not found".utf8))
  }

  /// Where it listens, or listened: `http://127.0.0.1:PORT`.
  public let url: String
  private let channel: any Channel
  private let log = NIOLockedValueBox<[Request]>([])

  /// Listens on a free port of 127.0.0.1.
  public init(_ answer: @escaping @Sendable (Request) -> Answer) async throws {
    let log = log
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler(answer: answer, log: log))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
  }

  /// Everything it was asked so far.
  public var requests: [Request] { log.withLockedValue { $0 } }

  /// Stops listening.
  public func stop() async throws { try await channel.close() }

  /// Serves the files of `directory`, but for paths that `faults` answers otherwise.
  public static func serving(
    _ directory: String, faults: @escaping @Sendable (Request, Answer) -> Answer = { $1 }
  ) async throws -> StubCache {
    try await StubCache { request in
      let file = directory + (request.path.removingPercentEncoding ?? "")
      let whole =
        FileManager.default.contents(atPath: file).map { Answer(status: 200, body: Array($0)) } ?? .notFound
      return faults(request, whole)
    }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable (Request) -> Answer
    private let log: NIOLockedValueBox<[Request]>
    private var request: Request?

    init(answer: @escaping @Sendable (Request) -> Answer, log: NIOLockedValueBox<[Request]>) {
      self.answer = answer
      self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        request = Request(method: head.method.rawValue, path: head.uri, headers: headers)
      case .body: break
      case .end:
        guard let request else { return }
        log.withLockedValue { $0.append(request) }
        send(answer(request), to: request, context)
      }
    }

    private func send(_ answer: Answer, to request: Request, _ context: ChannelHandlerContext) {
      var headers = HTTPHeaders(answer.headers.map { ($0.key, $0.value) })
      if !headers.contains(name: "Content-Length") {
        headers.add(name: "Content-Length", value: String(answer.body.count))
      }
      let head = HTTPResponseHead(
        version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      if request.method != "HEAD" {
        let body = ByteBuffer(bytes: answer.body.prefix(answer.cutAfter ?? answer.body.count))
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        if answer.cutAfter != nil {
          context.flush()
          context.close(promise: nil)
          return
        }
      }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
