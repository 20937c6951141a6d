import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A ``ResponseCollector`` for the client library.
final class Collector: HTTPClientResponseDelegate {
  /// The answer, where the rest of its content is not worth waiting for.
  struct Enough: Error { let response: Response }

  // The client calls a delegate from one event loop, one call after the other.
  nonisolated(unsafe) private var collector: ResponseCollector

  init(limit: Int?, isContentExpected: Bool, wantsRefusals: Bool = false) {
    collector = ResponseCollector(
      limit: limit, isContentExpected: isContentExpected, wantsRefusals: wantsRefusals)
  }

  func didReceiveHead(
    task: HTTPClient.Task<Response>, _ head: HTTPResponseHead
  ) -> EventLoopFuture<Void> {
    switch collector.take(head) {
    case .goOn: task.eventLoop.makeSucceededVoidFuture()
    case .enough: task.eventLoop.makeFailedFuture(Enough(response: collector.response))
    }
  }

  func didReceiveBodyPart(
    task: HTTPClient.Task<Response>, _ buffer: ByteBuffer
  ) -> EventLoopFuture<Void> {
    do {
      switch try collector.take(buffer) {
      case .goOn: return task.eventLoop.makeSucceededVoidFuture()
      case .enough: return task.eventLoop.makeFailedFuture(Enough(response: collector.response))
      }
    } catch {
      return task.eventLoop.makeFailedFuture(error)
    }
  }

  func didFinishRequest(task: HTTPClient.Task<Response>) throws -> Response { collector.response }
}
