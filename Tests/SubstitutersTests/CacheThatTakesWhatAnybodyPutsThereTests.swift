import Foundation
import NixModel
import TestSupport
import Testing

@testable import Substituters

@Suite struct `A cache that takes what anybody puts there` {
  private func isTaken(by cache: StubCache) async throws -> Bool {
    let transport = HTTPTransport()
    let answer = await transport.takesAnonymousPut(try SubstituterURL(parsing: "\(cache.url)/main"))
    await transport.shutdown()
    return answer
  }

  @Test(arguments: [412, 409, 201, 204, 200]) func `says so by the head alone`(status: Int) async throws {
    let cache = try await StubCache { _ in StubCache.Answer(status: status).early }
    #expect(try await isTaken(by: cache))
    // Nothing was ever put as a whole.
    #expect(!cache.requests.contains { $0.method == "PUT" })
  }

  @Test func `is none that has a page for everything`() async throws {
    let cache = try await StubCache { _ in .text("<html>Log in</html>") }
    #expect(try await !isTaken(by: cache))
  }

  @Test func `says so to a whole request where it waits for the content`() async throws {
    let cache = try await StubCache { _ in StubCache.Answer(status: 201) }
    #expect(try await isTaken(by: cache))
    let puts = cache.requests.filter { $0.method == "PUT" }
    let request = try #require(puts.first)
    #expect(puts.count == 1 && request.body.isEmpty)
    #expect(request.path.hasPrefix("/main/nix-cache-info/"))
    #expect(request.headers["if-match"] != nil && request.headers["authorization"] == nil)
  }

  @Test(arguments: [401, 403, 404, 405, 400, 301, 307, 411, 417, 500, 501, 503])
  func `is none that refuses`(status: Int) async throws {
    let cache = try await StubCache { _ in
      StubCache.Answer(status: status, headers: ["Location": "http://127.0.0.1:1/"])
    }
    #expect(try await !isTaken(by: cache))
    #expect(cache.requests.isEmpty)
  }

  @Test func `is none that waits for the content and then refuses`() async throws {
    let cache = try await StubCache { request in
      // A proxy that reads everything before it asks the server behind it.
      request.headers["expect"] == nil ? .init(status: 405) : .init(status: 200)
    }
    #expect(try await !isTaken(by: cache))
  }

  @Test func `is none that cannot be reached`() async throws {
    let cache = try await StubCache { _ in .notFound }
    try await cache.stop()
    #expect(try await !isTaken(by: cache))
  }

  @Test(arguments: ["file:///srv", "s3://b", "ssh://h"]) func `speaks HTTP`(url: String) async throws {
    let transport = HTTPTransport()
    #expect(await !transport.takesAnonymousPut(try SubstituterURL(parsing: url)))
    await transport.shutdown()
  }
}

@Suite struct `An Attic server` {
  typealias Answer = MeansOfWriting.Probe.Answer

  @Test(arguments: [
    (200, #"{"missing_paths":[]}"#, Answer.mayPush),
    (403, #"{"code":403,"error":"AccessError","message":"Access error: no"}"#, .mayNotPush(status: 403)),
  ])
  func `is believed in its own words`(status: Int, body: String, answer: Answer) async throws {
    #expect(try await heard(status, body) == answer)
  }

  @Test(arguments: [
    (401, #"{"code":401,"error":"Unauthorized","message":"Unauthorized"}"#),
    (401, #"{"code":403,"error":"AccessError","message":"x"}"#), (403, "<html>forbidden</html>"), (403, ""),
    (403, #"{"code":403,"error":"Forbidden","message":"x"}"#),
    (403, #"{"error":"AccessError","message":"x"}"#),
    (403, #"{"code":401,"error":"AccessError","message":"x"}"#), (200, "{}"),
    (404, #"{"code":404,"error":"NoSuchCache","message":"x"}"#), (302, ""), (500, ""),
  ])
  func `says nothing in any others`(status: Int, body: String) async throws {
    guard case .unanswered = try await heard(status, body) else {
      Issue.record("\(status) \(body) was an answer")
      return
    }
  }

  private func heard(_ status: Int, _ body: String) async throws -> Answer {
    let cache = try await StubCache { _ in .text(body, status: status) }
    let transport = HTTPTransport()
    let answer = await transport.mayPush(to: "main", at: cache.url, with: "token")
    await transport.shutdown()
    return answer
  }
}
