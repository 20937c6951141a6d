import EndToEndSupport
import EvidenceStore
import Foundation
import GRDB
import NixModel
import Subprocess
import TestSupport
import Testing

/// A run whose Nix crashes says so.
@Suite(.serialized) struct `A run that is cut off by a crash of Nix` {
  @Test(arguments: [(SIGSEGV, "SIGSEGV"), (SIGABRT, "SIGABRT"), (SIGKILL, "SIGKILL")])
  func `names the signal`(number: Int32, name: String) async throws {
    let undertaking = try await Undertaking()
    let end = try await undertaking.run { [directory = undertaking.directory] _ in
      for process in Undertaking.processes(with: directory) {
        let command = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
        let words = String(decoding: command, as: UTF8.self).split(separator: "\0")
        guard words.contains("--no-link"), !words.contains("supervise") else { continue }
        // Nix overlooks a first SIGSEGV that is no overflow of its stack.
        kill(process, number)
        usleep(100_000)
        kill(process, number)
      }
    }
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(2), "\(end.errors)")
    let run = try undertaking.recorded()
    let endings = run.facts.compactMap { fact -> String? in
      guard case .nixFailed(let ending, _, _) = fact else { return nil }
      return ending
    }
    #expect(endings == ["signal \(number) (\(name))"])
  }

  @Test func `quotes its last words`() async throws {
    let undertaking = try await crashing(at: "build")
    let end = try await undertaking.run()
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(2), "\(end.errors)")
    let run = try undertaking.recorded()
    #expect(
      run.facts.contains(
        .nixFailed(ending: "signal 11 (SIGSEGV)", message: "these are my last words", line: 1)),
      "\(run.facts)")
  }

  @Test(arguments: ["eval", "--version"])
  func `is inconclusive before anything is realized, too`(word: String) async throws {
    let undertaking = try await crashing(at: word)
    let end = try await undertaking.run()
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(2), "\(end.errors)")
    let facts = try undertaking.recorded().facts
    #expect("\(facts)".contains("SIGSEGV"), "\(facts)")
    #expect("\(facts)".contains("these are my last words"), "\(facts)")
  }

  /// A proof with a Nix that complains and crashes where `word` is among its arguments.
  private func crashing(at word: String) async throws -> Undertaking {
    var undertaking = try await Undertaking()
    let wrapper = "\(undertaking.directory)/nix"
    let text = """
      #!/bin/sh
      for word; do
        if [ "$word" = \(word) ]; then
          echo 'error: these are my last words' >&2
          kill -SEGV $$
        fi
      done
      exec "$REAL_NIX" "$@"

      """
    try text.write(toFile: wrapper, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: wrapper)
    let real = undertaking.nix.contains("/") ? undertaking.nix : "/usr/bin/\(undertaking.nix)"
    undertaking.environment = ["REAL_NIX": real]
    undertaking.nix = wrapper
    return undertaking
  }
}
