public import Foundation
public import NixModel

extension Listing where Row == Run {
  /// `audit runs`: a row for each run.
  ///
  /// - Parameters:
  ///   - now: the instant that ages are counted from.
  ///   - isFiltered: whether there may be runs beside these.
  ///   - others: the options that list records of other kinds, where there are any.
  public static func runs(
    _ page: Page<Run>, now: Date, isFiltered: Bool = false, others: [String] = []
  ) -> Listing {
    var columns: [Column<Run>] = [
      .init("run", key: "id", csv: "run") { .text($0.start.id.text) },
      .init("started", key: "started") { .instant($0.start.started) },
      .init(key: "finished") { .instant($0.conclusion?.finished) },
      .init(key: "state") { .text($0.state.word) },
      .init(key: "verdict") { .text($0.verdict.rawValue) },
      .shown("verdict") {
        .init($0.conclusion == nil ? $0.state.word : $0.verdict.rawValue, $0.verdict.role)
      },
      .shown("targets", minimum: 12) {
        .init($0.start.installables.map(\.shortName).joined(separator: ", "))
      },
      .shown("nix") { .init($0.nixVersion ?? "?") },
      .shown("host", minimum: 8) { .init($0.start.runner.place) },
      .json("targets") { .list(ReportedRun($0).targets.map { .object($0, targetColumns) }) },
      .csv("targets") { .texts($0.start.installables.map(\.description)) },
      .init(key: "host") { .text($0.start.runner.host) },
      .init(key: "pod") { .text($0.start.runner.pod) },
      .init(key: "nix") { .text($0.nixVersion) },
      .group("occasion", Occasion.columns) { $0.start.occasion },
      // A run about a whole list has no such key.
      .json("shard") { $0.start.shard.map { .object($0, Shard.columns) } },
    ]
    columns += ClosureSummary.columns.map { $0.inCSV.of { $0.conclusion?.judgment.closure } }
    // Outside of CI no run has a source to name.
    if page.items.contains(where: { $0.start.occasion != nil }) {
      columns.append(.shown("ref", minimum: 8) { .init($0.start.occasion?.short ?? "") })
    }
    return Listing(
      "runs", page, columns, now: now,
      ifEmpty: (isFiltered ? "no such runs are recorded" : "no runs are recorded")
        + (others.isEmpty
          ? "" : "; of other kinds there are some: \(Words.list(others.map { "warmth audit runs \($0)" }))"))
  }
}

private let targetColumns: [Column<ReportedRun.Target>] = [
  .json("installable") { .text($0.installable) }, .json("verdict") { .text($0.verdict.rawValue) },
]

extension ClosureSummary {
  /// All that the targets of a run needed, counted.
  static let columns: [Column<ClosureSummary>] = [
    .init(key: "paths") { .number($0.paths) },
    .init(key: "substituted") { .number($0.substituted) },
    .init(key: "builtLocally") { .number($0.builtLocally) },
    .init(key: "builtRemotely") { .number($0.builtRemotely) },
    .init(key: "presentBefore") { .number($0.presentBefore) },
    .json("addedByEvaluation") { .number($0.addedByEvaluation) },
    .init(key: "downloadBytes") { .bytes($0.downloadBytes) },
  ]
}

extension Occasion {
  /// The source that a run was about.
  static let columns: [Column<Occasion>] = [
    .init(key: "repository") { .text($0.repository) }, .init(key: "ref") { .text($0.ref) },
    .init(key: "branch") { .text($0.branch) }, .init(key: "revision") { .text($0.revision) },
    .init(key: "pipeline") { .text($0.pipeline) }, .init(key: "page") { .text($0.page) },
  ]

  /// `main@a3594b1`.
  var short: String {
    [branch ?? ref, revision.map { "@\($0.prefix(7))" }].compactMap(\.self).joined()
  }

  /// `nixos/tests, main@a3594b1, https://…`.
  package var phrase: String {
    [repository, short, page ?? pipeline.map { "pipeline \($0)" }].compactMap(\.self)
      .filter { !$0.isEmpty }.map(Words.line).joined(separator: ", ")
  }
}

extension Shard {
  /// Which part of which sweep a run is about.
  static let columns: [Column<Shard>] = [
    .json("sweep") { .text($0.sweep.text) }, .json("shard") { .number($0.index) },
    .json("shards") { .number($0.plan.shards) }, .json("targets") { .number($0.plan.targets) },
    .json("list") { .text($0.plan.list) },
  ]
}

extension Installable {
  /// The attribute alone, as a gate may name the target too; everything where there is none.
  var shortName: String {
    attribute.flatMap { $0 == outputs.suffix ? nil : $0 } ?? description
  }
}
