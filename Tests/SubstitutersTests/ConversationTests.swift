import NIOCore
import NIOHTTP1
import Testing

@testable import Substituters

/// Events in, actions out: no socket, and no clock.
@Suite struct `A conversation` {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  private func question(isAlone: Bool = false, limit: Int? = 100) -> Conversation.Question {
    Conversation.Question(
      ticket: 1, limit: limit, isContentExpected: true, isAlone: isAlone, time: .seconds(20), put: start)
  }

  private func head(
    _ status: HTTPResponseStatus = .ok, _ fields: HTTPHeaders = ["Content-Length": "3"]
  ) -> HTTPClientResponsePart {
    .head(HTTPResponseHead(version: .http1_1, status: status, headers: fields))
  }

  private func body(_ text: String) -> HTTPClientResponsePart { .body(ByteBuffer(string: text)) }

  private func answer(_ text: String) -> Response { Response(status: 200, body: Array(text.utf8), size: 3) }

  /// A conversation in which `question` is asked.
  private func asking(_ question: Conversation.Question) -> Conversation {
    var conversation = Conversation()
    _ = conversation.ask(question, at: start)
    return conversation
  }

  /// Gives a whole answer, and the actions that it leads to.
  private func give(_ text: String, to conversation: inout Conversation) -> [Conversation.Action] {
    [head(), body(text), .end(nil)].flatMap { conversation.receive($0, at: start) }
  }

  @Test func `asks, answers, and keeps the connection`() {
    var conversation = Conversation()
    #expect(conversation.ask(question(), at: start) == [.send])
    #expect(conversation.receive(head(), at: start) == [.noteAnswer(toQuestionPutAt: start)])
    #expect(conversation.receive(body("ab"), at: start).isEmpty)
    #expect(conversation.receive(body("c"), at: start).isEmpty)
    #expect(conversation.receive(.end(nil), at: start) == [.tell(.success(answer("abc"))), .keep])
    let later = start + .seconds(5)
    #expect(conversation.ask(question(), at: later) == [.send])
    #expect(
      give("xyz", to: &conversation) == [
        .noteAnswer(toQuestionPutAt: later), .tell(.success(answer("xyz"))), .keep,
      ])
  }

  @Test func `ends with the answer where the server says so`() {
    var conversation = asking(question())
    _ = conversation.receive(head(.ok, ["Content-Length": "3", "Connection": "close"]), at: start)
    _ = conversation.receive(body("abc"), at: start)
    #expect(conversation.receive(.end(nil), at: start) == [.tell(.success(answer("abc"))), .close])
    #expect(conversation.fail(.closed).isEmpty)
    #expect(conversation.ask(question(), at: start) == [.tell(.failure(.closed))])
  }

  @Test func `that was asked alone ends with the answer`() {
    var conversation = asking(question(isAlone: true))
    #expect(give("abc", to: &conversation).suffix(2) == [.tell(.success(answer("abc"))), .close])
  }

  @Test func `does not wait for the content of an archive that is only looked for`() {
    var conversation = asking(question(limit: nil))
    #expect(
      conversation.receive(head(.ok, ["Content-Length": "1000000"]), at: start) == [
        .noteAnswer(toQuestionPutAt: start), .tell(.success(Response(status: 200, size: 1_000_000))), .close,
      ])
    #expect(conversation.receive(body("abc"), at: start).isEmpty)
  }

  @Test func `ends where there is more content than was allowed`() {
    var conversation = asking(question(limit: 2))
    _ = conversation.receive(head(), at: start)
    #expect(
      conversation.receive(body("abc"), at: start) == [.tell(.failure(.refused(.tooLong(limit: 2)))), .close])
  }

  @Test func `ends where the server speaks without having been asked`() {
    var conversation = Conversation()
    #expect(conversation.receive(head(), at: start) == [.close])
  }

  @Test func `tells its caller once, however it ends`() {
    var conversation = asking(question())
    #expect(conversation.fail(.calledOff) == [.tell(.failure(.calledOff)), .close])
    #expect(conversation.fail(.closed).isEmpty)
    #expect(conversation.close().isEmpty)
    #expect(give("abc", to: &conversation).isEmpty)
  }

  @Test func `ends what takes too long`() {
    func failure(after time: TimeAmount, isStuck: Bool = false, hasBegun: Bool = false) -> ConversationError?
    {
      var conversation = asking(question())
      if hasBegun { _ = conversation.receive(head(), at: start + .seconds(12)) }
      guard case .tell(.failure(let error))? = conversation.check(at: start + time, { _ in isStuck }).first
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
