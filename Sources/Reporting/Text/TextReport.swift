public import NixModel

/// A run for a person, at the end of `prove` and in `audit show`: what came from where, and for whatever
/// is not warm, what happened and what to do next.
public struct TextReport: Sendable {
  private let run: Run

  /// The report of `run`.
  public init(_ run: Run) { self.run = run }

  /// How many paths of one kind of reason are named before the rest is counted.
  private static let namedPaths = 5
  /// How many lines of someone else's message are shown; Nix puts the cause last.
  private static let quotedLines = 8

  /// The report, ending with a newline.
  public func render(style: Style = .plain) -> String {
    let findings = RunFindings(run)
    let groups = ReasonGroup.groups(of: findings.targets)
    var lines = findings.targets.flatMap { self.lines(of: $0, style) }
    for group in groups {
      lines.append("")
      lines += self.lines(of: group, amongTargets: findings.targets.count, style)
    }
    if !groups.isEmpty { lines.append("") }
    lines.append(summary(findings, style))
    if let occasion = run.start.occasion { lines.append("\(style.paint("about", .dim)) \(occasion.phrase)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(of target: RunFindings.Target, _ style: Style) -> [String] {
    let nameWidth = target.outputs.reduce(0) { max($0, $1.name.count) }
    let pathWidth = target.outputs.reduce(0) { max($0, $1.path.description.count) }
    return ["\(style.paint(target.verdict))  \(style.paint(target.installable, .strong))"]
      + target.outputs.map { output in
        let name = output.name.padded(to: nameWidth)
        let path = output.path.description.padded(to: pathWidth)
        return "  \(name)  \(path)  \(Words.line(output.provenance))"
      }
  }

  private func lines(of group: ReasonGroup, amongTargets count: Int, _ style: Style) -> [String] {
    let role: Style.Role = group.first.bearing == .cold ? .bad : .doubtful
    let message = group.first.message.split(separator: "\n", omittingEmptySubsequences: false)
    var lines = ["\(style.paint(group.first.code.rawValue, role)): \(group.first.code.meaning)"]
    lines += entry("what", excerpt(of: message.map(String.init)), style)
    let named = group.others.prefix(Self.namedPaths - 1)
    let rest = group.others.count - named.count
    lines += entry("also", named + (rest > 0 ? ["and \(rest) more"] : []), style)
    // With one target there is nothing to tell apart.
    if count > 1 { lines += entry("for", [Words.list(group.targets)], style) }
    return lines + entry("next", [group.first.remedy], style)
  }

  /// A word of at most four letters in the margin, and what belongs to it.
  private func entry(_ label: String, _ texts: [String], _ style: Style) -> [String] {
    let padding = String(repeating: " ", count: max(0, 4 - label.count))
    return texts.enumerated().map { index, text in
      let margin = index == 0 ? style.paint(label, .dim) + padding : "    "
      return "  \(margin)  \(text)"
    }
  }

  private func excerpt(of message: [String]) -> [String] {
    guard message.count > Self.quotedLines else { return message }
    return [message[0], "…"] + message.suffix(Self.quotedLines - 2)
  }

  private func summary(_ findings: RunFindings, _ style: Style) -> String {
    let name = style.paint("run \(run.start.id)", .dim)
    switch run.state {
    case .running:
      return "\(name): still running, since \(Instant.iso8601(run.start.started))"
    case .interrupted:
      return "\(name): interrupted, without a conclusion; started \(Instant.iso8601(run.start.started))"
    case .finished(let conclusion):
      let seconds = Instant.seconds(from: run.start.started, to: conclusion.finished)
      return "\(name): \(style.paint(run.verdict)) after \(Quantity.duration(seconds: seconds)); "
        + findings.closure.sentence
    }
  }
}

extension ClosureSummary {
  /// `812 paths needed: 811 substituted, 1 built locally; 1.2 GiB downloaded`.
  fileprivate var sentence: String {
    let remaining = paths - substituted - builtLocally - builtRemotely - presentBefore
    let parts = [
      (substituted, "substituted"), (builtLocally, "built locally"), (builtRemotely, "built remotely"),
      (presentBefore, "present before"), (remaining, "not realized"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let counts = parts.isEmpty ? "" : ": \(parts.joined(separator: ", "))"
    return "\(Words.count(paths, "path")) needed\(counts); \(Quantity.bytes(downloadBytes)) downloaded"
  }
}

extension OutputJudgment {
  /// `substituted from https://… (12.3 MiB, signed by main-1)`.
  fileprivate var provenance: String {
    let size = narSize.map { Quantity.bytes($0) }
    let signers = signedBy.isEmpty ? nil : "signed by \(Words.list(signedBy))"
    let details = [size, signers].compactMap(\.self).joined(separator: ", ")
    return switch outcome {
    case .substituted(let from): "substituted from \(from)\(details.isEmpty ? "" : " (\(details))")"
    case .builtLocally: "built on this machine"
    case .builtRemotely(let machine): "built on \(machine)"
    case .presentBefore: "present before the run"
    case .notRealized: "not realized"
    case .failed: "failed"
    }
  }
}
