import NIOCore

/// How a server in the clear treats several connections at once, as its answers show.
///
/// Some servers serve one connection until it ends, and only then look at the next: older `python3 -m http.server`, and
/// many that were written for one client. There, a question waits behind a connection that we merely keep. This is a
/// value without a clock: the instants are handed in.
struct Habits {
  /// Whether it has answered on two connections that were open at once, and so serves as many as come.
  private(set) var servesSeveral = false
  /// Whether it is asked one thing at a time, each on a connection that ends with the answer.
  private(set) var isAskedAlone = false

  /// The time without any answer after which a question is thought to wait for the end of a connection.
  static let longestSilence = TimeAmount.seconds(1)
  /// Questions that were put within this time of each other count as put together.
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

  /// Notes how long a question took that was put alone. If it took long, the server is slow, and not busy with another
  /// connection.
  mutating func noteAnswerAlone(after time: TimeAmount) {
    if time >= Self.longestSilence { isAskedAlone = false }
  }
}
