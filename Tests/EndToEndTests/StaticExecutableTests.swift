import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The executable that needs nothing beside it, as `scripts/build-static` makes it.
@Suite struct `The static executable` {
  private static let root = URL(filePath: Lab.fixtures).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The program; `$WARMTH_STATIC_BINARY`, else the one that was built last.
  private static func program() throws -> String {
    let program =
      ProcessInfo.processInfo.environment["WARMTH_STATIC_BINARY"]
      ?? root.appending(path: ".build-static/image/warmth").path
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw Lab.Missing(
        description: "there is no static warmth at \(program); run scripts/build-static first")
    }
    return program
  }

  /// A root directory of its own that holds the program, and what came of commands in it.
  private struct Root {
    let directory: String

    init() throws {
      directory =
        Scratch.path("root")
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: `The static executable`.program(), toPath: "\(directory)/warmth")
    }

    func run(_ options: [String] = [], _ command: String...) async throws -> (
      exit: TerminationStatus, output: String, errors: String
    ) {
      let record = try await Subprocess.run(
        try Lab.mounting("bare-root"),
        arguments: Arguments([directory] + options + ["--"] + command),
        output: .string(limit: 1 << 24), error: .string(limit: 1 << 20))
      return (record.terminationStatus, record.standardOutput, record.standardError)
    }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }
  }

  @Test func `starts where there is nothing but it and proc`() async throws {
    let root = try Root()
    defer { root.remove() }
    let version = try await root.run([], "/warmth", "--version")
    #expect(version.exit == .exited(0), "\(version.errors)")
    #expect(version.output.contains("."))
    // What SQLite, Foundation and the cryptography need at run time is in it as well.
    let key = try await root.run([], "/warmth", "key", "generate", "collector-1", "/scratch/key")
    #expect(key.exit == .exited(0), "\(key.errors)")
    let proof = try await root.run([], "/warmth", "prove", "x", "--json", "--evidence", "/scratch/e.sqlite")
    #expect(proof.exit == .exited(2), "\(proof.errors)")
    #expect(proof.output.contains("there is no Nix at 'nix'"))
    let runs = try await root.run([], "/warmth", "audit", "verify", "--evidence", "/scratch/e.sqlite")
    #expect(runs.exit == .exited(0), "\(runs.output) \(runs.errors)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: root.directory).sorted() == [
        "proc", "scratch", "warmth",
      ])
  }

  @Test func `copies itself for an init container that has no cp`() async throws {
    let root = try Root()
    defer { root.remove() }
    let installed = try await root.run(["--user", "65532"], "/warmth", "install", "/scratch/opt/warmth")
    #expect(installed.exit == .exited(0), "\(installed.errors)")
    #expect(installed.output == "/scratch/opt/warmth/warmth\n")
    #expect(
      FileManager.default.contentsEqual(
        atPath: "\(root.directory)/warmth", andPath: "\(root.directory)/scratch/opt/warmth/warmth"))
    let again = try await root.run(["--user", "65531"], "/scratch/opt/warmth/warmth", "--version")
    #expect(again.exit == .exited(0), "\(again.errors)")
    let refused = try await root.run(["--user", "65531"], "/warmth", "install", "/nowhere")
    #expect(refused.exit == .exited(73), "\(refused.output)")
    #expect(refused.errors.contains("'/nowhere/warmth'"))
  }

  @Test(arguments: ["0", "65532"])
  func `makes a whole proof in a root that holds Nix and nothing else`(user: String) async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let root = try Root()
    defer { root.remove() }
    let warm = try await root.run(
      ["--user", user, "--nix", lab.nix, "--file", "\(Lab.fixtures)/lab.nix", "lab.nix"],
      "/warmth", "prove", "--isolated", "--nix", "/usr/bin/nix", "-f", "/lab.nix", "libguestfs", "qemu_kvm",
      "--json",
      "--substituter", cache.url, "--trusted-public-key", lab.publicKey, "--evidence", "/scratch/e.sqlite")
    #expect(warm.exit == .exited(0), "\(warm.output) \(warm.errors)")
    let document = try JSONDecoder().decode(ProvedDocument.self, from: Data(warm.output.utf8))
    #expect(document.verdict == "warm")
    #expect(document.closure.substituted >= 4)

    let archive = try lab.archive(of: lab.path("libguestfs"))
    let broken = try await lab.cache { request, answer in request.path == archive ? .notFound : answer }
    let cold = try await root.run(
      ["--user", user], "/warmth", "prove", "--isolated", "--nix", "/usr/bin/nix", "-f", "/lab.nix",
      "libguestfs",
      "--substituter", broken.url, "--trusted-public-key", lab.publicKey, "--evidence", "/scratch/e.sqlite")
    #expect(cold.exit == .exited(1), "\(cold.output) \(cold.errors)")
    #expect(cold.output.contains("nar-missing"))
  }

  @Test func `finds hosts by name`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let root = try Root()
    defer { root.remove() }
    try FileManager.default.createDirectory(
      atPath: "\(root.directory)/etc", withIntermediateDirectories: true)
    try "127.0.0.1 cache.example.org\n".write(
      toFile: "\(root.directory)/etc/hosts", atomically: true, encoding: .utf8)
    let address = cache.url.replacing("127.0.0.1", with: "cache.example.org")
    let found = try await root.run(
      [], "/warmth", "forecast", "\(lab.path("libc"))", "--json", "--substituter", address,
      "--trusted-public-key", lab.publicKey)
    #expect(found.exit == .exited(0), "\(found.output) \(found.errors)")
  }
}
