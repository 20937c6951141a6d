public import NixModel

/// A run for a person, at the end of `prove` and in `audit show`: the origins of the paths, and for each
/// target that is not warm the reasons and the next step.
public struct TextReport: Sendable {
  private let run: Run

  /// The report of `run`.
  public init(_ run: Run) { self.run = run }

  /// The report, ending with a newline.
  public func render(style: Style = .plain) -> String {
    let reported = ReportedRun(run)
    let groups = reported.groups
    var lines = reported.targets.flatMap { self.lines(of: $0, style) }
    for group in groups {
      lines.append("")
      lines += self.lines(of: group, amongTargets: reported.targets.count, style)
    }
    if !groups.isEmpty { lines.append("") }
    lines.append(reported.summary(style))
    lines += reported.remarks.map { "\(style.paint("held", .dim)) \($0)" }
    if let nix = run.nixVersion, let sandbox = run.nixSandbox {
      lines.append("\(style.paint("with", .dim)) Nix \(Words.line(nix)), sandbox = \(sandbox.rawValue)")
    }
    if let shard = run.start.shard { lines.append("\(style.paint("part", .dim)) \(shard.phrase)") }
    if let occasion = run.start.occasion { lines.append("\(style.paint("about", .dim)) \(occasion.phrase)") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A target and the outcomes of its outputs.
  func lines(of target: ReportedRun.Target, _ style: Style) -> [String] {
    ["\(style.paint(target.verdict))  \(style.paint(target.installable, .strong))"] + outputs(of: target)
      + target.remarks.map { "  \($0)" }
  }

  /// The outcomes of a target's outputs.
  func outputs(of target: ReportedRun.Target) -> [String] {
    let nameWidth = target.outputs.reduce(0) { max($0, $1.name.count) }
    let pathWidth = target.outputs.reduce(0) { max($0, $1.path.description.count) }
    return target.outputs.map { output in
      let name = output.name.padded(to: nameWidth)
      let path = output.path.description.padded(to: pathWidth)
      return "  \(name)  \(path)  \(Words.line(output.provenance))"
    }
  }

  private func lines(of group: ReasonGroup, amongTargets count: Int, _ style: Style) -> [String] {
    let role: Style.Role = group.first.bearing == .cold ? .bad : .doubtful
    return ["\(style.paint(group.first.code.rawValue, role)): \(group.first.code.title)"]
      + details(of: group, amongTargets: count, style)
  }

  /// The lines about reasons of one kind, below their title.
  func details(of group: ReasonGroup, amongTargets count: Int, _ style: Style) -> [String] {
    var lines = style.entry("what", group.what)
    let also = group.also
    lines += style.entry("also", also.named + (also.rest > 0 ? ["and \(also.rest) more"] : []))
    // With one target there is nothing to tell apart.
    if count > 1 { lines += style.entry("for", [Words.list(group.targets)]) }
    return lines + style.entry("next", [group.first.remedy])
  }
}

extension OutputJudgment {
  /// `substituted from https://… (12.3 MiB, signed by main-1)`.
  package var provenance: String {
    let size = narSize.map { Quantity.bytes($0) }
    let signers = signedBy.isEmpty ? nil : "signed by \(Words.list(signedBy))"
    let details = [size, signers].compactMap(\.self).joined(separator: ", ")
    return switch outcome {
    case .substituted(let from): "substituted from \(from)\(details.isEmpty ? "" : " (\(details))")"
    case .builtLocally: "built on this machine"
    case .builtRemotely(let machine): "built on \(machine)"
    case .presentBefore: "present before the run"
    case .addedByEvaluation: "added by evaluation"
    case .notRealized: "not realized"
    case .failed: "failed"
    }
  }
}
