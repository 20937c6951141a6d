public import Foundation
public import NixModel

extension Listing where Row == PathRecord {
  /// `audit paths`: a row for each path of each proof and each publication. That of a proof has an `outcome`, that of
  /// a publication has `publication` instead.
  ///
  /// - Parameter now: the instant that ages are counted from.
  public static func paths(_ page: Page<PathRecord>, now: Date) -> Listing {
    Listing(
      "paths", page,
      [
        .init("path", key: "path", minimum: 30, cut: .middle) { .text($0.path.description) },
        .init(key: "outcome") { .text($0.outcome?.word) },
        .init(key: "from") { .text($0.outcome?.origin) },
        .shown("outcome") { $0.words },
        .shown("from", minimum: 12) { .init($0.route) },
        .init("size", .right, key: "narSize", csv: "nar_bytes") { .bytes($0.narSize) },
        .init("run", key: "run") { .text($0.run.text) },
        .init("started", key: "started") { .instant($0.started) },
        .group("publication", PathPublication.columns) {
          if case .publication(let publication) = $0.said { publication } else { nil }
        },
      ], now: now, ifEmpty: "nothing is recorded of such paths")
  }
}

extension PathPublication {
  /// A publication's statement about a path, in a list of several.
  static let columns: [Column<PathPublication>] = [
    .init(key: "published") { .text($0.published?.published.rawValue) },
    .init(key: "served") { .flag($0.published?.isServed) },
    .init(key: "role") { .text($0.published?.role.rawValue) },
    .init(key: "targetOutcome") { .text($0.targetOutcome?.rawValue) },
    .init(key: "host") { .text($0.head.publisher.runner.host) },
    .json("pod") { .text($0.head.publisher.runner.pod) },
    .init(key: "cache") { .text($0.head.destination?.cache) },
    .init(key: "readSide") { .text($0.head.destination?.readSide?.canonical) },
    .json("state") { .text($0.head.state.rawValue) },
  ]

  /// The outcome of the target, where the path is only known as its output.
  private var targetOutcome: PublishedTarget.Outcome? {
    if case .output(let outcome) = said { outcome } else { nil }
  }
}

extension PathRecord {
  /// The outcome, in words for a person.
  fileprivate var words: Table.Cell {
    switch said {
    case .proof(let outcome): .init(outcome?.word ?? "?", outcome?.role ?? .dim)
    case .publication(let publication): .init(publication.words, publication.role)
    }
  }

  /// Where the path came from, or where it was published from and to.
  fileprivate var route: String {
    switch said {
    case .proof(let outcome): outcome?.origin ?? ""
    case .publication(let publication): publication.route
    }
  }
}

extension Outcome {
  /// Whether an outcome is good or bad depends on the run's policy: only those that surely are either have a colour.
  fileprivate var role: Style.Role {
    switch self {
    case .substituted: .good
    case .builtLocally, .builtRemotely, .failed: .bad
    case .presentBefore, .addedByEvaluation, .notRealized: .doubtful
    }
  }
}
