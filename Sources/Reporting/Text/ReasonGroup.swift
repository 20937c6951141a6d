import NixModel

/// Reasons that differ only in their paths: told once, with the paths listed.
struct ReasonGroup {
  /// The one that speaks for all.
  let first: Reason
  /// The others, each once: their paths, or their sentences where they are about no path.
  let others: [String]
  /// The targets that they concern, in the run's order.
  let targets: [String]

  /// The reasons of all `targets`, in the order in which they should be read: certain ones before doubtful
  /// ones, and causes before consequences.
  static func groups(of targets: [ReportedRun.Target]) -> [ReasonGroup] {
    let all = targets.flatMap { target in target.reasons.map { (reason: $0, target: target.installable) } }
    let ordered = all.grouped { Kind($0.reason) }.enumerated().sorted {
      ($0.element.key.rank, $0.offset) < ($1.element.key.rank, $1.offset)
    }
    return ordered.compactMap { _, group in
      guard let first = group.members.first?.reason else { return nil }
      return ReasonGroup(
        first: first, others: Array(group.members.map(\.reason.subject).unique.dropFirst()),
        targets: group.members.map(\.target).unique)
    }
  }

  /// How many paths of one kind of reason are named before the rest is counted.
  private static let namedPaths = 5
  /// How many lines of someone else's message are shown; Nix puts the cause last.
  private static let quotedLines = 8
  /// The same of a failed build: its first line, and the last lines of its builder.
  private static let quotedOfBuild = 30

  /// The message of the first; a long one by its head and its end.
  var what: [String] {
    let lines = first.message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let limit = quotesBuilder ? Self.quotedOfBuild : Self.quotedLines
    guard lines.count > limit else { return lines }
    return [lines[0], "…"] + lines.suffix(limit - 2)
  }

  /// Whether the first quotes the last lines of a builder's log.
  var quotesBuilder: Bool { first.code == .nixFailed && first.message.contains(" log lines:") }

  /// The paths of the others as far as they are named, and how many are not.
  var also: (named: [String], rest: Int) {
    let named = others.prefix(Self.namedPaths - 1)
    return (Array(named), others.count - named.count)
  }

  /// The properties that reasons must share to be told together.
  struct Kind: Hashable {
    let code: ReasonCode
    let bearing: Reason.Bearing
    let detail: [String]

    init(_ reason: Reason) {
      code = reason.code
      bearing = reason.bearing
      detail = reason.fact.account.shared
    }

    var rank: Int { (bearing == .cold ? 0 : 2) + (code.page.isConsequence ? 1 : 0) }
  }
}
