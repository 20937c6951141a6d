import NixModel

/// A run as JUnit XML: one test case per target. A cold target is a failure, and an inconclusive one is an error.
struct JUnitReport {
  let reported: ReportedRun

  init(_ run: Run) { reported = ReportedRun(run) }

  /// How many kinds of reasons a test case tells before the rest is counted.
  private static let toldKinds = 20

  /// The document, ending with a newline.
  func render() -> String {
    let run = reported.run
    return JUnitSuite(
      name: "warmth", seconds: run.seconds, timestamp: Instant.iso8601(run.start.started),
      host: run.start.runner.host,
      properties: [
        ("run", run.start.id.text), ("state", run.state.word), ("verdict", run.verdict.rawValue),
        ("nix", run.nixVersion ?? "unknown"), ("pod", run.start.runner.pod ?? ""),
      ],
      cases: reported.targets.map { JUnitSuite.Case(name: $0.installable, result: result(of: $0)) }
    ).render()
  }

  private func result(of target: ReportedRun.Target) -> JUnitSuite.Result {
    switch target.verdict {
    case .warm: .passed
    case .cold: .failure(complaint(of: target))
    case .inconclusive: .error(complaint(of: target))
    }
  }

  private func complaint(of target: ReportedRun.Target) -> JUnitSuite.Complaint {
    let groups = ReasonGroup.groups(of: [target])
    let report = TextReport(reported.run)
    var lines: [String] = []
    for group in groups.prefix(Self.toldKinds) {
      lines.append("\(group.first.code.rawValue): \(group.first.code.title)")
      lines += report.details(of: group, amongTargets: 1, .plain)
      lines.append("")
    }
    if groups.count > Self.toldKinds {
      lines += ["and \(Words.count(groups.count - Self.toldKinds, "reason")) more", ""]
    }
    lines += report.outputs(of: target) + [reported.summary()]
    let code = groups.first?.first.code
    return JUnitSuite.Complaint(
      type: code?.rawValue ?? reported.run.state.word, message: code.map(\.title) ?? reported.run.state.word,
      lines: lines)
  }
}
