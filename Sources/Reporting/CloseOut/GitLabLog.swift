import NixModel

/// The text report in the collapsible sections of GitLab's job log: a warm target is folded, every other one
/// is open.
///
/// Source of the format: GitLab, "CI/CD job logs", "Create custom collapsible sections", and
/// `Gitlab::Regex.build_trace_section_regex`. Without its carriage return and escape a marker is mere text,
/// and neither is left in texts by others.
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
      Section(
        name: "target_\(number + 1)", isCollapsed: target.verdict == .warm,
        title: "\(target.verdict.rawValue)  \(target.installable)", lines: text.outputs(of: target))
    }
    let reasons = reported.groups.enumerated().map { number, group in
      Section(
        name: "reason_\(number + 1)", isCollapsed: false,
        title: "\(group.first.code.rawValue): \(group.first.code.title)",
        lines: text.details(of: group, amongTargets: count, .plain))
    }
    return ((targets + reasons).flatMap(lines) + [reported.summary()]).joined(separator: "\n") + "\n"
  }

  private struct Section {
    let name: String
    let isCollapsed: Bool
    let title: String
    let lines: [String]
  }

  private func lines(of section: Section) -> [String] {
    // GitLab shows how long a section took; how long each target took is not known, so none takes any time.
    let time = Instant.wholeSeconds(reported.run.conclusion?.finished ?? reported.run.start.started)
    let name = "warmth_\(runName)_\(section.name)"
    let options = section.isCollapsed ? "[collapsed=true]" : ""
    let clear = "\u{1B}[0K"
    return ["\(clear)section_start:\(time):\(name)\(options)\r\(clear)\(section.title)"]
      + section.lines + ["\(clear)section_end:\(time):\(name)\r\(clear)"]
  }

  /// The run's name in the signs that a section's may have, so that two proofs in one job do not share any.
  private var runName: String {
    String(
      String.UnicodeScalarView(
        reported.run.start.id.text.unicodeScalars.filter {
          $0.isASCII
            && ($0.properties.isAlphabetic || $0.properties.numericType != nil
              || "_.-".unicodeScalars.contains($0))
        }))
  }
}
