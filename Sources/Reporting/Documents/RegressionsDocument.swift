import NixModel

/// `audit regressions --json`.
public struct RegressionsDocument: Document {
  private let schema = "warmth/regressions/v1"
  private let regressions: [Entry]
  private let causes: [CausePart]

  /// The document of `report`.
  public init(_ report: RegressionReport) {
    regressions = report.regressions.map(Entry.init)
    causes = report.groups.map(CausePart.init)
  }

  private struct Entry: Encodable {
    let installable: String
    let verdict: Verdict
    let reasons: [ReasonCode]
    let latest: MomentPart
    let first: MomentPart
    let lastWarm: MomentPart

    init(_ regression: Regression) {
      installable = Words.line(regression.installable.description)
      verdict = regression.judgment.ruling.verdict
      reasons = regression.judgment.firstCodes
      latest = MomentPart(regression.now)
      first = MomentPart(regression.first)
      lastWarm = MomentPart(regression.lastWarm)
    }
  }

  private struct MomentPart: Encodable {
    let run: String
    let started: String

    init(_ moment: Regression.Moment) {
      run = moment.run.text
      started = Instant.iso8601(moment.started)
    }
  }

  private struct CausePart: Encodable {
    let code: ReasonCode
    let bearing: Reason.Bearing
    @OrNull var path: String?
    let message: String
    let also: [String]
    let own: [String]
    let dragged: [String]
    let consequences: [String]
    let runs: [String]
    let remedy: String

    init(_ group: RegressionReport.Group) {
      code = group.first.code
      bearing = group.first.bearing
      path = group.first.path?.description
      message = group.first.message
      also = group.others
      own = group.own.map { Words.line($0.installable.description) }
      dragged = group.dragged.map { Words.line($0.installable.description) }
      consequences = group.consequences
      runs = group.runs.map(\.text)
      remedy = group.remedy
    }
  }
}
