public import Foundation
import NixModel

/// `audit regressions` on a terminal: the targets, and then the causes.
public struct RegressionsText: Sendable {
  private let report: RegressionReport
  private let now: Date

  /// The text of `report`, as seen at `now`.
  public init(_ report: RegressionReport, now: Date) {
    self.report = report
    self.now = now
  }

  /// How many paths, targets or consequences are listed before the rest is counted.
  private static let listed = 8

  /// The text; its table is cut to `width` columns where one is given.
  public func render(width: Int? = nil, style: Style = .plain) -> String {
    guard !report.regressions.isEmpty else { return "no target that was warm has ceased to be\n" }
    let table = Table(
      columns: [
        .init(title: "target", minimum: 12), .init(title: "verdict"), .init(title: "not warm since"),
        .init(title: "last warm"), .init(title: "latest run"), .init(title: "because of", minimum: 12),
      ], rows: report.regressions.map(row))
    let groups = report.groups.flatMap { [""] + lines(of: $0, style) }
    return (table.render(width: width, style: style) + groups).joined(separator: "\n") + "\n"
  }

  private func row(_ regression: Regression) -> [Table.Cell] {
    let verdict = regression.judgment.ruling.verdict
    return [
      .init(regression.installable.description), .init(verdict.rawValue, verdict.role),
      .init(Instant.moment(regression.first.started, seenAt: now)),
      .init(Instant.moment(regression.lastWarm.started, seenAt: now)), .init(regression.now.run.text),
      .init(regression.judgment.firstCodes.map(\.rawValue).joined(separator: ", ")),
    ]
  }

  private func lines(of group: RegressionReport.Group, _ style: Style) -> [String] {
    let role: Style.Role = group.first.bearing == .cold ? .bad : .doubtful
    var lines = ["\(style.paint(group.first.code.rawValue, role)): \(group.first.code.meaning)"]
    lines += entry("what", [Words.line(group.first.message)], style)
    lines += entry("also", group.others, style)
    lines += entry("for", group.own.map { Words.line($0.installable.description) }, style)
    lines += entry("drag", group.dragged.map { Words.line($0.installable.description) }, style)
    lines += entry("then", group.consequences, style)
    lines += entry("see", group.runs.map { "warmth explain \($0)" }, style)
    return lines + entry("next", [group.remedy], style)
  }

  private func entry(_ label: String, _ texts: [String], _ style: Style) -> [String] {
    let rest = texts.count - Self.listed
    let shown = rest > 0 ? texts.prefix(Self.listed - 1) + ["and \(rest + 1) more"] : texts
    return shown.enumerated().map { index, text in
      "  \(index == 0 ? style.paint(label, .dim) + String(repeating: " ", count: 4 - label.count) : "    ")  \(text)"
    }
  }
}
