public import NixModel

/// `audit sweep` on a terminal: each shard with the run that speaks for it, and the joint verdict.
public struct SweepText: Sendable {
  private let verdict: SweepVerdict

  /// The text of a sweep's verdict.
  public init(_ verdict: SweepVerdict) { self.verdict = verdict }

  /// The text, ending with a newline.
  public func render(style: Style = .plain) -> String {
    var lines = verdict.shards.map { line(of: $0, style) }
    lines.append(summary(style))
    lines += verdict.reasons.map { "  \(style.paint($0.code, .doubtful)): \($0.sentence)" }
    if !verdict.disregarded.isEmpty {
      let shown = verdict.disregarded.prefix(5).map { Words.line($0.text) }
      let rest = verdict.disregarded.count - shown.count
      let runs = Words.list(shown + (rest > 0 ? ["\(rest) more"] : []))
      lines.append("  not counted, since no trusted key signed them: \(runs)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `sweep nightly: warm; 3 of 3 shards, 812 targets`, without a newline.
  public func summary(_ style: Style = .plain) -> String {
    let answer = "sweep \(verdict.sweep): \(style.paint(verdict.verdict))"
    guard let plan = verdict.plan else { return answer }
    let warm = verdict.shards.count { $0.status == .warm }
    return
      "\(answer); \(warm) of \(Words.count(plan.shards, "shard")) warm, \(Words.count(plan.targets, "target")) in all"
  }

  private func line(of shard: ShardStanding, _ style: Style) -> String {
    let width = ShardStanding.Status.inconclusive.rawValue.count
    let status = style.paint(shard.status.rawValue.padded(to: width), shard.status.role)
    let run = shard.run.map { "  \(style.paint("run \(Words.line($0.text))", .dim))" } ?? ""
    let repeated = shard.runs > 1 ? ", of \(shard.runs) runs" : ""
    return "\(status)  shard \(shard.index), \(Words.count(shard.targets, "target"))\(run)\(repeated)"
  }
}

extension ShardStanding.Status {
  fileprivate var role: Style.Role {
    switch self {
    case .warm: .good
    case .cold: .bad
    case .inconclusive, .missing, .interrupted, .running: .doubtful
    }
  }
}
