import Foundation
import NixModel
import Testing

@testable import Building

/// The states of a build.
@Suite struct `The record of a build` {
  static let start = BuildStart(
    id: Sample.id, started: Sample.now, program: "warmth test",
    runner: Runner(host: "here", pod: nil, processID: 1, processStart: 1, bootID: "x"), occasion: nil,
    order: BuildOrder(
      provider: "vultr", region: "fra", plan: "p", hourlyPrice: 142_858, deadline: 4 * 3600, source: nil,
      targets: ["x"], destination: "ssh-ng://store"), expires: Sample.now.addingTimeInterval(4 * 3600),
    identity: BuilderIdentity(
      hostKey: "k", signingKey: nil, uploadKey: nil, bootstrap: "b", hasPublicLogs: false))

  static let end = BuildEnd(exit: 0, reason: "built", message: "built", outputs: [], isUploaded: true)

  /// Every event.
  static let facts: [BuildEvent.Fact] = [
    .asked, .refused("no"), .created(server: "1"), .addressed("192.0.2.1"), .reached(.building), .ended(end),
    .deleting(.ended), .gone, .proved(run: RunID("x"), .warm),
    .served(BuildReceipt(cache: "https://cache.example", paths: 2, served: 1)),
  ]

  /// Ways to come into each state, and the events that can happen there.
  @Test(arguments: [
    ([], ["asked", "refused"]),
    ([0], ["created", "deleting", "gone", "refused"]),
    ([0, 2], ["addressed", "building", "created", "deleting", "ended", "gone", "proved", "served"]),
    ([0, 2, 5], ["addressed", "created", "deleting", "gone", "proved", "served"]),
    ([0, 2, 6], ["deleting", "gone", "proved", "served"]),
    ([0, 2, 6, 7], ["proved", "served"]), ([1], ["proved", "served"]),
  ]) func `goes through its states in order`(before: [Int], allowed: [String]) throws {
    let record = try BuildRecord(
      start: Self.start, events: before.map { BuildEvent(at: Sample.now, Self.facts[$0]) })
    let possible = Self.facts.filter { fact in
      var next = record
      return (try? next.add(BuildEvent(at: Sample.now, fact))) != nil
    }
    #expect(possible.map(\.name).sorted() == allowed)
  }

  /// Whatever happens in whatever order: a machine that may exist is never forgotten.
  @Test func `never loses sight of a machine`() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var record = try BuildRecord(start: Self.start)
      var mayExist = false
      for _ in 0..<12 {
        let fact = Self.facts[Int.random(in: 0..<Self.facts.count, using: &generator)]
        guard (try? record.add(BuildEvent(at: Sample.now, fact))) != nil else { continue }
        switch fact {
        case .asked: mayExist = true
        case .refused, .gone: mayExist = false
        case .created, .addressed, .reached, .ended, .deleting, .served, .proved: break
        }
        #expect(record.state.mayHaveMachine == mayExist)
      }
    }
  }

  @Test(arguments: [(0, 142_858), (1, 142_858), (3600, 142_858), (3601, 285_716), (4 * 3600, 571_432)])
  func `counts hours whole`(seconds: Int, cost: UInt64) throws {
    let record = try BuildRecord(
      start: Self.start,
      events: [
        BuildEvent(at: Sample.now, .asked),
        BuildEvent(at: Sample.now.addingTimeInterval(Double(seconds)), .gone),
      ])
    #expect(record.cost(until: .distantFuture) == Price(seconds == 0 ? 0 : cost))
  }

  @Test(
    arguments: [("3", 3_000_000), ("0.25", 250_000), ("0", 0), ("1000000", 1_000_000_000_000)]
      as [(String, UInt64)])
  func `reads an amount of money`(text: String, millionths: UInt64) {
    #expect(Price(parsing: text)?.millionths == millionths)
  }

  @Test(arguments: ["", "-1", "1e9", "1 000", "three", "1000001", "nan", "0x10", "1.2.3", "$3"])
  func `reads no other amount`(text: String) { #expect(Price(parsing: text) == nil) }

  @Test func `prices no deadline beyond what can be counted`() {
    #expect(Price.most(hourly: .max, deadline: 7200) == .max)
    #expect(Price.most(hourly: 1, deadline: -5) == 0)
  }
}
