public import NixModel

/// `audit history --csv`.
public struct HistoryCSV: Sendable {
  private let lines: [TargetHistoryLine]

  /// The lines of a history, in their order.
  public init(_ lines: [TargetHistoryLine]) { self.lines = lines }

  /// The text. Columns keep their names and their order; new ones come last.
  public func render() -> String {
    CSV(
      columns: [
        "run", "started", "installable", "state", "verdict", "reasons", "from", "derivation", "nar_bytes",
        "download_bytes", "run_milliseconds", "nix_milliseconds", "compared_with", "changes",
      ], rows: lines.map(row)
    ).render()
  }

  private func row(_ line: TargetHistoryLine) -> [CSV.Field] {
    let (record, judgment) = (line.record, line.record.judgment)
    return [
      .init(record.run.text), .init(Instant.iso8601(record.started)), .init(record.installable.description),
      .init(record.ending.word), .init(judgment?.ruling.verdict.rawValue),
      .init(judgment?.firstCodes.map(\.rawValue).joined(separator: " ")),
      .init(judgment?.origins.joined(separator: " ")), .init(judgment?.derivation?.description),
      .init(judgment?.narBytes), .init(record.figures?.downloadBytes), .init(record.figures?.milliseconds),
      .init(record.figures?.timeTaken?.milliseconds), .init(line.change.earlier?.text),
      .init(line.change.phrase),
    ]
  }
}
