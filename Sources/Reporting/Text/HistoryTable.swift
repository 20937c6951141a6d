public import Foundation
public import NixModel

/// `audit history` on a terminal: a line for each run about a target.
public struct HistoryTable: Sendable {
  private let lines: [TargetHistoryLine]
  private let target: String
  private let now: Date
  private let next: ListPlace?

  /// The history of `target`, as seen at `now`; `next` is where it goes on.
  public init(_ lines: [TargetHistoryLine], of target: String, now: Date, next: ListPlace? = nil) {
    self.lines = lines
    self.target = target
    self.now = now
    self.next = next
  }

  /// The table, cut to `width` columns where one is given.
  public func render(width: Int? = nil, style: Style = .plain) -> String {
    guard !lines.isEmpty else { return "no such run is about '\(Words.line(target))'\n" }
    // One name can mean several targets (the same attribute of two flakes).
    let isAmbiguous = Set(lines.map(\.record.installable)).count > 1
    var columns: [Table.Column] = [
      .init(title: "run"), .init(title: "started"), .init(title: "verdict"),
      .init(title: "from", minimum: 12), .init(title: "size", alignment: .right),
      .init(title: "downloaded", alignment: .right), .init(title: "took", alignment: .right),
      .init(title: "nix took", alignment: .right), .init(title: "since the run before", minimum: 20),
    ]
    if isAmbiguous { columns.insert(.init(title: "target", minimum: 12), at: 2) }
    let table = Table(columns: columns, rows: lines.map { row($0, isAmbiguous) })
    return table.page(width: width, style: style, next: next)
  }

  private func row(_ line: TargetHistoryLine, _ isAmbiguous: Bool) -> [Table.Cell] {
    let (record, judgment, figures) = (line.record, line.record.judgment, line.record.figures)
    var cells: [Table.Cell] = [
      .init(record.run.text), .init(Instant.moment(record.started, seenAt: now)),
      judgment.map { .init($0.ruling.verdict.rawValue, $0.ruling.verdict.role) }
        ?? .init(record.ending.word, .doubtful),
      .init(judgment?.origins.joined(separator: ", ") ?? ""),
      .init(judgment?.narBytes.map { Quantity.bytes($0) } ?? ""),
      .init(figures.map { Quantity.bytes($0.downloadBytes) } ?? ""),
      .init(figures.map { Quantity.duration(milliseconds: $0.milliseconds) } ?? ""),
      .init(figures?.timeTaken.map { Quantity.duration(milliseconds: $0.milliseconds) } ?? ""),
      .init(line.change.phrase),
    ]
    if isAmbiguous { cells.insert(.init(record.installable.description), at: 2) }
    return cells
  }
}
