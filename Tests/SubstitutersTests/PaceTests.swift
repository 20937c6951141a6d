import Testing

@testable import Substituters

@Suite struct `A pace` {
  /// Sends `count` requests, all of which are answered after `latency`.
  private func answer(_ count: Int, after latency: Duration, _ pace: inout Pace) {
    for _ in 0..<count { pace.answered(pace.send(), after: latency) }
  }

  @Test func `begins with a few, adds one for each answer, and stops at the limit`() {
    var pace = Pace(limit: 32)
    #expect(pace.room == 4)
    answer(4, after: .milliseconds(20), &pace)
    #expect(pace.room == 8)
    answer(1000, after: .milliseconds(20), &pace)
    #expect(pace.room == 32)
    #expect(Pace(limit: 2).room == 2)
  }

  @Test func `halves once, however many requests of a round are refused`() {
    var pace = Pace(limit: 64)
    answer(100, after: .milliseconds(20), &pace)
    let round = (0..<64).map { _ in pace.send() }
    for ticket in round { pace.refused(ticket, at: .seconds(1), wish: nil) }
    #expect(pace.room == 32)
    #expect(pace.resumption == .seconds(1) + .milliseconds(50))
    // From here on it grows by one a round and not by one an answer.
    answer(32, after: .milliseconds(20), &pace)
    #expect((32...33).contains(pace.room))
  }

  @Test func `rests twice as long each time, and shortly again after an answer`() {
    var pace = Pace(limit: 64)
    var rests: [Duration] = []
    for _ in 0..<8 {
      let now = pace.resumption
      pace.refused(pace.send(), at: now, wish: nil)
      rests.append(pace.resumption - now)
    }
    #expect(rests == [50, 100, 200, 400, 800, 1600, 2000, 2000].map { .milliseconds($0) })
    #expect(pace.room == 1)
    answer(1, after: .milliseconds(20), &pace)
    let now = pace.resumption
    pace.refused(pace.send(), at: now, wish: nil)
    #expect(pace.resumption - now == .milliseconds(50))
  }

  @Test func `rests as long as the server asks for, within reason`() {
    var pace = Pace(limit: 64)
    pace.refused(pace.send(), at: .zero, wish: .seconds(3))
    #expect(pace.resumption == .seconds(3))
    pace.refused(pace.send(), at: .seconds(3), wish: .seconds(3600))
    #expect(pace.resumption == .seconds(8))
  }

  /// A server that answers so many at the same speed, and the others after them.
  private func settled(limit: Int, bearing capacity: Int, latency: Duration) -> Pace {
    var pace = Pace(limit: limit)
    for _ in 0..<400 {
      let room = pace.room
      answer(room, after: latency * max(1, Double(room) / Double(capacity)), &pace)
    }
    return pace
  }

  @Test func `does not ask a server so much that it slows down`() {
    let pace = settled(limit: 128, bearing: 8, latency: .milliseconds(50))
    #expect((8...48).contains(pace.room))
  }

  @Test(arguments: [1, 20, 300, 900])
  func `asks a distant server for as much as a near one`(milliseconds: Int) {
    #expect(settled(limit: 128, bearing: 1000, latency: .milliseconds(milliseconds)).room == 128)
  }

  @Test func `gets used to a server that has become slow for good`() {
    var pace = settled(limit: 64, bearing: 1000, latency: .milliseconds(10))
    answer(64, after: .seconds(1), &pace)
    #expect(pace.room < 64)
    answer(20_000, after: .seconds(1), &pace)
    #expect(pace.room == 64)
  }
}
