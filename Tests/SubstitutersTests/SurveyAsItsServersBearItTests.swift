import Foundation
import NIOConcurrencyHelpers
import NixModel
import TestSupport
import Testing

@testable import Substituters

@Suite struct `A survey, as its servers bear it` {
  @Test func `never asks a server for more at once than it was told`() async throws {
    let wide = try Wide(leaves: 200)
    let cache = try await StubCache { wide.answer(to: $0).delayed(byMilliseconds: 5) }
    let forecast = try await wide.survey(cache, through: HTTPTransport(concurrency: 10))
    #expect(forecast.answer == .yes)
    #expect(forecast.paths == 201)
    #expect((5...10).contains(cache.mostAtOnce))
  }

  @Test func `asks no server for more than 128 at once`() async throws {
    let wide = try Wide(leaves: 600)
    let cache = try await StubCache { wide.answer(to: $0).delayed(byMilliseconds: 20) }
    let forecast = try await wide.survey(cache)
    #expect(forecast.available == 601)
    #expect((5...HTTPTransport.defaultConcurrency).contains(cache.mostAtOnce))
  }

  @Test func `gets everything out of a server that bears four at once`() async throws {
    let wide = try Wide(leaves: 200)
    let underWay = NIOLockedValueBox(0)
    let cache = try await StubCache { request in
      let now = underWay.withLockedValue { count in
        count += 1
        return count
      }
      Task {
        try await Task.sleep(for: .milliseconds(4))
        underWay.withLockedValue { $0 -= 1 }
      }
      return now > 4 ? .init(status: 429) : wide.answer(to: request).delayed(byMilliseconds: 4)
    }
    let forecast = try await wide.survey(cache)
    #expect(forecast.answer == .yes)
    #expect(forecast.paths == 201)
  }

  @Test(arguments: [429, 503])
  func `gets everything out of a server that bears 200 a second`(status: Int) async throws {
    let wide = try Wide(leaves: 150)
    let tokens = NIOLockedValueBox((count: 20.0, time: ContinuousClock.now))
    let cache = try await StubCache { request in
      let isLetIn = tokens.withLockedValue { tokens in
        let now = ContinuousClock.now
        tokens = (min(20, tokens.count + (now - tokens.time) / .seconds(1) * 200), now)
        guard tokens.count >= 1 else { return false }
        tokens.count -= 1
        return true
      }
      return isLetIn
        ? wide.answer(to: request)
        : .init(status: status, headers: status == 503 ? ["Retry-After": "0"] : [:])
    }
    let forecast = try await wide.survey(cache)
    #expect(forecast.answer == .yes)
    #expect(forecast.paths == 151)
  }

  @Test func `calls a server that refuses everything silent, and not empty`() async throws {
    let wide = try Wide(leaves: 3)
    let cache = try await StubCache {
      $0.path == "/\(wide.top.hashPart).narinfo" ? .init(status: 429) : wide.answer(to: $0)
    }
    let forecast = try await wide.survey(cache)
    #expect(forecast.answer == .unknown)
    let url = try SubstituterURL(parsing: cache.url)
    #expect(forecast.lacks.map(\.kind) == [.unanswered([url])])
  }

  @Test func `asks over HTTP/2 and one connection where that is offered`() async throws {
    let wide = try Wide(leaves: 50)
    let directory = URL(filePath: Scratch.path("test"))
    defer { try? FileManager.default.removeItem(at: directory) }
    let (identity, certificate) = try StubCache.Identity.make(in: directory.path)
    let cache = try await StubCache(as: identity, offeringHTTP2: true) { wide.answer(to: $0) }
    let forecast = try await wide.survey(cache, through: HTTPTransport(sslCertFile: certificate))
    #expect(forecast.paths == 51)
    #expect(cache.requests.count == 52)
    #expect(cache.requests.allSatisfy { $0.isHTTP2 })
  }

  @Test func `takes compressed answers, and says that it does`() async throws {
    let wide = try Wide(leaves: 10)
    let name = "/\(wide.top.hashPart).narinfo"
    let packed = try Self.gzip(try #require(wide.texts[name]))
    let cache = try await StubCache { request in
      guard request.path == name, request.headers["accept-encoding"]?.contains("gzip") == true else {
        return wide.answer(to: request)
      }
      return .init(status: 200, headers: ["Content-Encoding": "gzip"], body: packed)
    }
    let forecast = try await wide.survey(cache)
    #expect(forecast.paths == 11)
    #expect(cache.requests.allSatisfy { $0.headers["accept-encoding"] == "gzip" })
  }

  private static func gzip(_ text: String) throws -> [UInt8] {
    let gzip = Process()
    let (input, output) = (Pipe(), Pipe())
    gzip.executableURL = URL(filePath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-c"]
    gzip.standardInput = input
    gzip.standardOutput = output
    try gzip.run()
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try input.fileHandleForWriting.close()
    let packed = try output.fileHandleForReading.readToEnd() ?? Data()
    gzip.waitUntilExit()
    return Array(packed)
  }

  @Test func `asks once where the same is asked for at the same time`() async throws {
    let wide = try Wide(leaves: 1)
    let cache = try await StubCache { wide.answer(to: $0).delayed(byMilliseconds: 100) }
    let transport = HTTPTransport()
    let exchange = transport.exchange(with: try SubstituterURL(parsing: cache.url))
    let request = Request(url: "\(cache.url)/nix-cache-info", method: .content(limit: 1000))
    let statuses = await withTaskGroup(of: Int?.self) { group in
      for _ in 0..<20 { group.addTask { try? await exchange.ask(request).status } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == Array(repeating: 200, count: 20))
    #expect(cache.requests.count == 1)
    // Afterwards it is asked anew.
    let later = try await exchange.ask(request)
    #expect(later.status == 200)
    #expect(cache.requests.count == 2)
    await transport.shutdown()
  }

  @Test func `answers others where the one who asked was called off`() async throws {
    let wide = try Wide(leaves: 1)
    let cache = try await StubCache { wide.answer(to: $0).delayed(byMilliseconds: 200) }
    let transport = HTTPTransport()
    let exchange = transport.exchange(with: try SubstituterURL(parsing: cache.url))
    let request = Request(url: "\(cache.url)/nix-cache-info", method: .content(limit: 1000))
    let first = Task { try await exchange.ask(request) }
    while cache.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    let second = Task { try await exchange.ask(request) }
    try await Task.sleep(for: .milliseconds(20))
    first.cancel()
    let answer = try await second.value
    #expect(answer.status == 200)
    await transport.shutdown()
  }

  @Test func `does not wait for a page that nobody wants`() async throws {
    let page = [UInt8](repeating: 0x20, count: 4 << 20)
    let cache = try await StubCache { _ in .init(status: 404, body: page).stalled(after: 1 << 20) }
    let transport = HTTPTransport()
    let exchange = transport.exchange(with: try SubstituterURL(parsing: cache.url))
    let answer = try await exchange.ask(Request(url: "\(cache.url)/x.narinfo", method: .content(limit: 1000)))
    #expect(answer == Response(status: 404, size: 4 << 20))
    await transport.shutdown()
  }
}
