import NixModel

/// The text report in the collapsible sections of GitLab's job log: a warm target is folded, every other one
/// is open.
struct GitLabLog {
  let reported: ReportedRun
  private let text: TextReport

  init(_ run: Run) {
    reported = ReportedRun(run)
    text = TextReport(run)
  }

  /// The log, ending with a newline.
  func render() -> String {
    let count = reported.targets.count
    let targets = reported.targets.enumerated().map { number, target in
      GitLabSection(
        name: "target_\(number + 1)", isCollapsed: target.verdict == .warm,
        title: "\(target.verdict.rawValue)  \(target.installable)", lines: text.outputs(of: target))
    }
    let reasons = reported.groups.enumerated().map { number, group in
      GitLabSection(
        name: "reason_\(number + 1)", isCollapsed: false,
        title: "\(group.first.code.rawValue): \(group.first.code.title)",
        lines: text.details(of: group, amongTargets: count, .plain))
    }
    let time = Instant.wholeSeconds(reported.run.conclusion?.finished ?? reported.run.start.started)
    let sections = (targets + reasons).flatMap { $0.rendered(of: reported.run.start.id.text, at: time) }
    return (sections + [reported.summary()]).joined(separator: "\n") + "\n"
  }
}
