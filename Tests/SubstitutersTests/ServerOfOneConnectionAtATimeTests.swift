import NIOCore
import NixModel
import TestSupport
import Testing

@testable import Substituters

@Suite struct `A server of one connection at a time` {
  @Test(arguments: [true, false])
  func `is asked for everything, and calls nobody silent`(keeps: Bool) async throws {
    let wide = try Wide(leaves: 60)
    let cache = try OneAtATime(serving: wide.texts, keeps: keeps)
    defer { cache.stop() }
    for roots in [[wide.top], wide.leaves] {
      let forecast = try await wide.survey(of: roots, at: cache.url)
      #expect(forecast.answer == .yes, "\(forecast.lacks)")
    }
  }

  @Test func `is found by its own name, whatever the table of hosts says`() async throws {
    let wide = try Wide(leaves: 2)
    let cache = try await StubCache { wide.answer(to: $0) }
    for name in ["localhost", "LOCALHOST", "cache.localhost"] {
      let forecast = try await wide.survey(
        of: [wide.top], at: cache.url.replacing("127.0.0.1", with: name))
      #expect(forecast.answer == .yes, "\(name)")
    }
  }
}

@Suite struct `Habits of a server` {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  @Test func `show that a question waits behind a connection that is merely kept`() {
    var habits = Habits()
    habits.noteAnswer(toQuestionPutAt: start, at: start)
    habits.connectionIsProven()
    let put = start + .seconds(5)
    #expect(!habits.isStuck(put, at: put + .milliseconds(900)))
    #expect(habits.isStuck(put, at: put + .seconds(1)))
    habits.provenConnection(isBusy: true)
    #expect(!habits.isStuck(put, at: put + .seconds(1)))
    habits.provenConnection(isBusy: false)
    habits.beAskedAlone()
    #expect(habits.isAskedAlone)
    habits.noteAnswerAlone(after: .milliseconds(3))
    #expect(habits.isAskedAlone)
    habits.noteAnswerAlone(after: .seconds(2))
    #expect(!habits.isAskedAlone)
  }

  @Test func `show that it serves several, and then a late answer is merely late`() {
    var habits = Habits()
    habits.noteAnswer(toQuestionPutAt: start, at: start)
    habits.connectionIsProven()
    habits.connectionIsProven()
    #expect(habits.servesSeveral)
    #expect(!habits.isStuck(start, at: start + .seconds(9)))
    habits.beAskedAlone()
    #expect(!habits.isAskedAlone)
  }

  @Test func `of one that ends each connection show who was passed over`() {
    var habits = Habits()
    let late = start + .seconds(3)
    habits.noteAnswer(toQuestionPutAt: start, at: late)
    #expect(habits.isStuck(start + .milliseconds(400), at: late + .seconds(1)))
    #expect(!habits.isStuck(start + .seconds(2), at: late + .seconds(1)))
    #expect(!Habits().isStuck(start, at: start + .seconds(9)))
  }
}

@Suite struct `A closure without end` {
  /// A path that refers to the next, which refers to the next.
  private func chain(_ key: LabKey, _ name: String) throws -> StubCache.Answer {
    let number = Int(name.split(separator: "-").last ?? "") ?? 0
    return .text(
      try Make.narinfoText(
        try Make.path("link-\(number)"), references: [try Make.path("link-\(number + 1)")], signedBy: [key]))
  }

  @Test(arguments: [
    Surveyor.Bounds(paths: 50, inARow: 1000), Surveyor.Bounds(paths: 1000, inARow: 50),
  ])
  func `has one, and is then no answer`(bounds: Surveyor.Bounds) async throws {
    let key = LabKey("lab-1")
    let names = try Dictionary(
      uniqueKeysWithValues: (0..<2000).map {
        ("/\(try Make.path("link-\($0)").hashPart).narinfo", "link-\($0)")
      })
    let cache = try await StubCache { request in
      guard let name = names[request.path] else {
        return request.path == "/nix-cache-info" ? .text("StoreDir: /nix/store\n") : .notFound
      }
      return (try? chain(key, name)) ?? .notFound
    }
    let transport = HTTPTransport()
    let surveyor = Surveyor(
      substituters: [try SubstituterURL(parsing: cache.url)], keys: TrustedKeys([try key.trusted()]),
      bounds: bounds
    ) { transport.exchange(with: $0) }
    let top = try Make.path("link-0")
    let survey = await surveyor.survey([top], SurveyExtent(isRecursive: true, archives: .none))
    let forecast = Forecast(of: [top], from: survey, under: Policy())
    #expect((50...51).contains(survey.answers.count))
    #expect(forecast.answer == .unknown)
    #expect(forecast.lacks.map(\.kind) == [.notAsked])
    // Who asks again for the rest is told no more.
    let rest = await surveyor.survey(forecast.lacks.map(\.path))
    #expect(rest.answers.isEmpty)
    await transport.shutdown()
  }
}
