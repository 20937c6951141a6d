import NIOCore
import NIOHTTP1
import Testing

@testable import Substituters

/// Events in, actions out: no socket, and no clock.
@Suite struct `A conversation` {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  private func question(_ ticket: Int, isAlone: Bool = false, limit: Int? = 100) -> Conversation.Question {
    Conversation.Question(
      ticket: ticket, limit: limit, isContentExpected: true, isAlone: isAlone, time: .seconds(20), put: start)
  }

  private func head(
    _ status: HTTPResponseStatus = .ok, _ fields: HTTPHeaders = ["Content-Length": "3"]
  ) -> HTTPClientResponsePart {
    .head(HTTPResponseHead(version: .http1_1, status: status, headers: fields))
  }

  private func body(_ text: String) -> HTTPClientResponsePart { .body(ByteBuffer(string: text)) }

  private func answer(_ text: String) -> Response { Response(status: 200, body: Array(text.utf8), size: 3) }

  /// Gives a whole answer, and the actions that it leads to.
  private func give(_ text: String, to conversation: inout Conversation) -> [Conversation.Action] {
    [head(), body(text), .end(nil)].flatMap { conversation.receive($0, at: start) }
  }

  @Test func `asks, answers, and keeps the connection`() {
    var conversation = Conversation()
    #expect(conversation.ask([question(1)], at: start) == [.send(ticket: 1)])
    #expect(!conversation.isProven)
    #expect(conversation.receive(head(), at: start) == [.noteAnswer(toQuestionPutAt: start)])
    #expect(conversation.receive(body("ab"), at: start).isEmpty)
    #expect(conversation.receive(body("c"), at: start).isEmpty)
    #expect(
      conversation.receive(.end(nil), at: start) == [.tell(ticket: 1, .success(answer("abc"))), .keep])
    #expect(conversation.isProven)
    #expect(conversation.ask([question(2)], at: start) == [.send(ticket: 2)])
    #expect(
      give("xyz", to: &conversation) == [
        .noteAnswer(toQuestionPutAt: start), .tell(ticket: 2, .success(answer("xyz"))), .keep,
      ])
  }

  @Test func `gives questions that were asked together their own answers, in order`() {
    var conversation = Conversation()
    #expect(conversation.ask([question(1), question(2)], at: start) == [.send(ticket: 1), .send(ticket: 2)])
    #expect(
      give("abc", to: &conversation) == [
        .noteAnswer(toQuestionPutAt: start), .tell(ticket: 1, .success(answer("abc"))),
      ])
    #expect(
      give("xyz", to: &conversation) == [
        .noteAnswer(toQuestionPutAt: start), .tell(ticket: 2, .success(answer("xyz"))), .keep,
      ])
  }

  @Test func `ends with the answer where the server says so, and others are asked again`() {
    var conversation = Conversation()
    _ = conversation.ask([question(1), question(2), question(3)], at: start)
    _ = conversation.callOff(3)
    _ = conversation.receive(head(.ok, ["Content-Length": "3", "Connection": "close"]), at: start)
    _ = conversation.receive(body("abc"), at: start)
    #expect(
      conversation.receive(.end(nil), at: start) == [
        .tell(ticket: 1, .success(answer("abc"))), .close, .askAgain(ticket: 2),
      ])
    #expect(conversation.fail(.closed).isEmpty)
    #expect(conversation.ask([question(4)], at: start) == [.tell(ticket: 4, .failure(.closed))])
  }

  @Test func `that was asked alone ends with the answer`() {
    var conversation = Conversation()
    _ = conversation.ask([question(1, isAlone: true)], at: start)
    #expect(give("abc", to: &conversation).suffix(2) == [.tell(ticket: 1, .success(answer("abc"))), .close])
  }

  @Test func `does not wait for the content of an archive that is only looked for`() {
    var conversation = Conversation()
    _ = conversation.ask([question(1, limit: nil)], at: start)
    #expect(
      conversation.receive(head(.ok, ["Content-Length": "1000000"]), at: start) == [
        .noteAnswer(toQuestionPutAt: start),
        .tell(ticket: 1, .success(Response(status: 200, size: 1_000_000))), .close,
      ])
    #expect(conversation.receive(body("abc"), at: start).isEmpty)
  }

  @Test func `ends where there is more content than was allowed`() {
    var conversation = Conversation()
    _ = conversation.ask([question(1, limit: 2)], at: start)
    _ = conversation.receive(head(), at: start)
    #expect(
      conversation.receive(body("abc"), at: start) == [
        .tell(ticket: 1, .failure(.refused(.tooLong(limit: 2)))), .close,
      ])
  }

  @Test func `ends where the server speaks without having been asked`() {
    var conversation = Conversation()
    #expect(conversation.receive(head(), at: start) == [.close])
  }

  @Test func `blames the question that was being answered when the connection broke, and no other`() {
    var conversation = Conversation()
    _ = conversation.ask([question(1), question(2)], at: start)
    #expect(
      conversation.fail(.closed) == [.tell(ticket: 1, .failure(.closed)), .close, .askAgain(ticket: 2)])
  }

  @Test func `tells a task that was cancelled at once, and answers the others`() {
    var conversation = Conversation()
    _ = conversation.ask([question(1), question(2)], at: start)
    #expect(conversation.callOff(1) == [.tell(ticket: 1, .failure(.calledOff))])
    #expect(conversation.callOff(1).isEmpty)
    #expect(conversation.callOff(9).isEmpty)
    #expect(give("abc", to: &conversation) == [.noteAnswer(toQuestionPutAt: start)])
    #expect(conversation.callOff(2) == [.tell(ticket: 2, .failure(.calledOff)), .close])
  }

  @Test func `tells everybody when it is shut down`() {
    var conversation = Conversation()
    _ = conversation.ask([question(1), question(2)], at: start)
    #expect(
      conversation.shutDown() == [
        .tell(ticket: 1, .failure(.calledOff)), .tell(ticket: 2, .failure(.calledOff)), .close,
      ])
    #expect(conversation.shutDown().isEmpty)
    #expect(conversation.close().isEmpty)
  }

  @Test func `ends what takes too long`() {
    func failure(after time: TimeAmount, isStuck: Bool = false, hasBegun: Bool = false) -> ConversationError?
    {
      var conversation = Conversation()
      _ = conversation.ask([question(1)], at: start)
      if hasBegun { _ = conversation.receive(head(), at: start + .seconds(12)) }
      guard case .tell(1, .failure(let error))? = conversation.check(at: start + time, { _ in isStuck }).first
      else { return nil }
      return error
    }
    #expect(failure(after: .seconds(9)) == nil)
    #expect(failure(after: .seconds(10)) == .silent)
    #expect(failure(after: .seconds(19), hasBegun: true) == nil)
    #expect(failure(after: .seconds(20), hasBegun: true) == .overdue(after: .seconds(20)))
    #expect(failure(after: .seconds(2), isStuck: true) == .stuck)
    // An answer has begun: the server looks at this connection.
    #expect(failure(after: .seconds(13), isStuck: true, hasBegun: true) == nil)
  }
}
