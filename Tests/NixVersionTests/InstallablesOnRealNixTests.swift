import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// Installables of every kind, from a cache in a directory.
@Suite(.serialized) struct `Installables on real Nix` {
  private func prove(_ installables: [String], before: String = "true") async throws -> ProvedDocument {
    let lab = try await Lab.shared
    let result = try await Trial(
      arguments: ["prove"] + installables + [
        "--substituter", "file://\(lab.directory)/cache", "--trusted-public-key", lab.publicKey,
      ], before: before
    ).run(in: lab)
    return try #require(try? result.document(), "\(result.errors)")
  }

  /// The lab as a flake, with further files, and options of its own.
  private func flake(_ files: [String: String], nixConfig: String = "") async throws -> String {
    let flake = try await Lab.shared.scratch("flake")
    try FileManager.default.createDirectory(atPath: flake, withIntermediateDirectories: true)
    let lab = try String(contentsOfFile: "\(Lab.fixtures)/lab.nix", encoding: .utf8)
      .replacing("builtins.currentSystem", with: "system")
      .replacing("{ salt ? \"\" }:", with: "{ salt ? \"\", system }:")
    for (name, text) in files.merging(["lab.nix": lab], uniquingKeysWith: { mine, _ in mine }) {
      try text.write(toFile: "\(flake)/\(name)", atomically: true, encoding: .utf8)
    }
    return flake
  }

  @Test func `are attributes of a flake, whose own settings are not accepted`() async throws {
    let flake = try await flake([
      "flake.nix": """
      {
        nixConfig.substituters = [ "http://127.0.0.1:9/forged" ];
        outputs = { self }: {
          packages.x86_64-linux = { inherit (import ./lab.nix { system = "x86_64-linux"; }) libguestfs qemu; };
          packages.aarch64-linux = { inherit (import ./lab.nix { system = "aarch64-linux"; }) libguestfs qemu; };
        };
      }
      """
    ])
    let document = try await prove(["path:\(flake)#libguestfs", "path:\(flake)#qemu^ga"])
    #expect(document.verdict == "warm", "\(document)")
    #expect(document.targets.map { $0.outputs.map(\.name) } == [["out", "man"], ["ga"]])
  }

  /// A flake that takes the lab from another, so that it wants a lock file.
  private func dependent(on input: String, files: [String: String] = [:]) async throws -> String {
    try await flake(
      files.merging([
        "flake.nix": """
        {
          inputs.lab = { url = "path:\(input)"; flake = false; };
          outputs = { self, lab }:
            let for = system: { inherit (import "${lab}/lab.nix" { inherit system; }) qemu; };
            in { packages.x86_64-linux = for "x86_64-linux"; packages.aarch64-linux = for "aarch64-linux"; };
        }
        """
      ]) { mine, _ in mine })
  }

  @Test func `are attributes of a flake without a lock file, and none is written`() async throws {
    let flake = try await dependent(on: flake([:]))
    let document = try await prove(["path:\(flake)#qemu"])
    #expect(document.verdict == "warm", "\(document)")
    #expect(!FileManager.default.fileExists(atPath: "\(flake)/flake.lock"))
  }

  @Test func `are attributes of a repository with changes that nobody committed`() async throws {
    let flake = try await dependent(on: flake([:]), files: ["unfinished.nix": "1"])
    let git = "git -C \(flake) -c user.name=me -c user.email=me@example.org"
    let document = try await prove(
      ["git+file://\(flake)#qemu"],
      before:
        "git init -q \(flake) && \(git) add . && \(git) commit -qm lab && echo 2 > \(flake)/unfinished.nix")
    #expect(document.verdict == "warm", "\(document)")
    #expect(!FileManager.default.fileExists(atPath: "\(flake)/flake.lock"))
  }

  @Test func `prove nothing where the lock file names another content`() async throws {
    let input = try await flake([:])
    let lock = """
      { "nodes": {
          "lab": {
            "flake": false,
            "locked": { "lastModified": 1, "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                        "path": "\(input)", "type": "path" },
            "original": { "path": "\(input)", "type": "path" } },
          "root": { "inputs": { "lab": "lab" } } },
        "root": "root", "version": 7 }
      """
    let flake = try await dependent(on: input, files: ["flake.lock": lock])
    let document = try await prove(["path:\(flake)#qemu"])
    #expect(document.verdict == "inconclusive", "\(document)")
    #expect(document.targets.flatMap(\.reasons).map(\.code) == ["evaluation-failed"])
    #expect(try String(contentsOfFile: "\(flake)/flake.lock", encoding: .utf8) == lock)
  }

  @Test func `are store paths`() async throws {
    let path = try await Lab.shared.path("qemu_kvm")
    let document = try await prove([path.description])
    #expect(document.verdict == "warm", "\(document)")
    #expect(document.targets[0].derivation == nil)
  }

  @Test func `are outputs of a derivation in the store`() async throws {
    let lab = try await Lab.shared
    let drv = try #require(lab.paths["qemu"]?.drv)
    let evaluate = "$NIX eval --raw -f \(Lab.fixtures)/lab.nix qemu.drvPath > /dev/null 2>&1"
    let document = try await prove(["\(drv)^ga"], before: evaluate)
    #expect(document.verdict == "warm", "\(document)")
    #expect(document.targets[0].outputs.map(\.name) == ["ga"])
    let missing = try await prove(["\(drv)^ga"])
    #expect(missing.targets.flatMap(\.reasons).map(\.code) == ["evaluation-failed"])
    let unknown = try await prove(["\(drv)^nope"], before: evaluate)
    #expect(unknown.targets.flatMap(\.reasons).first?.message.contains("no output 'nope'") == true)
  }
}
