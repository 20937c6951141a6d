import Foundation
import NixModel

/// `explain --json`.
public struct ExplanationDocument: Document {
  private let schema = "warmth/explanation/v1"
  private let run: String
  private let verdict: Verdict
  private let causes: [CausePart]
  private let comparisons: [ComparisonPart]
  @OrNull private var path: PathPart?

  /// The document of `explained`.
  public init(_ explained: ExplainedRun) {
    run = explained.run.start.id.text
    verdict = explained.run.verdict
    causes = explained.causes.map { CausePart($0, explained) }
    comparisons = explained.comparisons.map(ComparisonPart.init)
    path = explained.path.map(PathPart.init)
  }
}

private struct EvidencePart: Encodable {
  let kind: String
  @OrNull var line: Int?
  let text: String

  init(_ piece: Evidence) {
    kind = piece.kind
    line = piece.line
    text = piece.phrase
  }
}

private struct CausePart: Encodable {
  struct ConsequencePart: Encodable {
    let path: String
    let fate: String
  }

  let code: ReasonCode
  let bearing: Reason.Bearing
  @OrNull var path: String?
  let message: String
  let evidence: [EvidencePart]
  let consequences: [ConsequencePart]
  let targets: [String]
  let remedy: String
  @OrNull var publication: LastPublicationPart?

  init(_ cause: Cause, _ explained: ExplainedRun) {
    code = cause.reason.code
    bearing = cause.reason.bearing
    path = cause.reason.path?.description
    message = cause.reason.message
    evidence = cause.evidence.map(EvidencePart.init)
    consequences = cause.consequences.map {
      ConsequencePart(path: $0.path.description, fate: $0.word)
    }
    targets = cause.targets.map { Words.line($0.description) }
    remedy = cause.reason.remedy(for: cause.targets, in: explained.places)
    publication = cause.reason.path.flatMap { explained.publications[$0] }.map {
      LastPublicationPart($0, besideRunOf: explained.run.start.started)
    }
  }
}

/// The last publication of the path that a cause is about.
private struct LastPublicationPart: Encodable {
  let run: String
  let started: String
  let text: String
  let said: Value

  init(_ publication: PathPublication, besideRunOf start: Date) {
    run = publication.head.id.text
    started = Instant.iso8601(publication.head.started)
    text = Words.line(publication.sentence(besideRunOf: start))
    said = .object(publication, PathPublication.columns)
  }
}

private struct ComparisonPart: Encodable {
  struct ChangePart: Encodable {
    let chain: [String]
    let old: String
    let new: String
    let differences: [DifferencePart]
  }
  struct DifferencePart: Encodable {
    let kind: String
    let text: String
  }

  let installable: String
  let against: String
  let same: Bool
  let standing: String
  let text: String
  let old: String
  let new: String
  let differing: Int
  let changes: [ChangePart]

  init(_ comparison: ExplainedRun.Comparison) {
    installable = Words.line(comparison.installable.description)
    against = comparison.run.text
    same = comparison.drift.isNone
    standing = comparison.standing.word
    text = Words.line(comparison.sentence)
    old = comparison.drift.old.description
    new = comparison.drift.new.description
    differing = comparison.drift.differing
    changes = comparison.drift.changes.map { change in
      ChangePart(
        chain: change.chain, old: change.old.description, new: change.new.description,
        differences: change.differences.map {
          DifferencePart(kind: $0.word, text: Words.line($0.phrase))
        })
    }
  }
}

private struct PathPart: Encodable {
  struct ChainPart: Encodable {
    let target: String
    let paths: [String]
  }

  let path: String
  @OrNull var derivation: String?
  let outcome: String
  @OrNull var from: String?
  let signedBy: [String]
  let evidence: [EvidencePart]
  let neededBy: [ChainPart]

  init(_ account: PathAccount) {
    path = account.path.description
    derivation = account.derivation?.description
    outcome = account.outcome.word
    from = account.outcome.origin.map(Words.line)
    signedBy = account.signedBy
    evidence = account.evidence.map(EvidencePart.init)
    neededBy = account.chains.map {
      ChainPart(target: Words.line($0.target.description), paths: $0.paths.map(\.description))
    }
  }
}
