import Foundation
import NIOConcurrencyHelpers
import NixModel
import TestSupport
import Testing

@testable import Substituters

/// What a server says of an archive, to `HEAD` and to `GET`.
struct ArchiveServer: CustomTestStringConvertible, Sendable {
  let name: String
  let word: String
  let answer: @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer

  init(
    _ name: String, _ word: String,
    _ answer: @escaping @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer
  ) {
    self.name = name
    self.word = word
    self.answer = answer
  }

  var testDescription: String { name }

  /// A server that answers HEAD with `status` and has what is asked for.
  static func head(_ status: Int) -> ArchiveServer {
    ArchiveServer("\(status) to HEAD", "present") { $0.method == "HEAD" ? .init(status: status) : $1 }
  }

  /// One that has the archive for GET alone, which `get` answers.
  static func get(
    _ name: String, _ word: String = "present",
    _ get: @escaping @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer
  ) -> ArchiveServer {
    ArchiveServer(name, word) { $0.method == "HEAD" ? .init(status: 404) : get($0, $1) }
  }

  /// One that answers whatever is asked with `status`.
  static func always(_ status: Int, _ word: String) -> ArchiveServer {
    ArchiveServer("\(status) to everything", word) { _, _ in .init(status: status) }
  }

  static let table: [ArchiveServer] = heads + gets + others

  private static let heads: [ArchiveServer] = [400, 401, 403, 404, 405, 410, 500, 501, 503].map { head($0) }

  private static let gets: [ArchiveServer] = [
    get("a byte of it", "present(size: Optional(5123))") { _, _ in
      .init(status: 206, headers: ["Content-Range": "bytes 0-0/5123"], body: [0x6E])
    },
    get("no parts: 416") { $0.headers["range"] == nil ? $1 : .init(status: 416) },
    get("no parts: 400") { $0.headers["range"] == nil ? $1 : .init(status: 400) },
  ]

  private static let others: [ArchiveServer] = [
    .init("HEAD is cut off", "present") { request, answer in
      if request.method == "HEAD" { return .text("x", status: 404).cut(after: 0) }
      return answer
    },
    .init("encoded, whoever asks", "present") { _, answer in
      .init(status: 200, headers: ["Content-Encoding": "gzip"], body: Packing.gzip(answer.body))
    },
    .init("a redirection that was signed for GET", "present") { request, answer in
      if request.path.hasPrefix("/nar/") {
        return .init(status: 307, headers: ["Location": "/signed?for=get"])
      }
      return request.method == "HEAD" ? .init(status: 403) : answer
    },
    .always(404, "missing(status: 404)"), .always(410, "missing(status: 410)"),
    .always(403, "refused(status: 403)"), .always(500, "failed"),
  ]
}

@Suite struct `An archive that a survey looks for` {
  @Test(arguments: ArchiveServer.table)
  func `is gone only where GET says so`(server: ArchiveServer) async throws {
    let wide = try Wide(leaves: 0)
    let cache = try await StubCache { request in
      request.path.hasSuffix(".narinfo") || request.path == "/nix-cache-info"
        ? wide.answer(to: request) : server.answer(request, .text(String(repeating: "n", count: 60)))
    }
    let survey = try await wide.answers(cache)
    guard case .offered(_, let nar) = survey.answers[wide.top]?.first?.kind else {
      Issue.record("\(survey.answers)")
      return
    }
    #expect("\(nar)".hasPrefix(server.word), "\(nar)")
  }

  @Test func `is not fetched from a server that ignores what part was asked for`() async throws {
    let wide = try Wide(leaves: 0)
    let archive = [UInt8](repeating: 7, count: 64 << 20)
    let sent = NIOLockedValueBox(0)
    let cache = try await StubCache { request in
      if request.path.hasSuffix(".narinfo") || request.path == "/nix-cache-info" {
        return wide.answer(to: request)
      }
      if request.method == "HEAD" { return .init(status: 404) }
      sent.withLockedValue { $0 += 1 }
      // Of the promised 64 MiB comes a part, and nothing after it: who waits for more waits.
      return .init(status: 200, body: archive).stalled(after: 100_000)
    }
    // Who waits for what does not come has no answer in the end.
    let survey = try await wide.answers(cache)
    guard case .offered(_, .present(size: let size)) = survey.answers[wide.top]?.first?.kind else {
      Issue.record("\(survey.answers)")
      return
    }
    #expect(size == 64 << 20)
    #expect(sent.withLockedValue { $0 } == 1)
  }

  @Test func `costs one request once HEAD is known to say nothing`() async throws {
    let wide = try Wide(leaves: 40)
    let cache = try await StubCache { request in
      if request.path.hasSuffix(".narinfo") || request.path == "/nix-cache-info" {
        return wide.answer(to: request)
      }
      return request.method == "HEAD" ? .notFound : .text("n")
    }
    let survey = try await wide.answers(cache, SurveyExtent(isRecursive: true, archives: .all))
    let isThere = survey.answers.values.flatMap { $0 }.allSatisfy {
      if case .offered(_, .present) = $0.kind { true } else { false }
    }
    #expect(isThere && survey.answers.count == 41)
    let asked = cache.requests.filter { $0.path.hasPrefix("/nar/") }
    #expect(asked.count { $0.method == "GET" } == 41)
    #expect(asked.count { $0.method == "HEAD" } < 41)
  }
}
