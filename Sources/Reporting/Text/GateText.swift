import NixModel

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
    let verdict = target.verdict.map(style.paint) ?? style.paint("no run", .doubtful)
    let evidence = target.run.map { run in
      let age = target.age.map { ", \(Quantity.age(seconds: $0))" } ?? ""
      return "  \(style.paint("run \(run)\(age)", .dim))"
    }
    return [
      "\(verdict)  \(style.paint(Words.line(target.target), .strong))\(evidence ?? "")",
      "  \(Words.line(target.sentence))",
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

  private func count(_ verdict: Verdict) -> Int { answer.targets.count { $0.verdict == verdict } }
}
