import EvidenceStore
import Foundation
import GRDB
import NixModel
import Subprocess
import TestSupport
import Testing

/// However a run is cut off: nothing of Nix is left, the store opens, and nothing reads as warm.
@Suite(.serialized) struct `A run that is cut off` {
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func `by a signal is inconclusive`(number: Int32) async throws {
    let undertaking = try await Undertaking()
    let end = try await undertaking.run { kill($0, number) }
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(2))
    let codes = try undertaking.recorded().codes
    #expect(codes.contains(.interrupted))
  }

  @Test func `by a signal before it began is inconclusive, too`() async throws {
    let undertaking = try await Undertaking()
    // The run waits for a store that another process writes to.
    _ = try EvidenceStore(creatingAt: undertaking.evidence)
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: undertaking.evidence, configuration: configuration)
    try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
    let end = try await undertaking.run(at: .after(.zero)) { process in
      while !Undertaking.isReceiving(SIGTERM, process), kill(process, 0) == 0 { usleep(10_000) }
      kill(process, SIGTERM)
      usleep(200_000)
      try other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(2), "\(end.errors)")
    let codes = try undertaking.recorded().codes
    #expect(codes == [.interrupted])
  }

  @Test func `by its time limit is inconclusive`() async throws {
    let undertaking = try await Undertaking("slow", "--builds", "observe", "--timeout", "3s")
    let end = try await undertaking.run()
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(2))
    let codes = try undertaking.recorded().codes
    #expect(codes.contains(.timedOut))
  }

  @Test func `by being killed outright reads as interrupted`() async throws {
    let undertaking = try await Undertaking()
    let end = try await undertaking.run { kill($0, SIGKILL) }
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .signaled(SIGKILL))
    let run = try undertaking.recorded()
    #expect(run.state == .interrupted)
    #expect(run.verdict == .inconclusive)
  }

  @Test func `by the loss of its terminal is inconclusive`() async throws {
    var undertaking = try await Undertaking()
    let terminal = try PseudoTerminal()
    undertaking.script = #"exec setsid --ctty "$@" < "$TERMINAL" > "$TERMINAL" 2>&1"#
    undertaking.environment = ["TERMINAL": terminal.path, "TERM": "xterm"]
    async let shown = terminal.readAndHangUp(at: "building")
    let end = try await undertaking.run()
    let text = await shown
    #expect(text.contains("building"))
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(2))
    let codes = try undertaking.recorded().codes
    #expect(codes.contains(.interrupted))
  }

  @Test func `from a terminal that it was told to outlive goes on`() async throws {
    var undertaking = try await Undertaking("slow", "--builds", "observe", "--timeout", "6s")
    undertaking.script = #"exec nohup "$@""#
    let end = try await undertaking.run { kill($0, SIGHUP) }
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(2))
    let codes = try undertaking.recorded().codes
    #expect(codes.contains(.timedOut))
  }
}

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
