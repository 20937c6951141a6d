public import Foundation
public import NixModel

extension Listing where Row == PublicationRecord {
  /// `audit runs --publications`: a row for each publication.
  ///
  /// - Parameters:
  ///   - now: the instant that ages are counted from.
  ///   - isFiltered: whether there may be publications beside these.
  public static func publications(_ page: Page<PublicationRecord>, now: Date, isFiltered: Bool = false)
    -> Listing
  {
    let columns: [Column<PublicationRecord>] = [
      .init("publication", key: "id", csv: "publication") { .text($0.head.id.text) },
      .init("started", key: "started") { .instant($0.head.started) },
      .init(key: "finished") { .instant($0.head.finished) },
      .init(key: "state") { .text($0.head.state.rawValue) },
      .shown("state") { .init($0.head.state.rawValue, $0.head.state.role) },
      .init(key: "exitCode") { .number(Int($0.head.exitCode)) },
      .init(key: "targets") { .texts($0.targets) },
      .shown("targets", minimum: 12) { .init($0.targets.map(attribute).joined(separator: ", ")) },
      .init(key: "host") { .text($0.head.publisher.runner.host) },
      .init(key: "pod") { .text($0.head.publisher.runner.pod) },
      .init(key: "nix") { .text($0.head.publisher.nix) },
      .group("destination", PublicationDestination.columns) { $0.head.destination },
      .group("occasion", Occasion.columns) { $0.head.occasion },
      .init("paths", .right, key: "paths") { .number($0.counts.paths) },
      .init("pushed", .right, key: "pushed") { .number($0.counts.pushed) },
      .init(key: "alreadyThere") { .number($0.counts.alreadyThere) },
      .init(key: "filtered") { .number($0.counts.filtered) },
      .init(key: "failed") { .number($0.counts.failed) },
      .init(key: "notPushed") { .number($0.counts.notPushed) },
      .init(key: "served") { .number($0.counts.served) },
      .init(key: "notServed") { .number($0.counts.notServed) },
      .shown("served", .right) { $0.counts.servedWords },
      .shown("to", minimum: 8) { .init($0.head.destination?.name ?? "") },
      .shown("host", minimum: 8) { .init($0.head.publisher.runner.place) },
    ]
    return Listing(
      "publications", page, columns, now: now,
      ifEmpty: isFiltered ? "no such publications are recorded" : "no publications are recorded")
  }
}

/// The attribute of an installable, where it has one.
private func attribute(of installable: String) -> String {
  installable.split(separator: "#").last.map(String.init) ?? installable
}

extension PublicationDestination {
  /// The cache that a publication went to.
  static let columns: [Column<PublicationDestination>] = [
    .init(key: "kind") { .text($0.kind.rawValue) }, .init(key: "cache") { .text($0.cache) },
    .init(key: "server") { .text($0.server?.canonical) },
    .init(key: "readSide") { .text($0.readSide?.canonical) },
  ]
}

extension PublicationCounts {
  /// How many paths the read side served; `?` where it was not asked.
  fileprivate var servedWords: Table.Cell {
    .init(served + notServed > 0 ? "\(served)" : "?", notServed > 0 ? .bad : .plain)
  }
}
