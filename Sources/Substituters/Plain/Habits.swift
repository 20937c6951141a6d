import NIOCore

/// What a server in the clear does with several connections at once, as its answers show.
///
/// Some serve one connection until it ends, and only then look at the next: `python3 -m http.server` of old and much
/// that was written for one client. On such a server a question waits behind a connection that we merely keep. A value
/// without a clock: the instants are handed in.
struct Habits {
  /// Whether it has answered on two connections that were open at once, and so serves as many as come.
  private(set) var servesSeveral = false
  /// Whether it is asked one thing at a time, each on a connection that ends with the answer.
  private(set) var isAskedAlone = false

  /// How long a question has no answer, and no other has one, before it is thought to wait for a connection's end.
  static let longestSilence = TimeAmount.seconds(1)
  /// Questions put within so much of each other were put together.
  private static let together = TimeAmount.milliseconds(500)

  /// Connections that are open and have had an answer, and those of them that wait for another.
  private var proven = 0
  private var provenAndBusy = 0
  private var lastAnswer: (put: NIODeadline, at: NIODeadline)?

  /// A question that was put at `put` is being answered.
  mutating func noteAnswer(toQuestionPutAt put: NIODeadline, at now: NIODeadline) {
    lastAnswer = (max(put, lastAnswer?.put ?? put), now)
  }

  /// A connection was answered on, to the end, for the first time.
  mutating func connectionIsProven() {
    proven += 1
    if proven > 1 {
      servesSeveral = true
      isAskedAlone = false
    }
  }

  /// One on which there were answers has ended.
  mutating func provenConnectionEnded() { proven -= 1 }

  /// One on which there were answers is asked again, or has answered everything.
  mutating func provenConnection(isBusy: Bool) { provenAndBusy += isBusy ? 1 : -1 }

  /// Whether a question that was put at `put`, on a connection without an answer as yet, waits for the end of another.
  func isStuck(_ put: NIODeadline, at now: NIODeadline) -> Bool {
    guard !servesSeveral, let lastAnswer, now - put >= Self.longestSilence,
      now - lastAnswer.at >= Self.longestSilence
    else { return false }
    return proven > 0 ? provenAndBusy == 0 : lastAnswer.put + Self.together >= put
  }

  /// A question was stuck.
  mutating func beAskedAlone() { isAskedAlone = !servesSeveral }

  /// A question that was put alone took so long. Where that is long, the server is slow, and not busy with another.
  mutating func noteAnswerAlone(after time: TimeAmount) {
    if time >= Self.longestSilence { isAskedAlone = false }
  }
}
