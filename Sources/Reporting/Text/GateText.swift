public import NixModel

extension GateAnswer.Target {
  /// What the finding means for the gate.
  var sentence: String {
    switch finding {
    case .warm: "The latest run proved it warm."
    case .cold: "The latest run found it cold; `warmth audit show \(named)` says why."
    case .inconclusive: "The latest run proved nothing either way; `warmth audit show \(named)` says why."
    case .tooOld(let maximum):
      "The latest run is older than \(Quantity.duration(seconds: maximum)); prove it again."
    case .fromTheFuture: "The latest run ended in the future: a clock is wrong, so its age is not known."
    case .interrupted: "The latest run was cut off before its verdict; prove it again."
    case .running: "A run is under way; ask again when it has ended."
    case .noRun: "No run is about it; `warmth prove` makes one."
    }
  }

  private var named: String { run.map(\.text) ?? "" }
}

/// `gate` on a terminal: each target with the run that speaks for it, and the answer.
public struct GateText: Sendable {
  private let answer: GateAnswer

  /// The text of `answer`.
  public init(_ answer: GateAnswer) { self.answer = answer }

  /// The text, ending with a newline.
  public func render(style: Style = .plain) -> String {
    (answer.targets.flatMap { lines(of: $0, style) } + [conclusion(style)]).joined(separator: "\n") + "\n"
  }

  private func lines(of target: GateAnswer.Target, _ style: Style) -> [String] {
    let verdict = target.finding.verdict.map(style.paint) ?? style.paint("no run", .doubtful)
    let evidence = target.run.map { run in
      let age = target.age.map { ", \(Quantity.age(seconds: $0))" } ?? ""
      return "  \(style.paint("run \(run)\(age)", .dim))"
    }
    return [
      "\(verdict)  \(style.paint(Words.line(target.target), .strong))\(evidence ?? "")",
      "  \(target.sentence)",
    ]
  }

  private func conclusion(_ style: Style) -> String {
    let targets = Words.count(answer.targets.count, "target")
    return switch answer.answer {
    case .yes: "\(style.paint("yes", .good)): \(targets) warm"
    case .no: "\(style.paint("no", .bad)): \(count(.cold)) of \(targets) cold"
    case .unknown: "\(style.paint("unknown", .doubtful)): \(count(.warm)) of \(targets) proved warm"
    }
  }

  private func count(_ verdict: Verdict) -> Int { answer.targets.count { $0.finding.verdict == verdict } }
}
