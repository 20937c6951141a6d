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
    /// Every question was answered, and further ones may be asked.
    var becameFree: (ConversationHandler) -> Void
    /// This question must be asked on another connection.
    var left: (Question) -> Void
    /// The connection is gone.
    var ended: (ConversationHandler) -> Void
  }

  private let listener: Listener
  private var conversation = Conversation()
  private var context: ChannelHandlerContext?
  private var questions: [Int: Question] = [:]

  init(_ listener: Listener) { self.listener = listener }

  /// Whether it may be asked several things together.
  var isProven: Bool { conversation.isProven }

  /// Asks `batch`, while nothing else is under way.
  func ask(_ batch: [Question]) {
    for question in batch { questions[question.terms.ticket] = question }
    carryOut(conversation.ask(batch.map(\.terms), at: .now()))
    context?.flush()
  }

  /// Ends a question that takes too long.
  ///
  /// - Parameter isStuck: whether a question that was put then waits for the end of another connection.
  func check(at now: NIODeadline, _ isStuck: (NIODeadline) -> Bool) {
    carryOut(conversation.check(at: now, isStuck))
  }

  /// Ends the question that has `ticket`, if it is here, because its task was cancelled.
  func callOff(_ ticket: Int) { carryOut(conversation.callOff(ticket)) }

  /// Ends every question as cancelled, and the connection.
  func shutDown() { carryOut(conversation.shutDown()) }

  /// Ends the connection, on which nothing is asked.
  func close() { carryOut(conversation.close()) }

  private func carryOut(_ actions: [Conversation.Action]) {
    for action in actions {
      switch action {
      case .send(let ticket):
        guard let context, let question = questions[ticket] else { break }
        context.write(wrapOutboundOut(.head(question.head)), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
      case .noteAnswer(let put): listener.answered(put)
      case .tell(let ticket, let result): questions.removeValue(forKey: ticket)?.answer(result)
      case .askAgain(let ticket):
        if let question = questions.removeValue(forKey: ticket) { listener.left(question) }
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
    // First, so that no question is asked again on this connection.
    listener.ended(self)
    carryOut(conversation.fail(.closed))
  }
}
