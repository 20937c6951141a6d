import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// A cache that `--expect-from` accepts, and that the run does not use or that lacks a path.
@Suite struct `An accepted cache` {
  @Test(arguments: ["prove", "forecast"])
  func `and one that is accepted and never asked is wrong usage`(command: String) async throws {
    let lab = try await Lab.shared
    let path = try lab.path("qemu").description
    let trial = Trial(arguments: [
      command, path, "--substituter", "http://127.0.0.1:9/main", "--trusted-public-key", lab.publicKey,
      "--expect-from", "http://127.0.0.1:9/other",
    ])
    let result = try await trial.run(in: lab)
    #expect(result.exit == .exited(64))
    #expect(result.errors.contains("http://127.0.0.1:9/other"))
    #expect(!FileManager.default.fileExists(atPath: result.evidence))
  }

  @Test(arguments: [["prove"], ["forecast"]])
  func `also where the caches are those of nix.conf`(command: [String]) async throws {
    let lab = try await Lab.shared
    let path = try lab.path("qemu").description
    let nix = command == ["prove"] ? [] : ["--nix", lab.nix]
    let result = try await Trial(
      arguments: command + [path, "--expect-from", "http://127.0.0.1:9/other"] + nix,
      configuration: "substituters = http://127.0.0.1:9/main"
    ).run(in: lab)
    #expect(result.exit == .exited(64))
    #expect(result.errors.contains("http://127.0.0.1:9/main"))
  }

  @Test func `also by a policy, and in a Job`() async throws {
    let lab = try await Lab.shared
    let job = ["job", "prove", "nixpkgs#qemu", "--warmth-image", "registry.example.org/warmth:1"]
    let policy = """
      substituters: [https://cache.example.org/main]
      expect-from: [https://CACHE.example.org/other]
      """
    let byPolicy = try await Trial(
      arguments: ["prove", "nixpkgs#qemu", "--policy", "home/policy.yaml"],
      before: "cd \"$HOME/..\" && printf '%s\\n' \"$POLICY\" > home/policy.yaml",
      environment: ["POLICY": policy]
    ).run(in: lab)
    #expect(byPolicy.exit == .exited(64), "\(byPolicy.errors)")
    for (options, code) in [
      (["--expect-from", "https://cache.example.org/main"], Int32(64)),
      (["--expect-from", "https://CACHE.nixos.org/"], 0),
      (
        [
          "--expect-from", "https://Cache.example.org:443/main/", "--substituter",
          "https://cache.example.org/main",
        ], 0
      ),
      (["--expect-from", "https://cache.example.org/main", "--image", "registry.example.org/nix:1"], 0),
    ] {
      let result = try await Trial(arguments: job + options).run(in: lab)
      #expect(result.exit == .exited(code), "\(options): \(result.errors)")
    }
  }

  @Test func `and the one that has the path is named where the accepted one lacks it`() async throws {
    let lab = try await Lab.shared
    let (empty, good) = (try await lab.emptyCache(), try await lab.cache())
    let document = try await prove(
      ["qemu"], from: [empty, good], ["--expect-from", empty.url], gives: .cold, [.notInSubstituter])
    #expect(document.targets[0].reasons[0].message.contains(good.url))
  }
}
