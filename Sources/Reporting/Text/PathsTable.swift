public import Foundation
public import NixModel

/// `audit paths` on a terminal: a line for each path of each run, proofs and publications.
public struct PathsTable: Sendable {
  private let paths: [PathRecord]
  private let now: Date
  private let next: ListPlace?

  /// A table of `paths`, in their order, as seen at `now`; `next` is where the list goes on.
  public init(_ paths: [PathRecord], now: Date, next: ListPlace? = nil) {
    self.paths = paths
    self.now = now
    self.next = next
  }

  /// The table, cut to `width` columns where one is given.
  public func render(width: Int? = nil, style: Style = .plain) -> String {
    guard !paths.isEmpty else { return "nothing is recorded of such paths\n" }
    let table = Table(
      columns: [
        .init(title: "path", minimum: 30, cut: .middle), .init(title: "outcome"),
        .init(title: "from", minimum: 12), .init(title: "size", alignment: .right), .init(title: "run"),
        .init(title: "started"),
      ],
      rows: paths.map(row))
    return table.page(width: width, style: style, next: next)
  }

  /// What is good and bad depends on what was promised: only what surely is either has a colour.
  private func role(_ outcome: Outcome) -> Style.Role {
    switch outcome {
    case .substituted: .good
    case .builtLocally, .builtRemotely, .failed: .bad
    case .presentBefore, .addedByEvaluation, .notRealized: .doubtful
    }
  }

  private func row(_ record: PathRecord) -> [Table.Cell] {
    [.init(record.path.description)] + said(record) + [
      .init(record.narSize.map { Quantity.bytes($0) } ?? ""),
      "\(record.run)", .init(Instant.moment(record.started, seenAt: now)),
    ]
  }

  /// What became of it, and where it came from or went to.
  private func said(_ record: PathRecord) -> [Table.Cell] {
    switch record.said {
    case .proof(let outcome):
      [.init(outcome?.word ?? "?", outcome.map(role) ?? .dim), .init(outcome?.origin ?? "")]
    case .publication(let publication):
      [.init(publication.words, publication.role), .init(publication.route)]
    }
  }
}
