public import Foundation
public import NixModel

/// `audit runs` on a terminal: a line per run.
public struct RunsTable: Sendable {
  private let runs: [Run]
  private let now: Date
  private let isFiltered: Bool
  private let next: ListPlace?

  /// A table of `runs`, in their order, as seen at `now`; `isFiltered` where there may be others, and `next` where
  /// the list goes on.
  public init(_ runs: [Run], now: Date, isFiltered: Bool = false, next: ListPlace? = nil) {
    self.next = next
    self.runs = runs
    self.now = now
    self.isFiltered = isFiltered
  }

  /// The table, cut to `width` columns where one is given.
  public func render(width: Int? = nil, style: Style = .plain) -> String {
    guard !runs.isEmpty else { return isFiltered ? "no such runs are recorded\n" : "no runs are recorded\n" }
    // Outside of CI there is nothing to say of what a run was about.
    let hasOccasions = runs.contains { $0.start.occasion != nil }
    var columns: [Table.Column] = [
      .init(title: "run"), .init(title: "started"), .init(title: "verdict"),
      .init(title: "targets", minimum: 12), .init(title: "nix"), .init(title: "host", minimum: 8),
    ]
    if hasOccasions { columns.append(.init(title: "ref", minimum: 8)) }
    let table = Table(
      columns: columns,
      rows: runs.map { row($0) + (hasOccasions ? [.init($0.start.occasion?.short ?? "")] : []) })
    return table.page(width: width, style: style, next: next)
  }

  private func row(_ run: Run) -> [Table.Cell] {
    let verdict =
      switch run.state {
      case .finished: run.verdict.rawValue
      case .running, .interrupted: run.state.word
      }
    return [
      "\(run.start.id)", .init(Instant.moment(run.start.started, seenAt: now)),
      .init(verdict, run.verdict.role),
      .init(run.start.installables.map(\.shortName).joined(separator: ", ")),
      .init(run.nixVersion ?? "?"), .init(run.start.runner.pod ?? run.start.runner.host),
    ]
  }
}

extension Occasion {
  /// `main@a3594b1`.
  var short: String {
    [branch ?? ref, revision.map { "@\($0.prefix(7))" }].compactMap(\.self).joined()
  }

  /// `nixos/tests, main@a3594b1, https://…`.
  var phrase: String {
    [repository, short, page ?? pipeline.map { "pipeline \($0)" }].compactMap(\.self).filter { !$0.isEmpty }
      .map(Words.line).joined(
        separator: ", ")
  }
}

extension Installable {
  /// The attribute alone, as a gate may name the target too; everything where there is none.
  var shortName: String {
    switch self {
    case .flake(_, "", _), .file(_, "", _), .derivation, .path: description
    case .flake(_, let attribute, let outputs), .file(_, let attribute, let outputs):
      attribute + outputs.suffix
    }
  }
}
