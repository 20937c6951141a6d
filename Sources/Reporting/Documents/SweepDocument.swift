public import NixModel

/// `audit sweep --json`: the joint verdict of the shards of a sweep.
public struct SweepDocument: Document {
  private let schema = "warmth/sweep/v1"
  private let sweep: String
  private let verdict: Verdict
  @OrNull private var plan: Plan?
  private let shards: [Part]
  private let reasons: [ReasonPart]
  private let disregarded: [String]

  /// The document of a sweep's verdict.
  public init(_ verdict: SweepVerdict) {
    sweep = verdict.sweep.text
    self.verdict = verdict.verdict
    plan = verdict.plan.map(Plan.init)
    shards = verdict.shards.map(Part.init)
    reasons = verdict.reasons.map(ReasonPart.init)
    disregarded = verdict.disregarded.map { Words.line($0.text) }
  }

  private struct Plan: Encodable {
    let shards: Int
    let targets: Int
    let list: String

    init(_ plan: Shard.Plan) {
      shards = plan.shards
      targets = plan.targets
      list = Words.line(plan.list)
    }
  }

  private struct Part: Encodable {
    let shard: Int
    let status: ShardStanding.Status
    @OrNull var run: String?
    let runs: Int
    let targets: Int

    init(_ standing: ShardStanding) {
      shard = standing.index
      status = standing.status
      run = standing.run.map { Words.line($0.text) }
      runs = standing.runs
      targets = standing.targets
    }
  }

  private struct ReasonPart: Encodable {
    let code: String
    let message: String

    init(_ reason: SweepReason) {
      code = reason.code
      message = reason.sentence
    }
  }
}
