public import NixModel

/// `audit runs --json`: runs in the order in which they are given.
public struct RunsDocument: Document {
  private let schema = "warmth/runs/v1"
  private let runs: [Entry]

  /// The document of `runs`.
  public init(_ runs: [Run]) { self.runs = runs.map(Entry.init) }

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

    struct Target: Encodable {
      let installable: String
      let verdict: Verdict
    }

    init(_ run: Run) {
      id = run.start.id.text
      started = Instant.iso8601(run.start.started)
      finished = run.conclusion.map { Instant.iso8601($0.finished) }
      state = run.state.word
      verdict = run.verdict
      targets = RunFindings(run).targets.map { Target(installable: $0.installable, verdict: $0.verdict) }
      nix = run.nixVersion
      host = run.start.runner.host
      pod = run.start.runner.pod
    }
  }
}
