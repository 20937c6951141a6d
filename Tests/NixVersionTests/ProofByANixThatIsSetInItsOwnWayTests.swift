import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// How Nix is set and started, where real Nix is the point.
@Suite(.serialized) struct `A proof by a Nix that is set in its own way` {
  private func lines(_ attribute: String = "qemu", from caches: [StubCache]) async throws -> [String] {
    [
      "prove", "-f", "\(Lab.fixtures)/lab.nix", attribute, "--trusted-public-key",
      try await Lab.shared.publicKey,
    ] + caches.flatMap { ["--substituter", $0.url] }
  }

  @Test(arguments: [
    "substituters = unix:///elsewhere auto daemon local?root=/nix/x ssh://nobody.example",
    "trusted-public-keys = broken \"other:AAAA",
  ])
  func `is warm whatever settings say that nobody needs`(configuration: String) async throws {
    try await prove(
      ["qemu"], from: [Lab.shared.cache()], configuration: configuration, gives: .warm, [])
  }

  @Test func `names a store that only Nix can ask, which counts where it could have helped`() async throws {
    let lab = try await Lab.shared
    let (good, empty) = (try await lab.cache(), try await lab.emptyCache())
    for (cache, verdict, codes) in [
      (good, Verdict.warm, Set<ReasonCode>()),
      (empty, .inconclusive, [.substituterUnreachable, .notInSubstituter, .stoppedEarly]),
    ] {
      let result = try await Trial(
        arguments: ["prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu"],
        configuration: """
          substituters = \(cache.url) local?root=/nix/other
          trusted-public-keys = \(lab.publicKey.trimmingCharacters(in: ["="]))
          """
      ).run(in: lab)
      let document = try #require(try? result.document(), "\(result.errors)")
      #expect(document.verdict == verdict.rawValue, "\(result.output)")
      let found = Set(document.targets.flatMap(\.reasons).compactMap { ReasonCode(rawValue: $0.code) })
      #expect(found.isSubset(of: codes), "\(found)")
      // From 2.34 on Nix calls it `local://`.
      #expect(
        result.errors.contains(/the substituter local(?::\/\/)? is not asked beforehand/), "\(result.errors)")
    }
  }

  @Test func `asks caches for what disallows it, where Nix does`() async throws {
    let lab = try await Lab.shared
    let always = lab.version >= Lab.Version(2, 19)
    let path = try lab.path("nosubst")
    let narinfo = try lab.narinfo(of: path, withContentOf: lab.path("libc"))
    let cache = try await lab.cache { request, answer in
      request.path == "/\(path.hashPart).narinfo" ? .text(narinfo, status: 200) : answer
    }
    try await prove(
      ["nosubst"], from: [cache], configuration: "always-allow-substitutes = true",
      gives: always ? .warm : .cold, always ? [] : [.substitutesDisallowed])
  }

  @Test func `looks where Nix works`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let qemu = try lab.path("qemu")
    // In the store that Nix works on, and not in the usual one.
    let result = try await Trial(
      arguments: try await lines(from: [cache]),
      before: "\"$NIX\" copy --from \(cache.url) --no-check-sigs \(qemu) 2> /dev/null",
      configuration: "store = \(lab.directory)/store-\(UUID().uuidString)"
    ).run(in: lab)
    #expect(
      try result.document().targets.flatMap(\.reasons).map(\.code) == ["present-before"], "\(result.output)")
  }

  @Test func `says where it cannot look`() async throws {
    let lab = try await Lab.shared
    let result = try await Trial(
      arguments: try await lines(from: [lab.cache()]),
      environment: ["NIX_REMOTE": "ssh-ng://u:hunter2@nowhere"]
    ).run(in: lab)
    #expect(result.exit == .exited(2))
    #expect(try result.document().targets.flatMap(\.reasons).map(\.code) == ["witness-missing"])
    #expect(result.output.contains("ssh-ng://***@nowhere") && !result.output.contains("hunter2"))
  }

  @Test func `works in directories whose names mean something to Nix`() async throws {
    let lab = try await Lab.shared
    let odd = "\(lab.directory)/a?b c&d%20-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: true)
    for (options, environment) in [(["--store", odd], [:]), (["--isolated"], ["TMPDIR": odd])] {
      let result = try await Trial(
        arguments: try await lines(from: [lab.cache()]) + options,
        before: environment["TMPDIR"].map { "export TMPDIR='\($0)'" } ?? "true"
      ).run(in: lab)
      #expect(result.exit == .exited(0), "\(result.output)\(result.errors)")
    }
  }

  @Test func `takes a file that Nix looks up`() async throws {
    let lab = try await Lab.shared
    let result = try await Trial(
      arguments: [
        "prove", "-f", "<lab>", "qemu", "--trusted-public-key", lab.publicKey, "--substituter",
        try await lab.cache().url,
      ], environment: ["NIX_PATH": "lab=\(Lab.fixtures)/lab.nix"]
    ).run(in: lab)
    #expect(result.exit == .exited(0), "\(result.output)\(result.errors)")
  }

  @Test func `does not show evaluated code what Nix does not need`() async throws {
    let lab = try await Lab.shared
    let file = lab.scratch("printing") + ".nix"
    let names = ["CACHIX_ACTIVATE_TOKEN", "GITHUB_TOKEN", "MY_PASSWORD", "KEPT_TOKEN"]
    let printed = names.map { "${builtins.getEnv \"\($0)\"}" }.joined(separator: " ")
    try "builtins.trace \"seen: \(printed)\" (import \(Lab.fixtures)/lab.nix { })".write(
      toFile: file, atomically: true, encoding: .utf8)
    var arguments = try await lines(from: [lab.cache()])
    arguments[2] = file
    let result = try await Trial(
      arguments: arguments + ["--keep-env", "KEPT_TOKEN", "--despite-write-token"],
      environment: Dictionary(uniqueKeysWithValues: names.map { ($0, "hunter2-\($0)") })
    ).run(in: lab)
    #expect(result.errors.contains("hunter2-KEPT_TOKEN"), "\(result.errors)")
    for name in names.dropLast() { #expect(!result.errors.contains("hunter2-\(name)")) }
    let evidence = try #require(FileManager.default.contents(atPath: result.evidence))
    for name in names.dropLast() { #expect(evidence.range(of: Data("hunter2-\(name)".utf8)) == nil) }
  }

  @Test func `keeps what is malformed out of its errors`() async throws {
    let lab = try await Lab.shared
    let result = try await Trial(
      arguments: try await lines(from: [lab.cache()]),
      environment: ["NIX_CONFIG": "access-tokens github.com=hunter2"]
    ).run(in: lab)
    #expect(result.exit == .exited(2))
    #expect(result.output.contains("configuration line"), "\(result.output)")
    #expect(!(result.output + result.errors).contains("hunter2"))
  }
}
