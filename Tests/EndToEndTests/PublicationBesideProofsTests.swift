import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A publication and proofs of the same path, as an operator of the built program has them.
@Suite struct `A publication beside proofs` {
  private struct Answer {
    let exit: TerminationStatus
    let output: String
    let errors: String
  }

  private func warmth(_ arguments: String..., in evidence: String) async throws -> Answer {
    let record = try await Subprocess.run(
      .path(FilePath(try await Lab.shared.warmth)),
      arguments: Arguments(arguments + ["--evidence", evidence]), input: .none,
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    return Answer(exit: record.terminationStatus, output: record.standardOutput, errors: record.standardError)
  }

  /// Proves `libguestfs` from a cache, and gives the evidence.
  private func proof(from cache: StubCache) async throws -> Trial.Result {
    let lab = try await Lab.shared
    return try await Trial(arguments: [
      "prove", "-f", "\(Lab.fixtures)/lab.nix", "libguestfs", "--substituter", cache.url,
      "--trusted-public-key", lab.publicKey,
    ]).run(in: lab)
  }

  @Test func `stands in the list of a path, and beside the cause of a cold one`() async throws {
    let lab = try await Lab.shared
    let path = try lab.path("libguestfs")
    let warm = try await proof(from: try await lab.cache())
    #expect(warm.exit == .exited(0), "\(warm.errors)")
    // The cache has lost what was published.
    let narinfo = "/\(path.hashPart).narinfo"
    let cold = try await proof(
      from: try await lab.cache { request, answer in request.path == narinfo ? .notFound : answer })
    #expect(cold.exit == .exited(1), "\(cold.errors)")

    let (evidence, directory) = (warm.evidence, URL(filePath: warm.evidence).deletingLastPathComponent().path)
    let summary = "\(directory)/summary.json"
    let started = Date.now.addingTimeInterval(-3 * 3600 - 60).formatted(Date.ISO8601FormatStyle())
    try Make.summary(started: started, of: path).write(toFile: summary, atomically: true, encoding: .utf8)
    // One command takes a store and a summary, told apart by what is in them.
    let imported = try await warmth("audit", "import", cold.evidence, summary, in: evidence)
    #expect(imported.exit == .exited(0), "\(imported.errors)")
    #expect(
      imported.output.hasPrefix(
        "2 runs imported, 1 of them a publication, 0 known already, from 2 stores; warmth audit runs --publications "
      ),
      "\(imported.output)")
    let again = try await warmth("audit", "import", summary, in: evidence)
    #expect(again.output == "0 runs imported, 1 known already, from 1 store\n")

    let csv = try await warmth("audit", "paths", "--path", path.description, "--csv", in: evidence).output
    let rows = csv.split(separator: "\r\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    // The latest first: the cold proof, the warm one, and the publication of three hours ago.
    #expect(rows.map { $0[1] } == ["not-realized", "substituted", ""], "\(csv)")
    #expect(rows.map { $0[6] } == ["", "", "pushed"], "\(csv)")
    #expect(rows.last?[4] == "20260503T120000Z-abc123")
    let table = try await warmth("audit", "paths", "--path", path.hashPart.description, in: evidence).output
    #expect(table.contains("  pushed, served  pod-b to main  "), "\(table)")

    let explained = try await warmth("explain", in: evidence)
    #expect(explained.exit == .exited(0), "\(explained.errors)")
    #expect(
      explained.output.contains(
        "\n  push  3 h before this run, on pod-b: pushed to main, and the read side served it then (publication 20260503T120000Z-abc123)\n"
      ), "\(explained.output)")

    let shown = try await warmth("audit", "show", "20260503T12", "--json", in: evidence)
    #expect(shown.exit == .exited(0), "\(shown.errors)")
    // What it shows is a summary again.
    try shown.output.write(toFile: summary, atomically: true, encoding: .utf8)
    let round = try await warmth("audit", "import", summary, in: evidence)
    #expect(round.output == "0 runs imported, 1 known already, from 1 store\n", "\(round.errors)")
    let runs = try await warmth("audit", "runs", in: evidence).output
    #expect(!runs.contains("20260503T120000Z-abc123"), "\(runs)")
    let verified = try await warmth("audit", "verify", in: evidence)
    #expect(verified.exit == .exited(0), "\(verified.output)")
    #expect(verified.output.hasPrefix("as it was recorded: 3 runs, 1 of them a publication, "))
  }

  @Test func `that is refused says why, and records nothing`() async throws {
    let directory = Scratch.path("test")
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let (summary, evidence) = ("\(directory)/summary.json", "\(directory)/warmth.sqlite")
    func write(_ text: String) throws { try text.write(toFile: summary, atomically: true, encoding: .utf8) }
    try write(Make.summary().replacing("\"served\": true", with: "\"served\": \"yes\""))
    let malformed = try await warmth("audit", "import", summary, in: evidence)
    #expect(malformed.exit == .exited(74))
    for said in [summary, "'paths[0].served'", "expected true or false", "nothing of it was recorded"] {
      #expect(malformed.errors.contains(said), "\(malformed.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: evidence))

    try write(Make.summary())
    let unsigned = try await warmth(
      "audit", "import", summary, "--trusted-key", "\(try SigningKey(named: "k").publicKey)", in: evidence)
    #expect(unsigned.exit == .exited(74), "\(unsigned.errors)")
    #expect(try await warmth("audit", "import", summary, in: evidence).exit == .exited(0))
    let before = FileManager.default.contents(atPath: evidence)
    try write(Make.summary(host: "elsewhere"))
    let contradiction = try await warmth("audit", "import", summary, in: evidence)
    #expect(contradiction.exit == .exited(74))
    #expect(contradiction.errors.contains("contradicts"), "\(contradiction.errors)")
    #expect(FileManager.default.contents(atPath: evidence) == before)

    let asked = try await warmth("explain", "20260503", in: evidence)
    #expect(asked.errors.contains("is a publication"), "\(asked.errors)")
    let gate = try await warmth("gate", "--target", "libguestfs", in: evidence)
    #expect(gate.exit == .exited(2), "\(gate.output)\(gate.errors)")
    let junit = try await warmth("audit", "show", "20260503", "--format", "junit", in: evidence)
    #expect(junit.exit == .exited(64))
    let filtered = try await warmth("audit", "runs", "--publications", "--verdict", "warm", in: evidence)
    #expect(filtered.exit == .exited(64))
  }
}
