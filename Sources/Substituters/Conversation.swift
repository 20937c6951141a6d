import NIOCore
import NIOHTTP1

/// One connection in the clear, on which questions are asked in turns: one, or several together (RFC 9112, 9.3.2),
/// which are answered in the order in which they were asked.
final class Conversation: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  /// A question, and what becomes of it: told once.
  struct Question {
    let ticket: Int
    let head: HTTPRequestHead
    /// How much content is wanted; `nil` for none.
    let limit: Int?
    /// Whether it is put alone, while nothing else is asked of the server.
    let isAlone: Bool
    /// How long it may take to the end of the answer, from when it was put.
    let time: TimeAmount
    /// When it was put, for the last time where it was put again.
    var put = NIODeadline.now()
    /// `nil` once it was called off, and told so.
    var answer: ((Result<Response, any Error>) -> Void)?
  }

  /// What its owner is told.
  struct Listener {
    /// An answer began; when its question was put.
    var answered: (NIODeadline) -> Void
    /// Every question was answered, and further ones may be asked.
    var becameFree: (Conversation) -> Void
    /// The connection is gone, and these questions got no answer, nor the blame for it.
    var ended: (Conversation, [Question]) -> Void
  }

  /// How long a server may be silent in the middle of an answer.
  private static let patience = TimeAmount.seconds(10)

  /// Whether the server has shown that it keeps the connection, so that it may be asked several things together.
  private(set) var isProven = false
  /// Whether an answer has begun on it.
  private var hasAnswered = false

  private let listener: Listener
  private var context: ChannelHandlerContext?
  /// Those that are not answered to the end; the first is being answered.
  private var questions = CircularBuffer<Question>()
  private var collector = ResponseCollector(limit: nil)
  private var staysOpen = false
  private var lastSign = NIODeadline.distantPast
  /// Whether the connection is closed by us, so that nobody is to blame.
  private var isClosing = false

  init(_ listener: Listener) { self.listener = listener }

  /// Asks `batch`, while nothing else is under way.
  func ask(_ batch: some Collection<Question>) {
    guard let context, context.channel.isActive, let first = batch.first else {
      for question in batch { question.answer?(.failure(ConversationError.closed)) }
      return
    }
    lastSign = .now()
    collector = ResponseCollector(first)
    for var question in batch {
      question.put = lastSign
      questions.append(question)
      context.write(wrapOutboundOut(.head(question.head)), promise: nil)
      context.write(wrapOutboundOut(.end(nil)), promise: nil)
    }
    context.flush()
  }

  /// Ends what takes too long, if that is so.
  ///
  /// - Parameter isStuck: whether a question that was put then waits for the end of another connection.
  func check(at now: NIODeadline, _ isStuck: (NIODeadline) -> Bool) {
    guard let question = questions.first else { return }
    if !hasAnswered, !question.isAlone, isStuck(question.put) {
      return end(.failure(ConversationError.stuck))
    }
    if now >= question.put + question.time {
      end(.failure(ConversationError.overdue(after: question.time)))
    } else if now >= lastSign + Self.patience {
      end(.failure(ConversationError.silent))
    }
  }

  /// Answers the question that has `ticket`, if it is here, as called off.
  func callOff(_ ticket: Int) {
    guard let place = questions.firstIndex(where: { $0.ticket == ticket }) else { return }
    questions[place].answer?(.failure(CancellationError()))
    questions[place].answer = nil
    // The others are still to be answered on this connection.
    if questions.allSatisfy({ $0.answer == nil }) { close() }
  }

  /// Answers the first question, and ends the connection with it: the rest of an answer would be taken for the next.
  func end(_ result: Result<Response, any Error>) {
    conclude(result)
    close()
  }

  /// Answers everything as called off, and ends the connection.
  func shutDown() {
    while !questions.isEmpty { conclude(.failure(CancellationError())) }
    close()
  }

  /// Ends the connection.
  func close() {
    isClosing = true
    context?.close(promise: nil)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing else { return }
    guard let question = questions.first else { return close() }
    lastSign = .now()
    switch unwrapInboundIn(data) {
    case .head(let head):
      listener.answered(question.put)
      hasAnswered = true
      staysOpen = head.isKeepAlive && !question.isAlone
      if case .enough = collector.take(head) { end(.success(collector.response)) }
    case .body(let content):
      do {
        if case .enough = try collector.take(content) { end(.success(collector.response)) }
      } catch {
        end(.failure(error))
      }
    case .end:
      guard staysOpen else { return end(.success(collector.response)) }
      conclude(.success(collector.response))
      isProven = true
      if questions.isEmpty { listener.becameFree(self) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { end(.failure(error)) }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    if !isClosing { conclude(.failure(ConversationError.closed)) }
    let left = Array(questions)
    questions.removeAll()
    listener.ended(self, left)
  }

  private func conclude(_ result: Result<Response, any Error>) {
    guard let question = questions.popFirst() else { return }
    if let next = questions.first { collector = ResponseCollector(next) }
    question.answer?(result)
  }
}

extension ResponseCollector {
  /// For the answer to a question.
  fileprivate init(_ question: Conversation.Question) {
    self.init(limit: question.limit, isContentExpected: question.head.method != .HEAD)
  }
}

/// What can befall a question.
enum ConversationError: Error, Equatable {
  /// The server closed the connection before the answer was whole.
  case closed
  /// It was never looked at: the server looks at one connection at a time.
  case stuck
  /// It stopped in the middle of its answer.
  case silent
  /// The answer did not come, or not to its end, in time.
  case overdue(after: TimeAmount)
}
