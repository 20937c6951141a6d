import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// The server of a cache is asked what a token may do.
@Suite struct `The word of an Attic server` {
  /// What the server says of a token, what the token says of itself, and what that comes to.
  struct Word: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let status: Int
    let token: String
    let verdict: Verdict
    let codes: Set<ReasonCode>
  }

  @Test(arguments: [
    Word(
      testDescription: "both say that it may push", status: 200,
      token: Token.attic(["main": ["r": 1, "w": 1]]),
      verdict: .inconclusive, codes: [.writeTokenPresent]),
    Word(
      testDescription: "both say that it may read", status: 403, token: Token.attic(["main": ["r": 1]]),
      verdict: .warm, codes: []),
    Word(
      testDescription: "the server refuses what the token claims", status: 403,
      token: Token.attic(["main": ["r": 1, "w": 1]]), verdict: .inconclusive,
      codes: [.writeTokenPresent, .witnessesDisagree]),
    Word(
      testDescription: "the server allows what the token does not claim", status: 200,
      token: Token.attic(["main": ["r": 1]]), verdict: .inconclusive,
      codes: [.writeTokenPresent, .witnessesDisagree]),
    Word(
      testDescription: "the server refuses a token that says nothing", status: 403, token: "opaque",
      verdict: .warm, codes: []),
    Word(
      testDescription: "the server does not know a token that says nothing", status: 401, token: "opaque",
      verdict: .inconclusive, codes: [.writeTokenPresent]),
    Word(
      testDescription: "the server does not answer for a token that says nothing", status: 500,
      token: "opaque",
      verdict: .inconclusive, codes: [.writeTokenPresent]),
  ])
  func `an Attic server is asked what a token may do`(word: Word) async throws {
    let lab = try await Lab.shared
    let cache = try await StubCache { request in
      if request.path == "/_api/v1/get-missing-paths" {
        return word.status == 200
          ? .text(#"{"missing_paths":[]}"#)
          : .text(
            #"{"code":\#(word.status),"error":"AccessError","message":"Access error: no"}"#,
            status: word.status)
      }
      let file = "\(lab.directory)/cache\(request.path.trimmingPrefix("/main"))"
      return FileManager.default.contents(atPath: file).map { .init(status: 200, body: Array($0)) }
        ?? .notFound
    }
    let toml = "[servers.main]\nendpoint = \"\(cache.url)/\"\ntoken = \"\(word.token)\"\n"
    let document = try await prove(
      ["qemu"], from: [], ["--substituter", "\(cache.url)/main"], home: [".config/attic/config.toml": toml],
      gives: word.verdict, word.codes)

    let questions = cache.requests.filter { $0.path == "/_api/v1/get-missing-paths" }
    #expect(!questions.isEmpty)
    for question in questions {
      #expect(question.method == "POST")
      #expect(question.headers["authorization"] == "Bearer \(word.token)")
      let asked = try JSONSerialization.jsonObject(with: Data(question.body)) as? [String: Any]
      #expect(asked?["cache"] as? String == "main")
      #expect((asked?["store_path_hashes"] as? [String])?.isEmpty == true)
    }
    // Nothing else was sent there that could change anything.
    #expect(
      cache.requests.allSatisfy {
        ["GET", "HEAD"].contains($0.method) || $0.path == "/_api/v1/get-missing-paths"
      })
    #expect(document.targets.flatMap(\.reasons).allSatisfy { !$0.message.contains(word.token) })
  }
}
