import EndToEndSupport
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
