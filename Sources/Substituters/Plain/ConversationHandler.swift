import NIOCore
import NIOHTTP1

/// Carries out the actions of a ``Conversation`` on its channel.
final class ConversationHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  /// A question with its request and its caller.
  struct Question {
    let terms: Conversation.Question
    let head: HTTPRequestHead
    /// Called once.
    let answer: (Result<Response, ConversationError>) -> Void
  }

  /// The owner of the connection.
  struct Listener {
    /// An answer began; when its question was put.
    var answered: (NIODeadline) -> Void
    /// The question was answered, and another may be asked.
    var becameFree: (ConversationHandler) -> Void
    /// The connection is gone.
    var ended: (ConversationHandler) -> Void
  }

  private let listener: Listener
  private var conversation = Conversation()
  private var context: ChannelHandlerContext?
  /// The question that is being answered.
  private var question: Question?

  init(_ listener: Listener) { self.listener = listener }

  /// Asks a question, while nothing else is under way.
  func ask(_ question: Question) {
    self.question = question
    carryOut(conversation.ask(question.terms, at: .now()))
  }

  /// Ends a question that takes too long.
  ///
  /// - Parameter isStuck: whether a question that was put then waits for the end of another connection.
  func check(at now: NIODeadline, _ isStuck: (NIODeadline) -> Bool) {
    carryOut(conversation.check(at: now, isStuck))
  }

  /// Ends the question that has `ticket`, if it is here, because its task was cancelled.
  func callOff(_ ticket: Int) {
    if question?.terms.ticket == ticket { carryOut(conversation.fail(.calledOff)) }
  }

  /// Ends the question as cancelled, if one is asked, and the connection.
  func shutDown() { carryOut(conversation.fail(.calledOff)) }

  /// Ends the connection, on which nothing is asked.
  func close() { carryOut(conversation.close()) }

  private func carryOut(_ actions: [Conversation.Action]) {
    for action in actions {
      switch action {
      case .send:
        guard let context, let question else { break }
        context.write(wrapOutboundOut(.head(question.head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      case .noteAnswer(let put): listener.answered(put)
      case .tell(let result):
        let asked = question
        question = nil
        asked?.answer(result)
      case .keep: listener.becameFree(self)
      case .close: context?.close(promise: nil)
      }
    }
  }

  // MARK: The channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    carryOut(conversation.receive(unwrapInboundIn(data), at: .now()))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    carryOut(conversation.fail(.broken(cause: HTTPTransport.cause(of: error))))
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    listener.ended(self)
    carryOut(conversation.fail(.closed))
  }
}
