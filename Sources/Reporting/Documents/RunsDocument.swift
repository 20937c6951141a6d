public import NixModel

/// `audit runs --json`: runs in the order in which they are given.
public struct RunsDocument: Document {
  private let schema = "warmth/runs/v1"
  private let runs: [Entry]
  @OrNull private var next: String?

  /// The document of `runs`; `next` is where the list goes on.
  public init(_ runs: [Run], next: ListPlace? = nil) {
    self.runs = runs.map(Entry.init)
    self.next = next?.description
  }

  private struct Entry: Encodable {
    let id: String
    let started: String
    @OrNull var finished: String?
    let state: String
    let verdict: Verdict
    let targets: [Target]
    @OrNull var nix: String?
    let host: String
    @OrNull var pod: String?
    @OrNull var occasion: OccasionPart?
    let shard: ShardPart?

    struct Target: Encodable {
      let installable: String
      let verdict: Verdict
    }

    init(_ run: Run) {
      shard = run.start.shard.map(ShardPart.init)
      id = run.start.id.text
      started = Instant.iso8601(run.start.started)
      finished = run.conclusion.map { Instant.iso8601($0.finished) }
      state = run.state.word
      verdict = run.verdict
      targets = RunFindings(run).targets.map { Target(installable: $0.installable, verdict: $0.verdict) }
      nix = run.nixVersion
      host = run.start.runner.host
      pod = run.start.runner.pod
      occasion = run.start.occasion.map(OccasionPart.init)
    }
  }
}

/// The source that a run was about.
struct OccasionPart: Encodable {
  @OrNull var repository: String?
  @OrNull var ref: String?
  @OrNull var branch: String?
  @OrNull var revision: String?
  @OrNull var pipeline: String?
  @OrNull var page: String?

  init(_ occasion: Occasion) {
    repository = occasion.repository.map(Words.line)
    ref = occasion.ref.map(Words.line)
    branch = occasion.branch.map(Words.line)
    revision = occasion.revision.map(Words.line)
    pipeline = occasion.pipeline.map(Words.line)
    page = occasion.page.map(Words.line)
  }
}
