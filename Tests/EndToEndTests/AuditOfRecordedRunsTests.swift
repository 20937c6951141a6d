import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What the built program answers an operator.
@Suite struct `An audit of recorded runs` {
  private func warmth(_ arguments: String..., in evidence: String) async throws -> String {
    let record = try await Subprocess.run(
      .path(FilePath(try await Lab.shared.warmth)),
      arguments: Arguments(["audit"] + arguments + ["--evidence", evidence]), input: .none,
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(record.terminationStatus == .exited(0), "\(record.standardError)")
    #expect(record.standardError.isEmpty)
    return record.standardOutput
  }

  @Test func `knows what a real proof was about, and how long it copied`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let trial = Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "libguestfs", "--substituter", cache.url,
        "--trusted-public-key", lab.publicKey,
      ],
      environment: [
        "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "nixos/tests", "GITHUB_REF": "refs/pull/12/merge",
        "GITHUB_HEAD_REF": "speed", "GITHUB_SHA": "a3594b1e5c8fa3594b1e5c8fa3594b1e5c8fa359",
        "GITHUB_RUN_ID": "77", "GITHUB_SERVER_URL": "https://me:hunter2@forge.example",
      ])
    let result = try await trial.run(in: lab)
    #expect(result.exit == .exited(0), "\(result.errors)")
    #expect(!result.output.contains("hunter2"))
    let store = try EvidenceStore(reading: result.evidence)
    let run = try #require(try store.latestRun())
    #expect(
      run.start.occasion
        == Occasion(
          repository: "nixos/tests", ref: "refs/pull/12/merge", branch: "speed",
          revision: "a3594b1e5c8fa3594b1e5c8fa3594b1e5c8fa359", pipeline: "77",
          page: "https://***@forge.example/nixos/tests/actions/runs/77"))
    let taken = try #require(try store.testimony(of: run.start.id).log.timeTaken)
    #expect(taken.milliseconds > 0)
    #expect(Set(taken.copying.keys) == [cache.url])
    #expect((taken.copying[cache.url] ?? .max) <= taken.milliseconds)

    let history = try await warmth("history", "libguestfs", "--ref", "a3594b1", "--csv", in: result.evidence)
    let line = try #require(history.split(separator: "\r\n").last)
    #expect(line.hasPrefix("\(run.start.id),") && line.contains(",warm,,\(cache.url),"))
    #expect(line.hasSuffix(",\(taken.milliseconds),,the first verdict about it"))
    let caches = try await warmth("caches", "--runner", run.start.runner.host, in: result.evidence)
    #expect(caches.contains("\(cache.url)     1"))
    #expect(try await warmth("runs", "--ref", "speed", in: result.evidence).contains("speed@a3594b1"))
    #expect(try await warmth("runs", "--ref", "main", in: result.evidence) == "no such runs are recorded\n")
  }

  @Test func `goes through pages, and finds what ceased to be warm`() async throws {
    let directory = Scratch.path("test")
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let evidence = "\(directory)/warmth.sqlite"
    let warm = try Scene()
    var cold = warm
    cold.survey.answers[cold.glib] = [.init(cache: cold.cache, kind: .absent)]
    cold.ending = .notStarted
    cold.events = []
    for (number, scene) in [warm, warm, cold].enumerated() {
      try scene.record(
        in: evidence, as: "run-\(number)",
        on: Runner(host: "=host", pod: nil, processID: 1, processStart: 1, bootID: "b"),
        started: Date(timeIntervalSince1970: 1_777_809_600 + Double(number) * 60), lasting: 0)
    }
    let first = try await warmth("runs", "--limit", "2", in: evidence)
    #expect(first.hasSuffix("\nmore: --before run-1\n"))
    let second = try await warmth("runs", "--limit", "2", "--before", "run-1", "--csv", in: evidence)
    #expect(second.split(separator: "\r\n").map { $0.prefix(5) } == ["run,s", "run-0"])
    #expect(second.contains(",'=host,"))
    let place = "run-1/\(warm.glib.baseName)"
    let paths = try await warmth("paths", "--before", place, "--csv", in: evidence)
    #expect(!paths.contains("run-2") && paths.contains("run-0"))
    let text = try await warmth("regressions", in: evidence)
    #expect(text.contains("nixpkgs#qemu_kvm  cold"))
    #expect(text.contains("reference-missing: "))
    #expect(text.contains("\n  drag  nixpkgs#qemu_kvm\n"))
    #expect(try await warmth("regressions", "--until", "2026-05-03", in: evidence).hasPrefix("no target"))
    for noun in [["history", "qemu_kvm"], ["caches"], ["regressions"], ["runs"], ["paths"]] {
      let json = try await Subprocess.run(
        .path(FilePath(try await Lab.shared.warmth)),
        arguments: Arguments(["audit"] + noun + ["--json", "--evidence", evidence]), input: .none,
        output: .string(limit: 1 << 20), error: .string(limit: 1 << 20)
      ).standardOutput
      let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      #expect(document?["schema"] as? String == "warmth/\(noun[0])/v1")
    }
  }
}
