import NixModel

/// What every renderer starts from: a run's targets with their verdicts, whether or not the run came to a
/// conclusion.
struct RunFindings {
  let targets: [Target]
  let closure: ClosureSummary

  /// One target's verdict.
  struct Target {
    let installable: String
    let derivation: StorePath?
    let verdict: Verdict
    let outputs: [OutputJudgment]
    let reasons: [Reason]
  }

  /// A run that was cut off proves nothing of its targets, for that very reason; of one under way nothing
  /// is known yet.
  init(_ run: Run) {
    switch run.state {
    case .finished(let conclusion):
      targets = conclusion.judgment.targets.map {
        Target(
          installable: Words.line($0.installable.description), derivation: $0.derivation,
          verdict: $0.ruling.verdict, outputs: $0.outputs, reasons: $0.ruling.reasons)
      }
      closure = conclusion.judgment.closure
    case .interrupted:
      targets = Self.undecided(run, because: [Reason(.interrupted, .inconclusive)])
      closure = ClosureSummary()
    case .running:
      targets = Self.undecided(run, because: [])
      closure = ClosureSummary()
    }
  }

  private static func undecided(_ run: Run, because reasons: [Reason]) -> [Target] {
    run.start.installables.map {
      Target(
        installable: Words.line($0.description), derivation: nil, verdict: .inconclusive, outputs: [],
        reasons: reasons)
    }
  }
}

extension Run.State {
  /// The stable word for it.
  var word: String {
    switch self {
    case .running: "running"
    case .interrupted: "interrupted"
    case .finished: "finished"
    }
  }
}
