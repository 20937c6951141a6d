public import Foundation
public import NixModel

/// `audit runs --publications` on a terminal: a line for each.
public struct PublicationsTable: Sendable {
  private let publications: [PublicationRecord]
  private let now: Date
  private let isFiltered: Bool
  private let next: ListPlace?

  /// A table of `publications`, in their order, as seen at `now`; `isFiltered` where there may be others, and `next`
  /// where the list goes on.
  public init(
    _ publications: [PublicationRecord], now: Date, isFiltered: Bool = false, next: ListPlace? = nil
  ) {
    self.publications = publications
    self.now = now
    self.isFiltered = isFiltered
    self.next = next
  }

  /// The table, cut to `width` columns where one is given.
  public func render(width: Int? = nil, style: Style = .plain) -> String {
    guard !publications.isEmpty else {
      return isFiltered ? "no such publications are recorded\n" : "no publications are recorded\n"
    }
    let table = Table(
      columns: [
        .init(title: "publication"), .init(title: "started"), .init(title: "state"),
        .init(title: "targets", minimum: 12), .init(title: "paths", alignment: .right),
        .init(title: "pushed", alignment: .right), .init(title: "served", alignment: .right),
        .init(title: "to", minimum: 8), .init(title: "host", minimum: 8),
      ], rows: publications.map(row))
    return table.page(width: width, style: style, next: next)
  }

  private func row(_ publication: PublicationRecord) -> [Table.Cell] {
    let (head, counts) = (publication.head, publication.counts)
    let isAsked = counts.served + counts.notServed > 0
    return [
      "\(head.id)", .init(Instant.moment(head.started, seenAt: now)),
      .init(head.state.rawValue, head.state.role),
      .init(publication.targets.map(Self.short).joined(separator: ", ")), "\(counts.paths)",
      "\(counts.pushed)", .init(isAsked ? "\(counts.served)" : "?", counts.notServed > 0 ? .bad : .plain),
      .init(head.destination?.name ?? ""), .init(head.publisher.runner.place),
    ]
  }

  /// The attribute alone, where there is one.
  private static func short(_ installable: String) -> String {
    installable.split(separator: "#").last.map(String.init) ?? installable
  }
}
