import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// How a cache is reached, which no version of Nix bears on.
@Suite struct `The way to a cache` {
  @Test func `a plain directory is no binary cache`() async throws {
    let lab = try await Lab.shared
    let directory = "\(lab.directory)/cache"
    for (address, exit) in [(directory, 2), ("file://\(directory)", 0)] as [(String, Int32)] {
      let forecast = try await Trial(
        arguments: [
          "forecast", try lab.path("qemu").description, "--substituter", address, "--trusted-public-key",
          lab.publicKey,
        ]
      ).run(in: lab)
      #expect(forecast.exit == .exited(exit), "\(address): \(forecast.output)\(forecast.errors)")
    }
  }

  @Test func `this machine is found by its name without a table of hosts`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--substituter",
        cache.url.replacing("127.0.0.1", with: "localhost"), "--trusted-public-key", lab.publicKey,
      ], before: "mount --bind /dev/null /etc/hosts"
    ).run(in: lab)
    #expect(try result.document().verdict == "warm", "\(result.output)\(result.errors)")
  }

  @Test func `a proxy of the environment is Nix's and the survey's`() async throws {
    let lab = try await Lab.shared
    let directory = "\(lab.directory)/cache"
    let proxy = try await StubCache { request in
      guard request.path.hasPrefix("http://cache.invalid/") else { return .init(status: 502) }
      let file = String(request.path.dropFirst("http://cache.invalid".count))
      return FileManager.default.contents(atPath: directory + file).map {
        .init(status: 200, body: Array($0))
      }
        ?? .notFound
    }
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--substituter", "http://cache.invalid",
        "--trusted-public-key", lab.publicKey,
      ], environment: ["http_proxy": proxy.url]
    ).run(in: lab)
    #expect(try result.document().verdict == "warm", "\(result.output)\(result.errors)")
  }

  @Test func `a certificate that nobody vouches for proves nothing`() async throws {
    let cache = try await StubCache.serving(
      "\(Lab.shared.directory)/cache", as: StubCache.Identity.make(in: Lab.shared.scratch("tls")).identity)
    let document = try await prove(
      ["qemu"], from: [cache], configuration: "download-attempts = 1", gives: .inconclusive,
      [.substituterUnreachable], because: [.substituterUnreachable])
    #expect(document.targets[0].reasons.contains { $0.message.contains("TLS") })
  }

  @Test func `an address that asks for no signatures is not obeyed`() async throws {
    let cache = try await Lab.shared.cache("cache-unsigned")
    try await prove(
      ["qemu"], from: [], ["--substituter", "\(cache.url)?trusted=1"], gives: .cold, [.signatureUntrusted])
  }
}
