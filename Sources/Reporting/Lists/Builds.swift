public import Foundation
public import NixModel

extension Listing where Row == BuildRecord {
  /// `audit runs --builds`: a row for each build by an ephemeral builder.
  ///
  /// - Parameters:
  ///   - now: the instant that ages and costs are counted to.
  ///   - isFiltered: whether there may be builds beside these.
  public static func builds(_ page: Page<BuildRecord>, now: Date, isFiltered: Bool = false) -> Listing {
    let columns: [Column<BuildRecord>] = [
      .init("build", key: "id", csv: "build") { .text($0.start.id.text) },
      .init("started", key: "started") { .instant($0.start.started) },
      .init("state", key: "state") { .text($0.state.name) },
      .init("phase", key: "phase") { .text($0.phase?.rawValue) },
      .init("exit", .right, key: "exit") { .number($0.end?.exit) },
      .init(key: "reason") { .text($0.end?.reason) },
      .init(key: "uploaded") { .flag($0.end?.isUploaded) },
      .init("targets", key: "targets") { .texts($0.start.order.targets) },
      .init(key: "source") { .text($0.start.order.source) },
      .init(key: "provider") { .text($0.start.order.provider) },
      .init(key: "region") { .text($0.start.order.region) },
      .init("plan", key: "plan") { .text($0.start.order.plan) },
      .init("to", key: "destination") { .text($0.start.order.destination) },
      .init(key: "seconds") { .number(Int($0.lifetime(until: now))) },
      .init("cost", .right, key: "cost") { .text($0.cost(until: now)?.description) },
    ]
    return Listing(
      "builds", page, columns, now: now,
      ifEmpty: isFiltered ? "no such builds are recorded" : "no builds are recorded")
  }
}
