public import Foundation
public import NixModel

extension Listing where Row == TargetHistoryLine {
  /// `audit history`: a row for each run about `target`.
  ///
  /// - Parameter now: the instant that ages are counted from.
  public static func history(_ page: Page<TargetHistoryLine>, of target: String, now: Date) -> Listing {
    // One name can mean several targets, such as the same attribute of two flakes.
    let isAmbiguous = Set(page.items.map(\.record.installable)).count > 1
    let columns: [Column<TargetHistoryLine>] = [
      .init("run", key: "run") { .text($0.record.run.text) },
      .init("started", key: "started") { .instant($0.record.started) },
      .init(isAmbiguous ? "target" : nil, key: "installable", minimum: 12) {
        .text($0.record.installable.description)
      },
      .init(key: "state") { .text($0.record.ending.word) },
      .init(key: "verdict") { .text($0.judgment?.ruling.verdict.rawValue) },
      .shown("verdict") { line in
        line.judgment.map { .init($0.ruling.verdict) } ?? .init(line.record.ending.word, .doubtful)
      },
      .init(key: "reasons") { .texts($0.judgment?.firstCodes.map(\.rawValue)) },
      .init("from", key: "from", minimum: 12) { .texts($0.judgment?.origins) },
      .init(key: "derivation") { .text($0.judgment?.derivation?.description) },
      .json("paths") { .texts($0.judgment?.outputs.map(\.path.description)) },
      .init("size", .right, key: "narBytes") { .bytes($0.judgment?.narBytes) },
      .init("downloaded", .right, key: "downloadBytes") { .bytes($0.record.figures?.downloadBytes) },
      .init("took", .right, key: "runMilliseconds") { .milliseconds($0.record.figures?.milliseconds) },
      .init("nix took", .right, key: "nixMilliseconds") {
        .milliseconds($0.record.figures?.timeTaken?.milliseconds)
      },
      .init(key: "comparedWith") { .text($0.change.earlier?.text) },
      .json("changes") { .list($0.change.changes.map { .object($0, changeColumns) }) },
      .csv("changes") { .text($0.change.phrase) },
      .shown("since the run before", minimum: 20) { .init($0.change.phrase) },
    ]
    return Listing(
      "history", key: "runs", page, columns, facts: ["target": .text(target)], now: now,
      ifEmpty: "no such run is about '\(Words.line(target))'")
  }
}

private let changeColumns: [Column<TargetChange>] = [
  .json("kind") { .text($0.word) }, .json("text") { .text($0.phrase) },
]

extension TargetHistoryLine {
  fileprivate var judgment: TargetJudgment? { record.judgment }
}
