import Foundation
import NIOConcurrencyHelpers
import NixModel
import TestSupport
import Testing

@testable import Substituters

@Suite struct `Connections in the clear` {
  @Test func `are kept, and asked one question at a time`() async throws {
    let wide = try Wide(leaves: 600)
    let cache = try await StubCache { wide.answer(to: $0) }
    let forecast = try await wide.survey(cache)
    #expect(forecast.available == 601)
    #expect(cache.mostTogether == 1)
    #expect(cache.requests.count == 602)
    #expect(cache.mostAtOnce <= HTTPTransport.defaultConcurrency)
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
    let forecast = try await wide.survey(cache)
    #expect(forecast.available == 401)
    #expect(Set(forecast.lacks.map(\.path)) == absent)
    #expect(forecast.lacks.allSatisfy { $0.kind == .missing })
  }

  @Test func `may serve for one answer each`() async throws {
    let wide = try Wide(leaves: 200)
    let cache = try await StubCache { wide.answer(to: $0).closing }
    let forecast = try await wide.survey(cache)
    #expect(cache.requests.count == 202)
    #expect(forecast.available == 201)
  }

  @Test(arguments: [0, 40])
  func `may break off in an answer, which is asked for again`(bytes: Int) async throws {
    let wide = try Wide(leaves: 600)
    let broken = NIOLockedValueBox(Set(wide.leaves.prefix(20).map { "/\($0.hashPart).narinfo" }))
    let cache = try await StubCache { request in
      broken.withLockedValue { $0.remove(request.path) } == nil
        ? wide.answer(to: request) : wide.answer(to: request).cut(after: bytes)
    }
    let forecast = try await wide.survey(cache)
    #expect(forecast.available == 601)
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
    let survey = Task { try await wide.survey(cache) }
    while served.withLockedValue({ $0 }) < 300 { try await Task.sleep(for: .milliseconds(5)) }
    let began = ContinuousClock.now
    survey.cancel()
    let forecast = try await survey.value
    #expect(forecast.available < 601)
    // One who is not called off waits for a server that stalls three times, 10 seconds each.
    #expect(ContinuousClock.now - began < .seconds(25))
  }
}
