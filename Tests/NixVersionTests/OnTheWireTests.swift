import EndToEndSupport
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
    let directory = try await Lab.shared.scratch("tls")
    return try StubCache.Identity.make(in: directory)
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
}
