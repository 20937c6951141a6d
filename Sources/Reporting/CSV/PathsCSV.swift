public import NixModel

/// `audit paths --csv`.
public struct PathsCSV: Sendable {
  private let paths: [PathRecord]

  /// The lines of `paths`, in their order.
  public init(_ paths: [PathRecord]) { self.paths = paths }

  /// The text. Columns keep their names and their order; new ones come last.
  public func render() -> String {
    CSV(
      columns: ["path", "outcome", "from", "nar_bytes", "run", "started"],
      rows: paths.map { record in
        [
          .init(record.path.description), .init(record.outcome?.word), .init(record.outcome?.origin),
          .init(record.narSize), .init(record.run.text), .init(Instant.iso8601(record.started)),
        ]
      }
    ).render()
  }
}
