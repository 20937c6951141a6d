import NIOCore
import NIOHTTP1

/// One connection in the clear, as a value: events go in, actions come out, and the instants are handed in.
///
/// Questions are asked in turns: one, or several together (RFC 9112, 9.3.2), which are answered in the order in which
/// they were asked. ``ConversationHandler`` carries the actions out.
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
    /// When it was put, for the last time where it was put again.
    var put: NIODeadline
    /// Whether its task was cancelled, and was told so. Its answer is received for the sake of those behind it.
    var isCalledOff = false
  }

  /// The actions that an event leads to, to be carried out in order.
  enum Action: Equatable {
    /// Send the request.
    case send(ticket: Int)
    /// Note that an answer began, and when its question was put.
    case noteAnswer(toQuestionPutAt: NIODeadline)
    /// Give the result to the caller. This happens once for each question.
    case tell(ticket: Int, Result<Response, ConversationError>)
    /// Ask it on another connection: this one ended with the answer to a question before it.
    case askAgain(ticket: Int)
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

  /// Questions that were asked together.
  private struct Turn {
    /// The one that is being answered.
    var question: Question
    /// Those behind it.
    var later: CircularBuffer<Question>
    var collector: ResponseCollector
    /// Whether the server keeps the connection after the answer that is coming.
    var staysOpen = false
    /// When something came last.
    var lastSign: NIODeadline

    /// Turns to the next question; `false` where there is none.
    mutating func advance() -> Bool {
      guard let next = later.popFirst() else { return false }
      question = next
      collector = ResponseCollector(next)
      staysOpen = false
      return true
    }
  }

  /// The behaviour that the server has shown on this connection.
  private enum Experience {
    case none
    case answered
    case answeredAndKept
  }

  /// How long a server may be silent in the middle of an answer.
  private static let patience = TimeAmount.seconds(10)

  private var state = State.idle
  private var experience = Experience.none

  /// Whether the server has shown that it keeps the connection, so that it may be asked several things together.
  var isProven: Bool { experience == .answeredAndKept }

  /// Asks `batch`, while nothing else is under way.
  mutating func ask(_ batch: [Question], at now: NIODeadline) -> [Action] {
    guard case .idle = state, var first = batch.first else {
      return batch.map { .tell(ticket: $0.ticket, .failure(.closed)) }
    }
    first.put = now
    let later = batch.dropFirst().map { question in
      var question = question
      question.put = now
      return question
    }
    state = .busy(
      Turn(
        question: first, later: CircularBuffer(later), collector: ResponseCollector(first), lastSign: now))
    return batch.map { .send(ticket: $0.ticket) }
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
      if case .none = experience { experience = .answered }
      turn.staysOpen = head.isKeepAlive && !turn.question.isAlone
      let note = Action.noteAnswer(toQuestionPutAt: turn.question.put)
      if case .enough = turn.collector.take(head) {
        return [note] + end(turn, .success(turn.collector.response))
      }
      state = .busy(turn)
      return [note]
    case .body(let content):
      do throws(ExchangeError) {
        if case .enough = try turn.collector.take(content) {
          return end(turn, .success(turn.collector.response))
        }
      } catch {
        return end(turn, .failure(.refused(error)))
      }
      state = .busy(turn)
      return []
    case .end:
      let response = turn.collector.response
      guard turn.staysOpen else { return end(turn, .success(response)) }
      experience = .answeredAndKept
      let told = tell(turn.question, .success(response))
      if turn.advance() {
        state = .busy(turn)
        return told
      }
      state = .idle
      return told + [.keep]
    }
  }

  /// Ends a question that takes too long.
  ///
  /// - Parameter isStuck: whether a question that was put then waits for the end of another connection.
  mutating func check(at now: NIODeadline, _ isStuck: (NIODeadline) -> Bool) -> [Action] {
    guard case .busy(let turn) = state else { return [] }
    let question = turn.question
    if experience == .none, !question.isAlone, isStuck(question.put) { return fail(.stuck) }
    if now >= question.put + question.time { return fail(.overdue(after: question.time)) }
    if now >= turn.lastSign + Self.patience { return fail(.silent) }
    return []
  }

  /// Ends the question that has `ticket`, if it is here, because its task was cancelled.
  mutating func callOff(_ ticket: Int) -> [Action] {
    guard case .busy(var turn) = state else { return [] }
    if turn.question.ticket == ticket, !turn.question.isCalledOff {
      turn.question.isCalledOff = true
    } else if let place = turn.later.firstIndex(where: { $0.ticket == ticket && !$0.isCalledOff }) {
      turn.later[place].isCalledOff = true
    } else {
      return []
    }
    let told = [Action.tell(ticket: ticket, .failure(.calledOff))]
    // The others are still to be answered on this connection.
    let areOthers = !turn.question.isCalledOff || turn.later.contains { !$0.isCalledOff }
    state = .busy(turn)
    return areOthers ? told : told + close()
  }

  /// Ends the question that is being answered, and the connection with it.
  mutating func fail(_ error: ConversationError) -> [Action] {
    guard case .busy(let turn) = state else { return close() }
    return end(turn, .failure(error))
  }

  /// Ends every question as cancelled, and the connection.
  mutating func shutDown() -> [Action] {
    guard case .busy(let turn) = state else { return close() }
    let questions = [turn.question] + turn.later
    return questions.flatMap { tell($0, .failure(.calledOff)) } + close()
  }

  /// Ends the connection, on which nothing is asked or all questions were called off.
  mutating func close() -> [Action] {
    if case .closed = state { return [] }
    state = .closed
    return [.close]
  }

  /// Answers the question, and ends the connection with it: the rest of an answer would be taken for the next answer.
  private mutating func end(_ turn: Turn, _ result: Result<Response, ConversationError>) -> [Action] {
    state = .closed
    let left = turn.later.filter { !$0.isCalledOff }.map { Action.askAgain(ticket: $0.ticket) }
    return tell(turn.question, result) + [.close] + left
  }

  private func tell(_ question: Question, _ result: Result<Response, ConversationError>) -> [Action] {
    question.isCalledOff ? [] : [.tell(ticket: question.ticket, result)]
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
