import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// A run may end at any instant, by any of the signals that end programs.
@Suite struct `A run that is cut off at any instant` {
  private struct Kill: Sendable, CustomStringConvertible {
    let signal: Int32
    /// When, as a part of the time that a run takes.
    let instant: Double
    /// The true verdict, where it is let come to its end.
    let verdict: Verdict
    /// A store that others record in at the same time, or `nil` for one of its own.
    let store: String?

    var description: String {
      "signal \(signal) at \(instant), \(verdict) if it ends by itself, \(store ?? "in a store of its own")"
    }
  }

  /// How long a run takes, while others are under way: the latest that was let come to its end says so.
  private actor Lifetime {
    private(set) var value = Duration.seconds(1)

    func measure() async throws {
      let undertaking = try await Undertaking("libguestfs")
      value = try await ContinuousClock().measure { _ = try await undertaking.run() }
    }
  }

  /// How far a run came.
  private enum Stage: String { case notBegun, cutOff, finished }

  private static let count = Effort.share(of: 200)

  @Test func `leaves no orphan, a store that opens, and no false verdict`() async throws {
    let seed =
      ProcessInfo.processInfo.environment["WARMTH_TEST_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    let atOnce = Turnstile(6)
    let shared = try await Undertaking().evidence
    let life = Lifetime()
    try await life.measure()
    let kills = (0..<Self.count).map { number in
      Kill(
        signal: [SIGKILL, SIGTERM, SIGINT, SIGHUP][number % 4],
        instant: Double.random(in: 0...1.1, using: &random), verdict: number % 8 < 4 ? .warm : .cold,
        store: number % 16 < 8 ? shared : nil)
    }
    let stages = try await withThrowingTaskGroup(of: Stage.self) { group in
      for (number, kill) in kills.enumerated() {
        group.addTask {
          try await atOnce.pass {
            // Other tests come and go meanwhile.
            if number.isMultiple(of: 4) { try await life.measure() }
            return try await cutOff(kill, after: life.value, "\(kill); WARMTH_TEST_SEED=\(seed)")
          }
        }
      }
      return try await group.reduce(into: [String: Int]()) { $0[$1.rawValue, default: 0] += 1 }
    }
    // Otherwise this would be a test of one part of a run's life alone.
    let time = await life.value
    #expect((stages["cutOff"] ?? 0) >= Self.count / 10, "\(stages), a run takes \(time)")
    print("\(Self.count) random instants: \(stages), a run takes \(time), seed \(seed)")
  }

  private func cutOff(_ cut: Kill, after life: Duration, _ comment: Comment) async throws -> Stage {
    // The lab's caches have libguestfs, and nothing of the stand-in for a long build.
    var undertaking =
      cut.verdict == .warm ? try await Undertaking("libguestfs") : try await Undertaking("libguestfs", "slow")
    undertaking.evidence = cut.store ?? undertaking.evidence
    let end = try await undertaking.run(at: .after(life * cut.instant)) { kill($0, cut.signal) }
    try await undertaking.expectNothingLeft()

    let verdicts: [Verdict: Int32] = [.warm: 0, .cold: 1]
    guard let run = try recorded(by: end.process, in: undertaking.evidence, comment) else {
      // Before the program's own first steps a signal does what it does to any program.
      #expect(end.exit == .signaled(cut.signal), "\(comment): \(end.errors)")
      return .notBegun
    }
    switch end.exit {
    case .exited(2) where cut.signal != SIGKILL:
      #expect(run.verdict == .inconclusive, comment)
      #expect(run.codes.contains(.interrupted), comment)
      return .cutOff
    case .signaled(SIGKILL) where cut.signal == SIGKILL:
      #expect([.inconclusive, cut.verdict].contains(run.verdict), comment)
      return run.conclusion == nil ? .cutOff : .finished
    default:
      #expect(end.exit == .exited(verdicts[cut.verdict] ?? -1), "\(comment): \(end.errors)")
      #expect(run.verdict == cut.verdict, comment)
      return .finished
    }
  }

  /// What a process recorded, in a store that must open.
  private func recorded(by process: Int32, in path: String, _ comment: Comment) throws -> Run? {
    do {
      let runs = try EvidenceStore(reading: path).runs(limit: 1000).filter {
        $0.start.runner.processID == process
      }
      #expect(runs.count <= 1, comment)
      return runs.first
    } catch {
      // Ended before its first transaction, it has recorded nothing; the next run goes on from there.
      guard [.absent, .empty].contains(error.flaw) else { throw error }
      _ = try EvidenceStore(creatingAt: path)
      return nil
    }
  }
}
