import NixModel

/// An explanation for a person: each first cause, its evidence, its consequences, and the next step.
public struct ExplanationText: Sendable {
  private let explained: ExplainedRun

  /// The text of `explained`.
  public init(_ explained: ExplainedRun) { self.explained = explained }

  /// The text, ending with a newline.
  public func render(style: Style = .plain) -> String {
    var lines: [String] = []
    if let path = explained.path { lines += self.lines(of: path, style) + [""] }
    let groups = CauseGroup.groups(of: explained.causes)
    for (index, group) in groups.enumerated() {
      lines += self.lines(of: group, number: groups.count > 1 ? index + 1 : nil, style) + [""]
    }
    for comparison in explained.comparisons { lines += self.lines(of: comparison, style) + [""] }
    lines.append(summary(groups, style))
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(of group: CauseGroup, number: Int?, _ style: Style) -> [String] {
    let reason = group.first
    let role: Style.Role = reason.bearing == .cold ? .bad : .doubtful
    let mark = number.map { "\($0). " } ?? ""
    var lines = ["\(mark)\(style.paint(reason.code.rawValue, role)): \(reason.code.title)"]
    lines += style.entry("what", [Words.line(reason.message)])
    lines += style.entry("also", group.others.limited)
    lines += style.entry("seen", group.evidence.limited)
    lines += style.entry("then", group.consequences.limited)
    lines += style.entry("push", publications(of: group.paths).limited)
    lines += style.entry("for", [Words.list(group.targets)])
    return lines + style.entry("next", [reason.remedy(for: group.installables, in: explained.places)])
  }

  private func lines(of account: PathAccount, _ style: Style) -> [String] {
    var lines = ["\(style.paint(account.path.description, .strong))  \(account.outcome.word)"]
    let needs = account.chains.map { chain in
      "\(Words.line(chain.target.description)): "
        + chain.paths.map { String($0.name) }.joined(separator: " > ")
    }
    lines += style.entry("for", needs.limited)
    if let derivation = account.derivation { lines += style.entry("from", [derivation.description]) }
    lines += style.entry("seen", account.evidence.map(\.phrase).limited)
    lines += style.entry("push", publications(of: [account.path]))
    if !account.signedBy.isEmpty {
      lines += style.entry(
        "sign", ["its registration is signed by \(Words.list(account.signedBy)), verified"])
    }
    return lines
  }

  private func lines(of comparison: ExplainedRun.Comparison, _ style: Style) -> [String] {
    var lines = [Words.line(comparison.sentence)]
    guard !comparison.drift.isNone else { return lines }
    lines += style.entry("old", [comparison.drift.old.description])
    lines += style.entry("new", [comparison.drift.new.description])
    return lines + style.entry("diff", comparison.drift.changes.map { Words.line($0.phrase) }.limited)
  }

  /// The last publications of the paths, as far as they are known.
  private func publications(of paths: [StorePath]) -> [String] {
    paths.compactMap { path in
      explained.publications[path].map { publication in
        let name = paths.count > 1 ? "\(path.name): " : ""
        return Words.line(name + publication.sentence(besideRunOf: explained.run.start.started))
      }
    }
  }

  private func summary(_ causes: [CauseGroup], _ style: Style) -> String {
    let run = explained.run
    let name = style.paint("run \(run.start.id)", .dim)
    let verdict = style.paint(run.verdict)
    if explained.path != nil, causes.isEmpty {
      return "\(name): \(verdict); nothing kept this path from being copied"
    }
    guard !causes.isEmpty else {
      let closure = run.conclusion?.judgment.closure ?? ClosureSummary()
      return run.verdict == .warm
        ? "\(name): \(verdict); \(Words.count(closure.substituted, "path")) absent before, offered, copied, and "
          + "registered as copied: there is nothing to explain"
        : "\(name): \(verdict); nothing was recorded that explains it"
    }
    let targets = Set(causes.flatMap(\.targets)).count
    let keep = causes.count == 1 ? "keeps" : "keep"
    return "\(name): \(verdict), for \(Words.count(causes.count, "first cause")) that \(keep) "
      + "\(Words.count(targets, "target")) from being warm"
  }
}
