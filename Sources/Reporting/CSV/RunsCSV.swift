public import NixModel

/// `audit runs --csv`.
public struct RunsCSV: Sendable {
  private let runs: [Run]

  /// The lines of `runs`, in their order.
  public init(_ runs: [Run]) { self.runs = runs }

  /// The text. Columns keep their names and their order; new ones come last.
  public func render() -> String {
    CSV(
      columns: [
        "run", "started", "finished", "state", "verdict", "targets", "host", "pod", "nix", "repository",
        "ref",
        "branch", "revision", "pipeline", "page", "paths", "substituted", "built_locally", "built_remotely",
        "present_before", "download_bytes",
      ], rows: runs.map(row)
    ).render()
  }

  private func row(_ run: Run) -> [CSV.Field] {
    let (start, occasion) = (run.start, run.start.occasion)
    let closure = run.conclusion?.judgment.closure
    return [
      .init(start.id.text), .init(Instant.iso8601(start.started)),
      .init(run.conclusion.map { Instant.iso8601($0.finished) }), .init(run.state.word),
      .init(run.verdict.rawValue), .init(start.installables.map(\.description).joined(separator: " ")),
      .init(start.runner.host), .init(start.runner.pod), .init(run.nixVersion), .init(occasion?.repository),
      .init(occasion?.ref), .init(occasion?.branch), .init(occasion?.revision), .init(occasion?.pipeline),
      .init(occasion?.page), .init(closure?.paths), .init(closure?.substituted), .init(closure?.builtLocally),
      .init(closure?.builtRemotely), .init(closure?.presentBefore), .init(closure?.downloadBytes),
    ]
  }
}
