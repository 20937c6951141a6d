import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// However a run is cut off: nothing of Nix is left, the store opens, and nothing reads as warm.
@Suite(.serialized) struct `A run that is cut off` {
  /// Starts a proof whose build sleeps for ten minutes, does `end` once the build is under way, and gives
  /// the exit status and the recorded run.
  private func cutOff(
    _ options: [String] = [], by end: @escaping @Sendable (_ warmth: Int32) throws -> Void = { _ in }
  ) async throws -> (exit: TerminationStatus, run: Run) {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let directory = "\(lab.directory)/cut-\(UUID().uuidString)"
    let evidence = "\(directory)/evidence.sqlite"
    let record = try await Subprocess.run(
      .path(FilePath("\(Lab.fixtures)/private-nix")),
      arguments: Arguments(
        [
          directory, lab.warmth, "prove", "-f", "\(Lab.fixtures)/lab.nix", "slow", "--builds", "observe",
          "--nix",
          lab.nix, "--substituter", cache.url, "--trusted-public-key", lab.publicKey, "--evidence", evidence,
        ] + options),
      input: .none, output: .discarded, error: .sequence
    ) { execution in
      // private-nix becomes warmth: its process is the one to end.
      let warmth = execution.processIdentifier.value
      var text = ""
      for try await buffer in execution.standardError {
        text += buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        if text.contains("building /nix/store/") {
          text = ""
          try end(warmth)
        }
      }
    }
    try await expectNothingLeft(of: directory)
    let run = try #require(try EvidenceStore(reading: evidence).latestRun())
    return (record.terminationStatus, run)
  }

  /// Whatever Nix started has the run's directory in its environment.
  private func expectNothingLeft(of directory: String) async throws {
    var left: [String] = []
    for _ in 0..<150 {
      left = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { process in
        guard Int32(process) != nil,
          let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ")
        else { return false }
        return environment.firstRange(of: Data(directory.utf8)) != nil
      }
      if left.isEmpty { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("still alive after 15 seconds: \(left)")
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func `by a signal is inconclusive`(number: Int32) async throws {
    let (exit, run) = try await cutOff { kill($0, number) }
    #expect(exit == .exited(2))
    #expect(run.verdict == .inconclusive)
    let codes = run.conclusion?.judgment.targets.flatMap(\.ruling.reasons).map(\.code) ?? []
    #expect(codes.contains(.interrupted))
  }

  @Test func `by its time limit is inconclusive`() async throws {
    let (exit, run) = try await cutOff(["--timeout", "3s"])
    #expect(exit == .exited(2))
    let codes = run.conclusion?.judgment.targets.flatMap(\.ruling.reasons).map(\.code) ?? []
    #expect(codes.contains(.timedOut))
  }

  @Test func `by being killed outright reads as interrupted`() async throws {
    let (exit, run) = try await cutOff { kill($0, SIGKILL) }
    #expect(exit == .signaled(SIGKILL))
    #expect(run.state == .interrupted)
    #expect(run.verdict == .inconclusive)
  }

  @Test func `at any instant leaves no orphan, and a store that opens`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    for round in 0..<12 {
      let directory = "\(lab.directory)/kill-\(UUID().uuidString)"
      let evidence = "\(directory)/evidence.sqlite"
      let record = try await Subprocess.run(
        .path(FilePath("\(Lab.fixtures)/private-nix")),
        arguments: [
          directory, lab.warmth, "prove", "-f", "\(Lab.fixtures)/lab.nix", "libguestfs", "slow", "--builds",
          "observe",
          "--nix", lab.nix, "--substituter", cache.url, "--trusted-public-key", lab.publicKey, "--evidence",
          evidence,
        ],
        input: .none, output: .discarded, error: .discarded
      ) { execution in
        try await Task.sleep(for: .milliseconds(Int.random(in: 5...900)))
        kill(execution.processIdentifier.value, round.isMultiple(of: 2) ? SIGKILL : SIGTERM)
      }
      #expect(!record.terminationStatus.isSuccess)
      try await expectNothingLeft(of: directory)
      guard FileManager.default.fileExists(atPath: evidence) else { continue }
      do {
        let runs = try EvidenceStore(reading: evidence).runs(limit: 10)
        #expect(runs.allSatisfy { $0.verdict == .inconclusive })
      } catch {
        // Killed between making the file and its first transaction, it holds nothing; it is not damaged.
        #expect(error.flaw == .empty)
        _ = try EvidenceStore(creatingAt: evidence)
      }
    }
  }
}
