import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// `forecast` on real narinfos, with and without Nix.
@Suite struct `A forecast of real caches` {
  private struct Document: Decodable {
    struct Share: Decodable {
      let url: String
      let offered: Int
      let taken: Int
    }
    struct Lack: Decodable {
      let path: String
      let kind: String
      let neededBy: [String]
    }
    struct Affected: Decodable {
      let paths: Int
      let roots: [String]
    }
    let schema: String
    let answer: String
    let paths: Int
    let available: Int
    let missing: [String]
    let narMissing: [String]
    let untrusted: [String]
    let unreachable: [String]
    let downloadBytes: UInt64
    let narBytes: UInt64
    let lacks: [Lack]
    let affected: Affected
    let substituters: [Share]
  }

  private func forecast(
    _ targets: [String], of caches: [String], _ options: [String] = [], key: String? = nil, nix: String? = nil
  ) async throws -> (Trial.Result, Document) {
    let lab = try await Lab.shared
    let arguments =
      ["forecast", "--json", "--nix", nix ?? lab.nix] + targets + options
      + caches.flatMap { ["--substituter", $0] } + ["--trusted-public-key", key ?? lab.publicKey]
    let result = try await Trial(arguments: arguments).run(in: lab)
    let document = try #require(
      try? JSONDecoder().decode(Document.self, from: Data(result.output.utf8)), "\(result.errors)")
    #expect(document.schema == "warmth/forecast/v1")
    return (result, document)
  }

  private func attributes(_ names: String...) -> [String] { ["-f", "\(Lab.fixtures)/lab.nix"] + names }

  @Test func `finds a closure whole, and fetches none of it`() async throws {
    let cache = try await Lab.shared.cache()
    let (result, document) = try await forecast(
      attributes("libguestfs", "qemu_kvm"), of: [cache.url], ["--recursive", "--nars"])
    #expect(result.exit == .exited(0))
    #expect(document.answer == "yes")
    #expect(document.paths == document.available)
    #expect(document.paths > 3)
    #expect(document.downloadBytes > 0 && document.narBytes > document.downloadBytes / 2)
    #expect(document.substituters.map(\.taken) == [document.paths])
    let archives = cache.requests.filter { $0.path.hasPrefix("/nar/") }
    #expect(archives.count == document.paths)
    #expect(archives.allSatisfy { $0.method == "HEAD" })
  }

  @Test func `asks for the named outputs alone, and for no archive, unless told otherwise`() async throws {
    let cache = try await Lab.shared.cache()
    let (result, document) = try await forecast(attributes("libguestfs"), of: [cache.url])
    #expect(result.exit == .exited(0))
    #expect(document.paths == 2)
    #expect(!cache.requests.contains { $0.path.hasPrefix("/nar/") })
  }

  @Test func `needs no Nix for store paths, where caches and keys are named`() async throws {
    let lab = try await Lab.shared
    let path = try lab.path("libguestfs").description
    let (result, document) = try await forecast(
      [path], of: [try await lab.cache().url], ["-r"], nix: "/no/such/nix")
    #expect(result.exit == .exited(0))
    #expect(document.paths > 1)
    // The same straight from the directory.
    let (_, direct) = try await forecast([path], of: ["file://\(lab.directory)/cache"], ["-r"])
    #expect(direct.paths == document.paths)
    #expect(direct.narBytes == document.narBytes)
  }

  @Test func `names what is missing and what depends on it`() async throws {
    let lab = try await Lab.shared
    let base = try lab.path("libguestfs-appliance")
    let cache = try await lab.cache { $0.path == "/\(base.hashPart).narinfo" ? .notFound : $1 }
    let (result, document) = try await forecast(attributes("guestfs-tools"), of: [cache.url], ["-r"])
    #expect(result.exit == .exited(1))
    #expect(document.answer == "no")
    #expect(document.missing == [base.description])
    #expect(document.available == document.paths - 1)
    #expect(document.lacks.first?.neededBy == [try lab.path("libguestfs").description])
    #expect(document.affected.roots == [try lab.path("guestfs-tools").description])
    #expect(document.affected.paths == 3)
  }

  @Test func `sees a vanished archive with --nars`() async throws {
    let lab = try await Lab.shared
    let path = try lab.path("libguestfs")
    let archive = try lab.archive(of: path)
    let cache = try await lab.cache { $0.path == archive ? .notFound : $1 }
    let (without, _) = try await forecast(attributes("guestfs-tools"), of: [cache.url], ["-r"])
    #expect(without.exit == .exited(0))
    let (result, document) = try await forecast(
      attributes("guestfs-tools"), of: [cache.url], ["-r", "--nars"])
    #expect(result.exit == .exited(1))
    #expect(document.narMissing == [path.description])
  }

  @Test func `trusts no signature but the named ones`() async throws {
    let lab = try await Lab.shared
    let (result, document) = try await forecast(
      attributes("qemu"), of: [try await lab.cache().url], key: lab.otherKey)
    #expect(result.exit == .exited(1))
    #expect(document.untrusted == [try lab.path("qemu").description])
  }

  @Test func `cannot tell where a cache is silent, unless another has it all`() async throws {
    let lab = try await Lab.shared
    let gone = try await lab.cache()
    try await gone.stop()
    let (result, document) = try await forecast(attributes("qemu"), of: [gone.url])
    #expect(result.exit == .exited(2))
    #expect(document.unreachable == [try lab.path("qemu").description])
    let (other, _) = try await forecast(attributes("qemu"), of: [gone.url, try await lab.cache().url])
    #expect(other.exit == .exited(0))
  }

  @Test func `ends an evaluation that would build`() async throws {
    let expression = """
      { x = import (derivation { name = "built-1.0"; system = builtins.currentSystem; builder = "/bin/sh"; \
      args = [ "-c" "echo 1 > $out" ]; }); }
      """
    let file = try await Lab.shared.scratch("building") + ".nix"
    try expression.write(toFile: file, atomically: true, encoding: .utf8)
    let (result, document) = try await forecast(
      ["-f", file, "x"], of: [try await Lab.shared.cache().url])
    #expect(result.exit == .exited(2))
    #expect(document.answer == "unknown")
  }

  @Test func `is told to a person`() async throws {
    let lab = try await Lab.shared
    let base = try lab.path("libguestfs-appliance")
    let cache = try await lab.cache { $0.path == "/\(base.hashPart).narinfo" ? .notFound : $1 }
    let result = try await Trial(
      arguments: [
        "forecast", "--nix", lab.nix, "-f", "\(Lab.fixtures)/lab.nix", "guestfs-tools", "--recursive",
        "--substituter", cache.url, "--trusted-public-key", lab.publicKey,
      ]
    ).run(in: lab)
    let output = result.output
    #expect(output.hasPrefix("no  3 of 4 paths (75 %); "), "\(output)")
    #expect(output.contains("\nmissing: 1 path\n  \(base)\n    needed by libguestfs-1.54.1\n"), "\(output)")
    #expect(output.contains("\n2 other paths depend on these, among them:\n"), "\(output)")
  }
}
