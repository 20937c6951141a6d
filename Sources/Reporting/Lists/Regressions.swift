public import Foundation
public import NixModel

extension Listing where Row == Regression {
  /// `audit regressions`: a row for each target, and below the table the causes. In the CSV a row for each target and
  /// each cause of it.
  ///
  /// - Parameter now: the instant that ages are counted from.
  public static func regressions(_ report: RegressionReport, now: Date) -> Listing {
    let columns: [Column<Regression>] = [
      .init("target", key: "installable", minimum: 12) { .text($0.installable.description) },
      .init(key: "verdict") { .text($0.judgment.ruling.verdict.rawValue) },
      .shown("verdict") { .init($0.judgment.ruling.verdict) },
      .group("latest", momentColumns(csv: "")) { $0.now },
      .group("first", momentColumns(csv: "first_")) { $0.first },
      .group("lastWarm", momentColumns(csv: "last_warm_")) { $0.lastWarm },
      .shown("not warm since") { .init(Instant.moment($0.first.started, seenAt: now)) },
      .shown("last warm") { .init(Instant.moment($0.lastWarm.started, seenAt: now)) },
      .shown("latest run") { .init($0.now.run.text) },
      .json("reasons") { .texts($0.judgment.firstCodes.map(\.rawValue)) },
      .shown("because of", minimum: 12) {
        .init($0.judgment.firstCodes.map(\.rawValue).joined(separator: ", "))
      },
    ]
    return Listing(
      "regressions", report.regressions, columns,
      facts: ["causes": .list(report.groups.map { .object($0, groupColumns) })], now: now,
      ifEmpty: "no target that was warm has ceased to be",
      notes: { style in report.groups.flatMap { [""] + $0.lines(style) } },
      sheet: { CSV(report.rows, columns.map { $0.of(\.regression) } + causeColumns) })
  }
}

private func momentColumns(csv prefix: String) -> [Column<Regression.Moment>] {
  [
    .init(key: "run", csv: "\(prefix)run") { .text($0.run.text) },
    .init(key: "started", csv: "\(prefix)started") { .instant($0.started) },
  ]
}

private let groupColumns: [Column<RegressionReport.Group>] = [
  .json("code") { .text($0.first.code.rawValue) },
  .json("bearing") { .text($0.first.bearing.rawValue) },
  .json("path") { .text($0.first.path?.description) },
  .json("message") { .prose($0.first.message) },
  .json("also") { .texts($0.others) },
  .json("own") { .texts($0.own.map(\.installable.description)) },
  .json("dragged") { .texts($0.dragged.map(\.installable.description)) },
  .json("consequences") { .texts($0.consequences) },
  .json("runs") { .texts($0.runs.map(\.text)) },
  .json("remedy") { .prose($0.remedy) },
]

/// A target and one of its causes, if any is known.
private typealias CauseRow = (regression: Regression, cause: Cause?)

private let causeColumns: [Column<CauseRow>] = [
  .csv("cause") { .text($0.cause?.reason.code.rawValue) },
  .csv("path") { .text($0.cause?.reason.path?.description) },
  .csv("relation") { row in .text(row.cause.map { row.regression.isOwn($0.reason) ? "own" : "dragged" }) },
]

extension RegressionReport {
  fileprivate var rows: [CauseRow] {
    regressions.flatMap { regression -> [CauseRow] in
      let causes = causes(of: regression)
      return causes.isEmpty ? [(regression, nil)] : causes.map { (regression, $0) }
    }
  }
}

extension RegressionReport.Group {
  /// The group for a person, below the table.
  fileprivate func lines(_ style: Style) -> [String] {
    let role: Style.Role = first.bearing == .cold ? .bad : .doubtful
    return ["\(style.paint(first.code.rawValue, role)): \(first.code.title)"]
      + style.entry("what", [Words.line(first.message)])
      + style.entry("also", others.limited)
      + style.entry("for", own.map { Words.line($0.installable.description) }.limited)
      + style.entry("drag", dragged.map { Words.line($0.installable.description) }.limited)
      + style.entry("then", consequences.limited)
      + style.entry("see", runs.map { "warmth explain \($0)" }.limited)
      + style.entry("next", [remedy])
  }
}
