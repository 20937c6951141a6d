import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// What a proof refuses before it begins.
@Suite(.serialized) struct `A proof refuses` {
  private func result(
    _ options: [String], before: String, configuration: String = ""
  ) async throws -> Trial.Result {
    let lab = try await Lab.shared
    return try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--trusted-public-key", lab.publicKey,
        "--substituter",
        try await lab.cache().url,
      ] + options, before: before, configuration: configuration
    ).run(in: lab)
  }

  private static let key = "umask 022 && \"$WARMTH\" key generate me-1 /nix/key > /dev/null"

  private func before(_ more: String = "true") async throws -> String {
    "WARMTH='\(try await Lab.shared.warmth)' && \(Self.key) && \(more)"
  }

  @Test(arguments: [("600", Int32(0)), ("640", 64), ("604", 64), ("644", 64), ("660", 64)])
  func `a key that others can read`(mode: String, code: Int32) async throws {
    let result = try await result(
      ["--sign-key", "/nix/key"], before: try await before("chmod \(mode) /nix/key"))
    #expect(result.exit == .exited(code), "\(result.errors)")
    #expect(result.errors.contains("mode \(mode)") == (code != 0), "\(result.errors)")
  }

  @Test(arguments: [
    (["--allow-build", "vm-test-*"], "", Int32(64)), (["--builds", "observe"], "", 64), ([], "", 0),
    (["--allow-build", "*", "--builds", "forbid"], "", 0),
    (["--allow-build", "vm-test-*"], "sandbox = relaxed", 64),
    (["--allow-build", "vm-test-*"], "sandbox = true", 0),
    (["--allow-build", "vm-test-*"], "build-users-group = nogroup", 0),
  ])
  func `to build without a sandbox what could read the key`(
    options: [String], configuration: String, code: Int32
  ) async throws {
    let result = try await result(
      ["--sign-key", "/nix/key"] + options, before: try await before(), configuration: configuration)
    #expect(result.exit == .exited(code), "\(result.errors)")
    #expect(result.errors.contains("would run without a sandbox") == (code != 0), "\(result.errors)")
  }

  @Test(arguments: ["ulimit -n 20", "ulimit -n 28", "ulimit -n 100"])
  func `to begin with fewer files than it needs`(limit: String) async throws {
    let result = try await result([], before: limit)
    #expect(result.exit == .exited(69), "\(result.errors)")
    #expect(result.errors.contains("ulimit -n 1024"))
  }

  @Test func `nothing where the limit can be raised`() async throws {
    let result = try await result([], before: "ulimit -S -n 30")
    #expect(result.exit == .exited(0), "\(result.errors)")
  }

  @Test(arguments: ["ssh-ng://host", ""])
  func `a store that is no directory`(store: String) async throws {
    #expect(try await result(["--store", store], before: "true").exit == .exited(64))
  }
}
