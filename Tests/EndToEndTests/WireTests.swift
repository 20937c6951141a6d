import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// What lies between the runner and a cache: TLS, passwords, no network at all, and the server that is asked
/// what a token may do.
@Suite struct `On the wire` {
  /// A certificate for localhost that nobody knows.
  private func identity() async throws -> (identity: StubCache.Identity, certificate: String) {
    let directory = "\(try await Lab.shared.directory)/tls-\(UUID().uuidString)"
    return try StubCache.Identity.make(in: directory)
  }

  @Test func `a certificate that nobody vouches for proves nothing`() async throws {
    let cache = try await StubCache.serving(
      "\(Lab.shared.directory)/cache", as: identity().identity)
    let document = try await prove(
      ["qemu"], from: [cache], configuration: "download-attempts = 1", gives: .inconclusive,
      [.substituterUnreachable], because: [.substituterUnreachable])
    #expect(document.targets[0].reasons.contains { $0.message.contains("TLS") })
  }

  @Test func `a certificate that the runner is told to trust is warm`() async throws {
    let (identity, certificate) = try await identity()
    let cache = try await StubCache.serving("\(Lab.shared.directory)/cache", as: identity)
    try await prove(
      ["qemu"], from: [cache], environment: ["NIX_SSL_CERT_FILE": certificate], gives: .warm, [])
  }

  @Test func `a password in a substituter's address is recorded nowhere`() async throws {
    let lab = try await Lab.shared
    let secret = "s3cr3t-\(UUID().uuidString)"
    let cache = try await lab.cache {
      $0.headers["authorization"] == nil ? .init(status: 401, headers: ["WWW-Authenticate": "Basic"]) : $1
    }
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--trusted-public-key", lab.publicKey,
        "--substituter", cache.url.replacing("http://", with: "http://reader:\(secret)@"),
        "--builds", "observe", "--despite-write-token",
      ]
    ).run(in: lab)
    // It may well write with it: nobody can tell, and the proof says so.
    #expect(result.exit == .exited(2), "\(result.errors)")
    #expect(try result.document().targets.flatMap(\.reasons).map(\.code) == ["write-token-present"])
    #expect(cache.requests.contains { $0.isFromNix && $0.path.hasPrefix("/nar/") })
    let recorded = try Data(contentsOf: URL(filePath: result.evidence))
    for text in [Data(result.output.utf8), Data(result.errors.utf8), recorded] {
      #expect(text.firstRange(of: Data(secret.utf8)) == nil)
    }
  }

  @Test func `an address that asks for no signatures is not obeyed`() async throws {
    let cache = try await Lab.shared.cache("cache-unsigned")
    try await prove(
      ["qemu"], from: [], ["--substituter", "\(cache.url)?trusted=1"], gives: .cold, [.signatureUntrusted])
  }

  @Test func `of two keys with one name the first is meant, as in Nix`() async throws {
    let lab = try await Lab.shared
    let other = LabKey("lab-1").publicKey
    try await prove(["qemu"], from: [lab.cache()], ["--trusted-public-key", other], gives: .warm, [])
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--substituter", lab.cache().url,
        "--trusted-public-key", other, "--trusted-public-key", lab.publicKey,
      ]
    ).run(in: lab)
    #expect(result.exit == .exited(1), "\(result.errors)")
    #expect(try result.document().targets.flatMap(\.reasons).map(\.code) == ["signature-untrusted"])
  }

  @Test func `no network is no obstacle to a cache in a directory`() async throws {
    let lab = try await Lab.shared
    try await prove(
      ["qemu"], from: [], ["--substituter", "file://\(lab.directory)/cache"],
      before: "set -- unshare --net \"$@\"", gives: .warm, [])
  }

  @Test func `no network keeps every other cache silent`() async throws {
    try await prove(
      ["qemu"], from: [Lab.shared.cache()], before: "set -- unshare --net \"$@\"",
      configuration: "download-attempts = 1", gives: .inconclusive,
      [.substituterUnreachable], because: [.substituterUnreachable])
  }

  // MARK: The word of an Attic server

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
