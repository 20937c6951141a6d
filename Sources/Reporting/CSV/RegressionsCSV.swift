import NixModel

/// `audit regressions --csv`: a line for each target and each cause of it.
public struct RegressionsCSV: Sendable {
  private let report: RegressionReport

  /// The lines of `report`.
  public init(_ report: RegressionReport) { self.report = report }

  /// The text. Columns keep their names and their order; new ones come last.
  public func render() -> String {
    CSV(
      columns: [
        "installable", "verdict", "run", "started", "first_run", "first_started", "last_warm_run",
        "last_warm_started", "cause", "path", "relation",
      ], rows: report.regressions.flatMap(rows)
    ).render()
  }

  private func rows(_ regression: Regression) -> [[CSV.Field]] {
    let beginning: [CSV.Field] =
      [
        .init(regression.installable.description), .init(regression.judgment.ruling.verdict.rawValue),
      ]
      + [regression.now, regression.first, regression.lastWarm].flatMap { moment in
        [CSV.Field(moment.run.text), CSV.Field(Instant.iso8601(moment.started))]
      }
    let causes = report.causes(of: regression)
    guard !causes.isEmpty else { return [beginning + [.nothing, .nothing, .nothing]] }
    return causes.map { cause in
      beginning + [
        .init(cause.reason.code.rawValue), .init(cause.reason.path?.description),
        .init(regression.isOwn(cause.reason) ? "own" : "dragged"),
      ]
    }
  }
}
