import NixModel

/// An explanation for a person: each first cause, what shows it, what it did, and what to do next.
public struct ExplanationText: Sendable {
  private let explained: ExplainedRun

  /// How many consequences, exhibits or changes are listed before the rest is counted.
  private static let listed = 8

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
    var lines = ["\(mark)\(style.paint(reason.code.rawValue, role)): \(reason.code.meaning)"]
    lines += entry("what", [Words.line(reason.message)], style)
    lines += entry("also", limited(group.others), style)
    lines += entry("seen", limited(group.exhibits), style)
    lines += entry("then", limited(group.consequences), style)
    lines += entry("push", limited(publications(of: group.paths)), style)
    lines += entry("for", [Words.list(group.targets)], style)
    return lines + entry("next", [reason.remedy(for: group.installables, in: explained.places)], style)
  }

  private func lines(of account: PathAccount, _ style: Style) -> [String] {
    var lines = ["\(style.paint(account.path.description, .strong))  \(account.outcome.word)"]
    let needs = account.chains.map { chain in
      "\(Words.line(chain.target.description)): "
        + chain.paths.map { String($0.name) }.joined(separator: " > ")
    }
    lines += entry("for", limited(needs), style)
    if let derivation = account.derivation { lines += entry("from", [derivation.description], style) }
    lines += entry("seen", limited(account.exhibits.map(\.phrase)), style)
    lines += entry("push", publications(of: [account.path]), style)
    if !account.signedBy.isEmpty {
      lines += entry(
        "sign", ["its registration is signed by \(Words.list(account.signedBy)), verified"], style)
    }
    return lines
  }

  private func lines(of comparison: ExplainedRun.Comparison, _ style: Style) -> [String] {
    var lines = [Words.line(comparison.sentence)]
    guard !comparison.drift.isNone else { return lines }
    lines += entry("old", [comparison.drift.old.description], style)
    lines += entry("new", [comparison.drift.new.description], style)
    return lines + entry("diff", limited(comparison.drift.changes.map { Words.line($0.phrase) }), style)
  }

  /// Who published the paths last, as far as is known, and to what effect.
  private func publications(of paths: [StorePath]) -> [String] {
    paths.compactMap { path in
      explained.publications[path].map { publication in
        let name = paths.count > 1 ? "\(path.name): " : ""
        return Words.line(name + publication.sentence(besideRunOf: explained.run.start.started))
      }
    }
  }

  private func limited(_ texts: [String]) -> [String] {
    guard texts.count > Self.listed else { return texts }
    return texts.prefix(Self.listed - 1) + ["and \(texts.count - Self.listed + 1) more"]
  }

  private func entry(_ label: String, _ texts: [String], _ style: Style) -> [String] {
    let padding = String(repeating: " ", count: max(0, 4 - label.count))
    return texts.enumerated().map { index, text in
      "  \(index == 0 ? style.paint(label, .dim) + padding : "    ")  \(text)"
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
