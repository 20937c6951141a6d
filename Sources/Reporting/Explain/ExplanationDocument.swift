import NixModel

/// `explain --json`.
public struct ExplanationDocument: Document {
  private let value: Value

  /// The document of `explained`.
  public init(_ explained: ExplainedRun) {
    value = .object([
      "schema": .text("warmth/explanation/v1"),
      "run": .text(explained.run.start.id.text),
      "verdict": .text(explained.run.verdict.rawValue),
      "causes": .list(explained.causes.map { .cause($0, of: explained) }),
      "comparisons": .list(explained.comparisons, comparisonColumns),
      "path": .object(explained.path, accountColumns),
    ])
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension Value {
  fileprivate static func cause(_ cause: Cause, of explained: ExplainedRun) -> Value {
    let reason = cause.reason
    return .object([
      "code": .text(reason.code.rawValue),
      "bearing": .text(reason.bearing.rawValue),
      "path": .text(reason.path?.description),
      "message": .prose(reason.message),
      "evidence": .list(cause.evidence, evidenceColumns),
      "consequences": .list(cause.consequences, consequenceColumns),
      "targets": .texts(cause.targets.map(\.description)),
      "remedy": .prose(reason.remedy(for: cause.targets, in: explained.places)),
      "publication": lastPublication(
        reason.path.flatMap { explained.publications[$0] }, beside: explained.run),
    ])
  }

  /// The last publication of the path that a cause is about.
  private static func lastPublication(_ publication: PathPublication?, beside run: Run) -> Value {
    .object(
      publication.map { publication in
        [
          "run": .text(publication.head.id.text), "started": .instant(publication.head.started),
          "text": .text(publication.sentence(besideRunOf: run.start.started)),
          "said": .object(publication, PathPublication.columns),
        ]
      })
  }
}

private let evidenceColumns: [Column<Evidence>] = [
  .json("kind") { .text($0.kind) }, .json("line") { .number($0.line) }, .json("text") { .text($0.phrase) },
]

private let consequenceColumns: [Column<Consequence>] = [
  .json("path") { .text($0.path.description) }, .json("outcome") { .text($0.word) },
]

private let comparisonColumns: [Column<ExplainedRun.Comparison>] = [
  .json("installable") { .text($0.installable.description) },
  .json("against") { .text($0.run.text) },
  .json("same") { .flag($0.drift.isNone) },
  .json("standing") { .text($0.standing.word) },
  .json("text") { .text($0.sentence) },
  .json("old") { .text($0.drift.old.description) },
  .json("new") { .text($0.drift.new.description) },
  .json("differing") { .number($0.drift.differing) },
  .json("changes") { .list($0.drift.changes, changeColumns) },
]

private let changeColumns: [Column<Drift.Change>] = [
  .json("chain") { .texts($0.chain) },
  .json("old") { .text($0.old.description) },
  .json("new") { .text($0.new.description) },
  .json("differences") { .list($0.differences, differenceColumns) },
]

private let differenceColumns: [Column<Drift.Difference>] = [
  .json("kind") { .text($0.word) }, .json("text") { .text($0.phrase) },
]

private let accountColumns: [Column<PathAccount>] = [
  .json("path") { .text($0.path.description) },
  .json("derivation") { .text($0.derivation?.description) },
  .json("outcome") { .text($0.outcome.word) },
  .json("from") { .text($0.outcome.origin) },
  .json("signedBy") { .texts($0.signedBy) },
  .json("evidence") { .list($0.evidence, evidenceColumns) },
  .json("neededBy") { .list($0.chains, chainColumns) },
]

private let chainColumns: [Column<PathAccount.Chain>] = [
  .json("target") { .text($0.target.description) }, .json("paths") { .texts($0.paths.map(\.description)) },
]
