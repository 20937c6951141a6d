public import Foundation
public import NixModel

/// `audit runs` on a terminal: a line per run.
public struct RunsTable: Sendable {
  private let runs: [Run]
  private let now: Date
  private let isFiltered: Bool

  /// A table of `runs`, in their order, as seen at `now`; `isFiltered` where there may be others.
  public init(_ runs: [Run], now: Date, isFiltered: Bool = false) {
    self.runs = runs
    self.now = now
    self.isFiltered = isFiltered
  }

  /// The table, cut to `width` columns where one is given.
  public func render(width: Int? = nil, style: Style = .plain) -> String {
    guard !runs.isEmpty else { return isFiltered ? "no such runs are recorded\n" : "no runs are recorded\n" }
    let table = Table(
      columns: [
        .init(title: "run"), .init(title: "started"), .init(title: "verdict"),
        .init(title: "targets", minimum: 12), .init(title: "nix"), .init(title: "host", minimum: 8),
      ],
      rows: runs.map(row))
    return table.render(width: width, style: style).joined(separator: "\n") + "\n"
  }

  private func row(_ run: Run) -> [Table.Cell] {
    let age = Quantity.age(seconds: Instant.seconds(from: run.start.started, to: now))
    let verdict =
      switch run.state {
      case .finished: run.verdict.rawValue
      case .running, .interrupted: run.state.word
      }
    return [
      "\(run.start.id)", "\(Instant.minute(run.start.started)) (\(age))", .init(verdict, run.verdict.role),
      .init(run.start.installables.map(\.shortName).joined(separator: ", ")),
      .init(run.nixVersion ?? "?"), .init(run.start.runner.pod ?? run.start.runner.host),
    ]
  }
}

extension Installable {
  /// The attribute alone, as a gate may name the target too; everything where there is none.
  fileprivate var shortName: String {
    switch self {
    case .flake(_, "", _), .file(_, "", _), .derivation, .path: description
    case .flake(_, let attribute, let outputs), .file(_, let attribute, let outputs):
      attribute + outputs.suffix
    }
  }
}
