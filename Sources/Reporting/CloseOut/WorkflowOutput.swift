import NixModel

/// A run as outputs of a step, for `$GITHUB_OUTPUT`, by which a later step can decide.
///
/// Source of the format: GitHub, "Workflow commands for GitHub Actions", "Multiline strings"; and
/// `FileCommandManager.cs` in actions/runner, which splits at the first `=` or `<<`.
struct WorkflowOutput {
  let reported: ReportedRun

  init(_ run: Run) { reported = ReportedRun(run) }

  /// How many targets are named; the counts count all.
  private static let namedTargets = 100

  /// Lines of `NAME=VALUE`, with `NAME<<DELIMITER` where the value is not one plain line.
  func render() -> String {
    let notWarm = reported.targets.filter { $0.verdict != .warm }
    func count(_ verdict: Verdict) -> String { "\(reported.targets.count { $0.verdict == verdict })" }
    let outputs = [
      ("verdict", reported.run.verdict.rawValue), ("run", Words.line(reported.run.start.id.text)),
      ("warm", count(.warm)), ("cold", count(.cold)), ("inconclusive", count(.inconclusive)),
      ("reasons", reported.groups.map(\.first.code.rawValue).unique.joined(separator: " ")),
      ("download-bytes", "\(reported.closure.downloadBytes)"),
      (
        "not-warm",
        notWarm.prefix(Self.namedTargets).map { Words.name($0.installable) }.joined(separator: "\n")
      ),
    ]
    return outputs.map { Self.assignment($0, $1) }.joined()
  }

  /// One output. A line of the value can be anything but the delimiter.
  static func assignment(_ name: String, _ value: String) -> String {
    if value.utf8.allSatisfy({ plain.contains($0) }) { return "\(name)=\(value)\n" }
    let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
    var delimiter = "END"
    // A value that ends a line where the delimiter begins cannot end it; it grows until it is in no line.
    while lines.contains(where: { $0.contains(delimiter) }) { delimiter += "_" }
    return "\(name)<<\(delimiter)\n\(value)\n\(delimiter)\n"
  }

  private static let plain = Set(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-._?=:/#@^, ".utf8)
}
