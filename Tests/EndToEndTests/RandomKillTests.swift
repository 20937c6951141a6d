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
    let time: Duration
    /// The true verdict, where it is let come to its end.
    let verdict: Verdict

    var description: String { "signal \(signal) after \(time), \(verdict) if it ends by itself" }
  }

  /// How far a run came.
  private enum Stage { case notBegun, cutOff, finished }

  private static let count = 200

  @Test func `leaves no orphan, a store that opens, and no false verdict`() async throws {
    let seed = ProcessInfo.processInfo.environment["WARMTH_TEST_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 0 ... .max)
    var random = SplitMix(state: seed)
    let atOnce = Turnstile(6)
    let life = try await lifetime(atOnce)
    let kills = (0..<Self.count).map { number in
      Kill(
        signal: [SIGKILL, SIGTERM, SIGINT, SIGHUP][number % 4],
        time: life * Double.random(in: 0...1.1, using: &random),
        verdict: number % 8 < 4 ? .warm : .cold)
    }
    let stages = try await withThrowingTaskGroup(of: Stage.self) { group in
      for kill in kills {
        group.addTask {
          try await atOnce.pass {
            try await cutOff(kill, "\(kill); WARMTH_TEST_SEED=\(seed)")
          }
        }
      }
      return try await group.reduce(into: [Stage: Int]()) { $0[$1, default: 0] += 1 }
    }
    // Otherwise this would be a test of one part of a run's life alone.
    #expect((stages[.cutOff] ?? 0) >= Self.count / 4, "\(stages), a run takes \(life)")
    #expect((stages[.finished] ?? 0) >= 1, "\(stages), a run takes \(life)")
    print("200 random instants: \(stages), a run takes \(life), seed \(seed)")
  }

  /// How long a run takes where so many are made at once.
  private func lifetime(_ turnstile: Turnstile) async throws -> Duration {
    try await withThrowingTaskGroup(of: Duration.self) { group in
      for _ in 0..<12 {
        group.addTask {
          try await turnstile.pass {
            let undertaking = try await Undertaking("libguestfs")
            return try await ContinuousClock().measure { _ = try await undertaking.run() }
          }
        }
      }
      return try await group.reduce(.zero) { max($0, $1) }
    }
  }

  private func cutOff(_ cut: Kill, _ comment: Comment) async throws -> Stage {
    // The lab's caches have libguestfs and nothing of the stand-in for a long build.
    let undertaking =
      cut.verdict == .warm ? try await Undertaking("libguestfs") : try await Undertaking("libguestfs", "slow")
    let end = try await undertaking.run(at: .after(cut.time)) { kill($0, cut.signal) }
    try await undertaking.expectNothingLeft()

    let runs: [Run]
    do {
      runs = try EvidenceStore(reading: undertaking.evidence).runs(limit: 10)
    } catch {
      // Ended before its first transaction, it has recorded nothing.
      #expect([.absent, .empty].contains(error.flaw), comment)
      runs = []
      _ = try EvidenceStore(creatingAt: undertaking.evidence)
    }
    #expect(runs.count <= 1, comment)
    let verdicts: [Verdict: Int32] = [.warm: 0, .cold: 1]
    guard let run = runs.first else {
      // Before the program's own first steps a signal does what it does to any program.
      #expect(end.exit == .signaled(cut.signal), comment)
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
}

/// Random numbers that a seed tells again (Steele, Lea and Flood, 2014).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
