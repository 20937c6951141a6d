import NIOCore
import NIOHTTP1

/// One connection in the clear, as a value: events go in, actions come out, and the instants are handed in.
///
/// One question is asked at a time. ``ConversationHandler`` carries the actions out.
struct Conversation {
  /// The terms on which a question is asked.
  struct Question: Equatable {
    /// Its number, by which the caller knows it.
    let ticket: Int
    /// How many bytes of content are wanted; `nil` for none.
    let limit: Int?
    /// Whether an answer has content: to `HEAD` it has none.
    let isContentExpected: Bool
    /// Whether nothing else is asked of the server meanwhile, and the connection ends with the answer.
    let isAlone: Bool
    /// How long it may take to the end of the answer, from when it was put.
    let time: TimeAmount
    /// When it was put.
    var put: NIODeadline
  }

  /// The actions that an event leads to, to be carried out in order.
  enum Action: Equatable {
    /// Send the request.
    case send
    /// Note that an answer began, and when its question was put.
    case noteAnswer(toQuestionPutAt: NIODeadline)
    /// Give the result to the caller. This happens once for each question.
    case tell(Result<Response, ConversationError>)
    /// Keep the connection for further questions.
    case keep
    /// Close the connection.
    case close
  }

  private enum State {
    /// Nothing is asked.
    case idle
    case busy(Turn)
    /// The connection is gone, or we are closing it.
    case closed
  }

  /// A question that is being answered.
  private struct Turn {
    let question: Question
    var collector: ResponseCollector
    /// Whether the server keeps the connection after the answer.
    var staysOpen = false
    /// When something came last.
    var lastSign: NIODeadline
  }

  /// How long a server may be silent in the middle of an answer.
  private static let patience = TimeAmount.seconds(10)

  private var state = State.idle
  /// Whether an answer has begun on the connection.
  private var hasAnswered = false

  /// Asks a question, while nothing else is under way.
  mutating func ask(_ question: Question, at now: NIODeadline) -> [Action] {
    guard case .idle = state else { return [.tell(.failure(.closed))] }
    var question = question
    question.put = now
    state = .busy(Turn(question: question, collector: ResponseCollector(question), lastSign: now))
    return [.send]
  }

  /// Takes a part of an answer.
  mutating func receive(_ part: HTTPClientResponsePart, at now: NIODeadline) -> [Action] {
    guard case .busy(var turn) = state else {
      // The server speaks without having been asked.
      if case .idle = state { return close() }
      return []
    }
    // Otherwise the content that came so far would be there twice, and be copied for each part.
    state = .closed
    turn.lastSign = now
    switch part {
    case .head(let head):
      hasAnswered = true
      turn.staysOpen = head.isKeepAlive && !turn.question.isAlone
      let note = Action.noteAnswer(toQuestionPutAt: turn.question.put)
      if case .enough = turn.collector.take(head) {
        return [note] + end(.success(turn.collector.response))
      }
      state = .busy(turn)
      return [note]
    case .body(let content):
      do throws(ExchangeError) {
        if case .enough = try turn.collector.take(content) {
          return end(.success(turn.collector.response))
        }
      } catch {
        return end(.failure(.refused(error)))
      }
      state = .busy(turn)
      return []
    case .end:
      let result = Result<Response, ConversationError>.success(turn.collector.response)
      guard turn.staysOpen else { return end(result) }
      state = .idle
      return [.tell(result), .keep]
    }
  }

  /// Ends a question that takes too long.
  ///
  /// - Parameter isStuck: whether a question that was put then waits for the end of another connection.
  mutating func check(at now: NIODeadline, _ isStuck: (NIODeadline) -> Bool) -> [Action] {
    guard case .busy(let turn) = state else { return [] }
    let question = turn.question
    if !hasAnswered, !question.isAlone, isStuck(question.put) { return fail(.stuck) }
    if now >= question.put + question.time { return fail(.overdue(after: question.time)) }
    if now >= turn.lastSign + Self.patience { return fail(.silent) }
    return []
  }

  /// Ends the question, and the connection with it.
  mutating func fail(_ error: ConversationError) -> [Action] {
    guard case .busy = state else { return close() }
    return end(.failure(error))
  }

  /// Ends the connection, on which nothing is asked.
  mutating func close() -> [Action] {
    if case .closed = state { return [] }
    state = .closed
    return [.close]
  }

  /// Answers the question, and ends the connection with it: the rest of an answer would be taken for the next answer.
  private mutating func end(_ result: Result<Response, ConversationError>) -> [Action] {
    state = .closed
    return [.tell(result), .close]
  }
}

extension ResponseCollector {
  /// For the answer to a question.
  fileprivate init(_ question: Conversation.Question) {
    self.init(limit: question.limit, isContentExpected: question.isContentExpected)
  }
}

/// Why a question has no answer.
enum ConversationError: Error, Equatable {
  /// The server closed the connection before the answer was whole.
  case closed
  /// The server never looked at the question, because it looks at one connection at a time.
  case stuck
  /// The server stopped in the middle of its answer.
  case silent
  /// The answer did not come, or not to its end, in time.
  case overdue(after: TimeAmount)
  /// We take no such answer: it is too long.
  case refused(ExchangeError)
  /// The connection could not be made, or broke; the cause, for a person.
  case broken(cause: String)
  /// The task that asked was cancelled.
  case calledOff
}
