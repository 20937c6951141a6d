import Foundation
import NixModel

/// Values for tests: a test names only what matters to it.
enum Make {
  static let cache = "https://cache.example/main"
  static let upstream = "https://cache.nixos.org"

  /// A path whose hash part is one letter, repeated.
  static func path(_ letter: Character, _ name: String) throws -> StorePath {
    try StorePath(baseName: "\(String(repeating: letter, count: StorePath.hashLength))-\(name)")
  }

  /// 12:00:00 UTC on 3 May 2026, and so many seconds.
  static func instant(_ seconds: Double = 0) -> Date { Date(timeIntervalSince1970: 1_777_809_600 + seconds) }

  /// A means of writing. Its own parts are tested where they are made.
  static func meansOfWriting() throws -> MeansOfWriting {
    MeansOfWriting(.atticToken, at: "the environment variable ATTIC_TOKEN", .writes("main: r,w"))
  }

  static func output(
    _ name: String, _ path: StorePath, _ outcome: Outcome, narSize: UInt64? = 12_897_485,
    signedBy: [String] = ["main-1"]
  ) -> OutputJudgment {
    OutputJudgment(name: name, path: path, outcome: outcome, narSize: narSize, signedBy: signedBy)
  }

  static func target(
    _ installable: String, derivation: StorePath? = nil, _ verdict: Verdict = .warm, reasons: [Reason] = [],
    outputs: [OutputJudgment] = []
  ) throws -> TargetJudgment {
    guard let ruling = Ruling(verdict, reasons: reasons) else { throw Contradiction() }
    return TargetJudgment(
      installable: try Installable(parsing: installable), derivation: derivation, ruling: ruling,
      outputs: outputs)
  }

  /// A verdict other than warm without reasons, or warm with some.
  struct Contradiction: Error {}

  static func closure(
    substituted: Int = 0, builtLocally: Int = 0, presentBefore: Int = 0, notRealized: Int = 0,
    downloadBytes: UInt64 = 0
  ) -> ClosureSummary {
    var closure = ClosureSummary()
    closure.paths = substituted + builtLocally + presentBefore + notRealized
    closure.substituted = substituted
    closure.builtLocally = builtLocally
    closure.presentBefore = presentBefore
    closure.downloadBytes = downloadBytes
    return closure
  }

  static func start(_ installables: [String], at instant: Date = instant(), pod: String? = nil) throws
    -> RunStart
  {
    RunStart(
      id: RunID("20260503T120000Z-4k7xbq"), started: instant, version: "1.0.0",
      runner: Runner(host: "runner-7", pod: pod, processID: 4711, processStart: 1, bootID: "b"),
      installables: try installables.map { try Installable(parsing: $0) }, policy: Policy())
  }

  /// A run that came to a conclusion.
  static func run(
    _ targets: [TargetJudgment], closure: ClosureSummary = ClosureSummary(), seconds: Double = 192,
    pod: String? = nil
  ) throws -> Run {
    Run(
      start: try start(targets.map(\.installable.description), pod: pod), nixVersion: "2.34.8",
      state: .finished(
        Conclusion(
          finished: instant(seconds), judgment: Judgment(targets: targets, closure: closure),
          memoryPeak: 73_400_320)))
  }

  /// A run without one.
  static func run(unfinished state: Run.State, nixVersion: String? = nil) throws -> Run {
    Run(start: try start(["nixpkgs#libguestfs", "nixpkgs#qemu_kvm"]), nixVersion: nixVersion, state: state)
  }
}
