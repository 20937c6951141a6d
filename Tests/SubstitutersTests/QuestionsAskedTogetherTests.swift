import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NixModel
import TestSupport
import Testing

@testable import Substituters

@Suite struct `Questions asked together` {
  /// For which every server is prompt, however busy the machine is.
  private func transport() -> HTTPTransport { HTTPTransport(promptness: Promptness(within: .hours(1))) }

  @Test func `of a prompt server are up to four on a connection`() async throws {
    let wide = try Wide(leaves: 600)
    let cache = try await StubCache { wide.answer(to: $0) }
    let forecast = try await wide.survey(cache, through: transport())
    #expect(forecast.available == 601)
    #expect((2...4).contains(cache.mostTogether))
    #expect(cache.requests.count == 602)
    #expect(cache.mostAtOnce <= HTTPTransport.defaultConcurrency)
  }

  @Test func `are none of a server that takes its time`() async throws {
    let wide = try Wide(leaves: 200)
    let cache = try await StubCache { wide.answer(to: $0).delayed(byMilliseconds: 20) }
    let forecast = try await wide.survey(cache)
    #expect(forecast.available == 201)
    #expect(cache.mostTogether == 1)
  }

  @Test func `get each their own answer, whether it is there or not`() async throws {
    let wide = try Wide(leaves: 600)
    let absent = Set(wide.leaves.enumerated().filter { $0.offset % 3 == 1 }.map(\.element))
    let addresses = Set(absent.map { "/\($0.hashPart).narinfo" })
    let cache = try await StubCache { request in
      // Empty ones too: nothing separates an answer without content from the next.
      addresses.contains(request.path)
        ? .init(status: 404, body: request.path.hasPrefix("/0") ? [] : Array("no".utf8))
        : wide.answer(to: request)
    }
    let forecast = try await wide.survey(cache, through: transport())
    #expect(cache.mostTogether > 1)
    #expect(forecast.available == 401)
    #expect(Set(forecast.lacks.map(\.path)) == absent)
    #expect(forecast.lacks.allSatisfy { $0.kind == .missing })
  }

  @Test func `are asked again where the server closed the connection after another`() async throws {
    let wide = try Wide(leaves: 600)
    let count = NIOLockedValueBox(0)
    let cache = try await StubCache { request in
      let isLast = count.withLockedValue { count in
        count += 1
        return count % 5 == 0
      }
      return isLast ? wide.answer(to: request).closing : wide.answer(to: request)
    }
    let forecast = try await wide.survey(cache, through: transport())
    #expect(cache.mostTogether > 1)
    #expect(forecast.available == 601)
  }

  @Test func `are asked one by one where each connection serves for one answer`() async throws {
    let wide = try Wide(leaves: 200)
    let cache = try await StubCache { wide.answer(to: $0).closing }
    let forecast = try await wide.survey(cache, through: transport())
    #expect(cache.mostTogether == 1)
    #expect(cache.requests.count == 202)
    #expect(forecast.available == 201)
  }

  @Test(arguments: [0, 40])
  func `are asked again where the server broke off in another`(bytes: Int) async throws {
    let wide = try Wide(leaves: 600)
    let broken = NIOLockedValueBox(Set(wide.leaves.prefix(20).map { "/\($0.hashPart).narinfo" }))
    let cache = try await StubCache { request in
      broken.withLockedValue { $0.remove(request.path) } == nil
        ? wide.answer(to: request) : wide.answer(to: request).cut(after: bytes)
    }
    let forecast = try await wide.survey(cache, through: transport())
    #expect(cache.mostTogether > 1)
    #expect(forecast.available == 601)
  }

  @Test func `wait for a slow answer before them`() async throws {
    let wide = try Wide(leaves: 300)
    let slow = Set(wide.leaves.prefix(5).map { "/\($0.hashPart).narinfo" })
    let cache = try await StubCache { request in
      slow.contains(request.path)
        ? wide.answer(to: request).delayed(byMilliseconds: 300) : wide.answer(to: request)
    }
    let forecast = try await wide.survey(cache, through: transport())
    #expect(cache.mostTogether > 1)
    #expect(forecast.available == 301)
  }

  @Test func `end at once when the survey is called off`() async throws {
    let wide = try Wide(leaves: 600)
    let served = NIOLockedValueBox(0)
    let cache = try await StubCache { request in
      let count = served.withLockedValue { count in
        count += 1
        return count
      }
      return count < 300 ? wide.answer(to: request) : wide.answer(to: request).stalled(after: 0)
    }
    let survey = Task { try await wide.survey(cache, through: transport()) }
    while served.withLockedValue({ $0 }) < 300 { try await Task.sleep(for: .milliseconds(5)) }
    let began = ContinuousClock.now
    survey.cancel()
    let forecast = try await survey.value
    #expect(cache.mostTogether > 1)
    #expect(forecast.available < 601)
    // One who is not called off waits for a server that stalls three times, 10 seconds each.
    #expect(ContinuousClock.now - began < .seconds(25))
  }
}

@Suite struct `A server's promptness` {
  @Test func `is seen by an answer, and lost after 64 later ones`() {
    var promptness = Promptness(within: .milliseconds(2))
    #expect(!promptness.isPrompt)
    promptness.note(.milliseconds(3))
    #expect(!promptness.isPrompt)
    promptness.note(.milliseconds(2))
    for _ in 0..<63 { promptness.note(.milliseconds(20)) }
    #expect(promptness.isPrompt)
    promptness.note(.milliseconds(20))
    #expect(!promptness.isPrompt)
    promptness.note(.milliseconds(1))
    #expect(promptness.isPrompt)
  }
}
