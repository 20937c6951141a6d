import NixModel

/// A run as annotations of GitHub Actions and its kin: one for each kind of reason, an error where it makes a
/// target cold and a warning where it leaves the proof unmade, and a notice of a warm run.
struct WorkflowAnnotations {
  let reported: ReportedRun

  init(_ run: Run) { reported = ReportedRun(run) }

  /// How many targets an annotation names.
  private static let namedTargets = 3
  /// How long one line of a message may be, and how many are shown beside the first: the next step must still
  /// find room.
  private static let longestLine = 240
  private static let lastLines = 3

  /// The commands, a line each.
  func render() -> String {
    let groups = reported.groups
    var commands = commands(.error, for: groups.filter { $0.first.bearing == .cold })
    commands += self.commands(.warning, for: groups.filter { $0.first.bearing == .inconclusive })
    if commands.isEmpty {
      // A run under way has no reasons, and is not warm for that.
      let level = reported.run.verdict == .warm ? WorkflowCommand.Level.notice : .warning
      commands = [
        WorkflowCommand(level: level, title: "\(reported.run.verdict.rawValue)", message: reported.summary())
      ]
    }
    return commands.map { $0.line + "\n" }.joined()
  }

  /// At most as many as GitHub shows; the last one stands for the rest.
  private func commands(_ level: WorkflowCommand.Level, for groups: [ReasonGroup]) -> [WorkflowCommand] {
    guard groups.count > WorkflowCommand.limit else { return groups.map { command(level, for: $0) } }
    let told = groups.prefix(WorkflowCommand.limit - 1)
    let rest = groups.dropFirst(told.count)
    let codes = rest.map(\.first.code.rawValue).unique
    return told.map { command(level, for: $0) } + [
      WorkflowCommand(
        level: level, title: "and \(Words.count(rest.count, "reason")) more",
        message: "\(Words.list(codes)); `warmth audit show \(reported.run.start.id)` shows all of them.")
    ]
  }

  private func command(_ level: WorkflowCommand.Level, for group: ReasonGroup) -> WorkflowCommand {
    let code = group.first.code
    let what = group.what
    let shown = group.quotesBuilder ? what.count : Self.lastLines
    var lines = (what.prefix(1) + what.dropFirst().suffix(shown)).map {
      Words.clipped($0, to: Self.longestLine)
    }
    if let other = group.others.first {
      lines.append("So it is with \(Words.count(group.others.count, "other")), among them \(other).")
    }
    lines.append("For \(Words.list(group.targets.map(Words.name), naming: Self.namedTargets)).")
    lines.append("Next: \(group.first.remedy)")
    return WorkflowCommand(
      level: level, title: "\(code.rawValue): \(code.title)", message: lines.joined(separator: "\n"))
  }
}
