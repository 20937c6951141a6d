public import Foundation
public import NixModel

/// The answer of a gate, with every face that a job leaves behind.
public struct GateReport: CloseOutResult {
  private let answer: GateAnswer
  private let changes: [GateChange]
  private let instant: Date
  private let host: String

  /// - Parameters:
  ///   - changes: how targets differ from their last warm proofs.
  ///   - instant: when it was asked.
  ///   - host: where.
  public init(_ answer: GateAnswer, _ changes: [GateChange], at instant: Date, on host: String) {
    self.answer = answer
    self.changes = changes
    self.instant = instant
    self.host = host
  }

  public func render(_ format: RunFormat, style: Style = .plain) throws -> String {
    switch format {
    case .text: text.render(style: style)
    case .json: try GateDocument(answer, changes).json()
    case .markdown: markdown
    case .junit: junit.render()
    case .github: annotations
    case .githubOutput: outputs
    case .gitlab: gitLab
    }
  }

  public func command(for format: RunFormat) -> String { "warmth gate" }

  public var standing: String { "The answer stands" }

  /// How many targets have a line, and how many are told with all rules.
  private static let namedTargets = 100
  /// The longest page of Markdown in bytes, as of a run's.
  private static let longest = MarkdownSummary.longest

  private var text: GateText { GateText(answer, changes) }

  /// Those that keep the gate closed, the plain refusals first.
  private var obstacles: [GateAnswer.Target] {
    answer.targets.filter { $0.answer == .no } + answer.targets.filter { $0.answer == .unknown }
  }

  private func change(of target: GateAnswer.Target) -> GateChange? {
    changes.first { $0.target.redacted.description == target.target }
  }

  /// A sentence on a changed target, and the command that proves it.
  private func words(on change: GateChange) -> (what: String, next: String) {
    let all = change.drift.changes
    let named = all.prefix(3).map { Words.line($0.phrase) } + (all.count > 3 ? ["\(all.count - 3) more"] : [])
    return (
      "It was warm in run \(change.run) as another derivation. What changed: \(Words.list(named, ifEmpty: "its own derivation")).",
      change.command
    )
  }

  private var markdown: String {
    var page = [
      "## Cache gate: \(answer.answer.rawValue)", "", Markdown.sentence(text.conclusion()) + ".", "",
    ]
    page += ["| answer | target | why |", "|---|---|---|"]
    page += (obstacles + answer.targets.filter { $0.answer == .yes }).prefix(Self.namedTargets).map {
      target in
      let word = target.answer == .yes ? "yes" : "**\(target.answer.rawValue)**"
      return Markdown.row([
        word, Markdown.code(Words.name(target.target)), Markdown.sentence(target.sentence),
      ])
    }
    let rest = answer.targets.count - Self.namedTargets
    if rest > 0 { page.append("| … | and \(Words.count(rest, "target")) more | |") }
    var parts = [page.joined(separator: "\n") + "\n"]
    parts += obstacles.prefix(Self.namedTargets).compactMap { target in
      change(of: target).map { change in
        let (what, next) = words(on: change)
        return """

          ### \(Markdown.code(Words.name(target.target)))

          \(Markdown.sentence(what))

          **Next:** \(Markdown.code(next))

          """
      }
    }
    let rules = answer.targets.prefix(Self.namedTargets).flatMap { target in
      target.findings.map { finding in
        Markdown.row([
          Markdown.code(Words.name(target.target)), finding.rule.rawValue, finding.standing.word,
          Markdown.sentence(finding.sentence(of: target.run?.id)),
        ])
      }
    }
    parts.append(
      ([
        "", "<details><summary>How each rule stands</summary>", "", "| target | rule | | |",
        "|---|---|---|---|",
      ]
        + rules + ["", "</details>"]).joined(separator: "\n") + "\n")
    var shown = ""
    var left = 0
    for part in parts {
      if left == 0, shown.utf8.count + part.utf8.count < Self.longest { shown += part } else { left += 1 }
    }
    return left == 0 ? shown : shown + "\n\(Words.count(left, "part")) found no room here.\n"
  }

  private var junit: JUnitSuite {
    JUnitSuite(
      name: "warmth gate", seconds: 0, timestamp: Instant.iso8601(instant), host: host,
      properties: [("answer", answer.answer.rawValue)],
      cases: answer.targets.map { target in
        let complaint = JUnitSuite.Complaint(
          type: target.obstacle?.rule.rawValue ?? "rule", message: target.sentence,
          lines: text.lines(of: target))
        let result: JUnitSuite.Result =
          switch target.answer {
          case .yes: .passed
          case .no: .failure(complaint)
          case .unknown: .error(complaint)
          }
        return JUnitSuite.Case(name: target.target, result: result)
      })
  }

  private var annotations: String {
    let told = obstacles
    guard !told.isEmpty else {
      return WorkflowCommand(level: .notice, title: "gate: yes", message: text.conclusion()).line + "\n"
    }
    func lines(_ level: WorkflowCommand.Level, _ targets: [GateAnswer.Target]) -> [String] {
      let isCut = targets.count > WorkflowCommand.limit
      var commands = targets.prefix(isCut ? WorkflowCommand.limit - 1 : targets.count).map { target in
        let change = change(of: target).map(words)
        let message = [target.sentence, change?.what, change.map { "Next: \($0.next)" }].compactMap(\.self)
        return WorkflowCommand(
          level: level, title: "gate: \(target.answer.rawValue): \(Words.name(target.target))",
          message: message.joined(separator: "\n"))
      }
      if isCut {
        let rest = targets.dropFirst(commands.count).map { Words.name($0.target) }
        commands.append(
          WorkflowCommand(
            level: level, title: "gate: and \(Words.count(rest.count, "target")) more",
            message: Words.list(rest, naming: 10)))
      }
      return commands.map { $0.line + "\n" }
    }
    return
      (lines(.error, told.filter { $0.answer == .no })
      + lines(.warning, told.filter { $0.answer == .unknown })).joined()
  }

  private var outputs: String {
    func count(_ answer: Answer) -> String { "\(self.answer.targets.count { $0.answer == answer })" }
    let refused = obstacles.prefix(Self.namedTargets).map { Words.name($0.target) }
    let rules = obstacles.compactMap { $0.obstacle?.rule.rawValue }.unique
    return [
      ("answer", answer.answer.rawValue), ("yes", count(.yes)), ("no", count(.no)),
      ("unknown", count(.unknown)),
      ("rules", rules.joined(separator: " ")), ("not-proved", refused.joined(separator: "\n")),
    ].map { WorkflowOutput.assignment($0, $1) }.joined()
  }

  private var gitLab: String {
    let sections = answer.targets.enumerated().map { number, target in
      let lines = text.lines(of: target)
      return GitLabSection(
        name: "target_\(number + 1)", isCollapsed: target.answer == .yes, title: lines.first ?? "",
        lines: Array(lines.dropFirst()))
    }
    let time = Instant.wholeSeconds(instant)
    let lines = sections.flatMap { $0.rendered(of: "gate_\(time)", at: time) }
    return (lines + [text.conclusion()]).joined(separator: "\n") + "\n"
  }
}
