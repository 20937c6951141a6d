public import NixModel

/// `gate` on a terminal: each target with the run that speaks for it, how each rule stands, and the answer.
public struct GateText: Sendable {
  private let answer: GateAnswer
  private let changes: [GateChange]

  /// The text of `answer`, and of how targets differ from their last proofs.
  public init(_ answer: GateAnswer, _ changes: [GateChange] = []) {
    self.answer = answer
    self.changes = changes
  }

  /// How many changed derivations of a target are named.
  private static let namedChanges = 5

  /// The text, ending with a newline.
  public func render(style: Style = .plain) -> String {
    (answer.targets.flatMap { lines(of: $0, style) } + [conclusion(style)]).joined(separator: "\n") + "\n"
  }

  /// A target's lines, its name first.
  func lines(of target: GateAnswer.Target, _ style: Style = .plain) -> [String] {
    let answer = style.paint(target.answer.rawValue, target.answer.role)
    let evidence = target.run.map { run in
      let age = target.age.map { ", \(Quantity.age(seconds: $0))" } ?? ""
      let place = Words.line(run.runner.pod ?? run.runner.host)
      return "  \(style.paint("run \(run.id) on \(place)\(age)", .dim))"
    }
    let head = "\(answer)  \(style.paint(Words.line(target.target), .strong))\(evidence ?? "")"
    return [head] + subject(of: target, style) + target.findings.map { line(of: $0, target.run?.id, style) }
      + changes.filter { $0.target.redacted.description == target.target }.flatMap { lines(of: $0, style) }
  }

  /// What changed since the target was proved last, and what proves it as it is now.
  private func lines(of change: GateChange, _ style: Style) -> [String] {
    let all = change.drift.changes
    let rest = all.count - Self.namedChanges
    return style.entry(
      "was",
      [
        "It was warm in run \(change.run) as another derivation: \(Words.count(change.drift.differing, "derivation")) changed, \(all.count) by \(all.count == 1 ? "itself" : "themselves")."
      ])
      + style.entry(
        "why",
        all.prefix(Self.namedChanges).map { Words.line($0.phrase) } + (rest > 0 ? ["and \(rest) more"] : []))
      + style.entry("next", [change.command])
  }

  /// The subject of the answer, because a name alone could mean another.
  private func subject(of target: GateAnswer.Target, _ style: Style) -> [String] {
    let subject = target.subject.map { subject in
      let outputs = Words.list(target.outputs.map(\.description))
      return "  of \(subject.phrase)" + (outputs.isEmpty ? "" : ": \(outputs)")
    }
    return [subject].compactMap { $0.map { style.paint($0, .dim) } }
  }

  private func line(of finding: GateFinding, _ run: RunID?, _ style: Style) -> String {
    let standing = style.paint(pad(finding.standing.word, to: "unknown".count), finding.standing.role)
    let rule = pad(finding.rule.rawValue, to: GateRuleName.latestRun.rawValue.count)
    return "  \(standing)  \(rule)  \(finding.sentence(of: run))"
  }

  private func pad(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// The answer about all targets.
  func conclusion(_ style: Style = .plain) -> String {
    let targets = Words.count(answer.targets.count, "target")
    let word = style.paint(answer.answer.rawValue, answer.answer.role)
    return switch answer.answer {
    case .yes: "\(word): \(targets) warm, \(measure)"
    case .no: "\(word): \(count(.no)) of \(targets) may not pass"
    case .unknown: "\(word): \(count(.yes)) of \(targets) proved"
    }
  }

  /// By which policy the answer is yes: without one of the gate's own, a run may have allowed itself anything.
  private var measure: String {
    let asksForBuilds = answer.targets.allSatisfy { $0.findings.contains { $0.rule == .builds } }
    return asksForBuilds ? "and every rule met" : "by the policy that each run was made under"
  }

  private func count(_ answer: Answer) -> Int { self.answer.targets.count { $0.answer == answer } }
}
