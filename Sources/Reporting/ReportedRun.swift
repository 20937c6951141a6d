package import NixModel

/// A run as every report starts from it: its targets with their verdicts, with or without a conclusion.
package struct ReportedRun {
  package let run: Run
  package let targets: [Target]
  package let closure: ClosureSummary

  /// One target's verdict.
  package struct Target {
    package let installable: String
    package let derivation: StorePath?
    package let verdict: Verdict
    package let outputs: [OutputJudgment]
    package let reasons: [Reason]
    package let found: [FoundPath]
  }

  /// A run that was cut off proves nothing of its targets, for that very reason; of one under way nothing
  /// is known yet.
  package init(_ run: Run) {
    self.run = run
    switch run.state {
    case .finished(let conclusion):
      targets = conclusion.judgment.targets.map {
        Target(
          installable: Words.line($0.installable.description), derivation: $0.derivation,
          verdict: $0.ruling.verdict, outputs: $0.outputs, reasons: $0.ruling.reasons,
          found: $0.found)
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
        reasons: reasons, found: [])
    }
  }
}

extension ReportedRun {
  /// The means of writing that did not decide, a sentence each.
  package var remarks: [String] {
    run.meansOfWriting.compactMap { $0.remark(under: run.start.policy).map(Words.line) }
  }

  /// The reasons of all targets, each kind told once.
  var groups: [ReasonGroup] { ReasonGroup.groups(of: targets) }

  /// `run 2026…: cold after 3 min 12 s; 812 paths needed: …`.
  func summary(_ style: Style = .plain) -> String {
    let name = style.paint("run \(Words.line(run.start.id.text))", .dim)
    let started = Instant.iso8601(run.start.started)
    switch run.state {
    case .running: return "\(name): still running, since \(started)"
    case .interrupted: return "\(name): interrupted, without a conclusion; started \(started)"
    case .finished:
      let duration = Quantity.duration(seconds: run.seconds)
      return "\(name): \(style.paint(run.verdict)) after \(duration); \(closure.sentence)"
    }
  }
}

extension Run {
  /// How long it took, in whole seconds; 0 where it came to no end.
  package var seconds: Int { conclusion.map { Instant.seconds(from: start.started, to: $0.finished) } ?? 0 }
}

extension ClosureSummary {
  /// `812 paths needed: 811 substituted, 1 built locally; 1.2 GiB downloaded`.
  ///
  /// Paths and derivations are counted apart, since one derivation makes several paths, and since Nix builds more than
  /// the targets need to run: where the counts do not add up, the derivations have a clause of their own.
  package var sentence: String {
    let rest = paths - substituted - presentBefore - addedByEvaluation
    let builds = [(builtLocally, "built locally"), (builtRemotely, "built remotely")].filter { $0.0 > 0 }
    let isPathForEach = rest == builtLocally + builtRemotely
    let others = [
      (presentBefore, "present before"), (addedByEvaluation, "added by evaluation"),
      (isPathForEach ? 0 : rest, builds.isEmpty ? "not realized" : "not copied"),
    ]
    let parts = ([(substituted, "substituted")] + (isPathForEach ? builds : []) + others)
      .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let counts = parts.isEmpty ? "" : ": \(parts.joined(separator: ", "))"
    let apart = (isPathForEach ? [] : builds).map { "; \(Words.count($0.0, "derivation")) \($0.1)" }.joined()
    return
      "\(Words.count(paths, "path")) needed\(counts)\(apart); \(Quantity.bytes(downloadBytes)) downloaded"
  }
}

extension Run.State {
  /// The stable word for it.
  package var word: String {
    switch self {
    case .running: "running"
    case .interrupted: "interrupted"
    case .finished: "finished"
    }
  }
}
