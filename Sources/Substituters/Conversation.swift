import NIOCore
import NIOHTTP1

/// One connection in the clear, on which one question is asked after the other.
final class Conversation: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  /// A question, and what becomes of it: told once.
  struct Question {
    let head: HTTPRequestHead
    /// How much content is wanted; `nil` for none.
    let limit: Int?
    /// How long it may take to the end of the answer, from when it was put.
    let time: TimeAmount
    let put = NIODeadline.now()
    var answer: (Result<Response, any Error>) -> Void
  }

  /// How long a server may be silent in the middle of an answer.
  private static let patience = TimeAmount.seconds(10)

  /// Told when the connection is free for the next question.
  var becameFree: (Conversation) -> Void = { _ in }
  /// Told when it is gone.
  var ended: (Conversation) -> Void = { _ in }

  private var context: ChannelHandlerContext?
  private var question: Question?
  private var collector = ResponseCollector(limit: nil)
  private var staysOpen = false
  private var lastSign = NIODeadline.distantPast

  func ask(_ question: Question) {
    guard let context, context.channel.isActive else {
      return question.answer(.failure(ConversationError.closed))
    }
    self.question = question
    collector = ResponseCollector(limit: question.limit)
    lastSign = .now()
    context.write(wrapOutboundOut(.head(question.head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  /// Ends the question that took too long, if that is so.
  func check(at now: NIODeadline) {
    guard let question else { return }
    if now >= question.put + question.time {
      end(.failure(ConversationError.overdue(after: question.time)))
    } else if now >= lastSign + Self.patience {
      end(.failure(ConversationError.silent))
    }
  }

  /// Ends the question, and the connection with it: the rest of an answer would be taken for the next.
  func end(_ result: Result<Response, any Error>) {
    conclude(result)
    context?.close(promise: nil)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard question != nil else { return context.close(promise: nil) }
    lastSign = .now()
    switch unwrapInboundIn(data) {
    case .head(let head):
      staysOpen = head.isKeepAlive
      collector.take(head)
    case .body(let content):
      do {
        if case .enough = try collector.take(content) { end(.success(collector.response)) }
      } catch {
        end(.failure(error))
      }
    case .end:
      conclude(.success(collector.response))
      if staysOpen { becameFree(self) } else { context.close(promise: nil) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { end(.failure(error)) }

  func channelInactive(context: ChannelHandlerContext) {
    conclude(.failure(ConversationError.closed))
    ended(self)
    self.context = nil
  }

  private func conclude(_ result: Result<Response, any Error>) {
    let answer = question?.answer
    question = nil
    answer?(result)
  }
}

/// What can befall a question.
enum ConversationError: Error, Equatable {
  /// The server closed the connection before the answer was whole.
  case closed
  /// It stopped in the middle of its answer.
  case silent
  /// The answer did not come, or not to its end, in time.
  case overdue(after: TimeAmount)
}
