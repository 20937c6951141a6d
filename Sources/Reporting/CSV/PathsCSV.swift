public import NixModel

/// `audit paths --csv`.
public struct PathsCSV: Sendable {
  private let paths: [PathRecord]

  /// The lines of `paths`, in their order.
  public init(_ paths: [PathRecord]) { self.paths = paths }

  /// The text. Columns keep their names and their order; new ones come last.
  public func render() -> String {
    CSV(
      columns: [
        "path", "outcome", "from", "nar_bytes", "run", "started", "published", "served", "role",
        "target_outcome",
        "host", "cache", "read_side",
      ],
      rows: paths.map { record in
        [
          .init(record.path.description), .init(record.outcome?.word), .init(record.outcome?.origin),
          .init(record.narSize), .init(record.run.text), .init(Instant.iso8601(record.started)),
        ] + published(record)
      }
    ).render()
  }

  /// What a publication says, which a proof has nothing of.
  private func published(_ record: PathRecord) -> [CSV.Field] {
    guard case .publication(let publication) = record.said else {
      return Array(repeating: .nothing, count: 7)
    }
    let part = PathPublicationPart(publication)
    return [
      .init(part.published), .init(part.served.map { $0 ? "true" : "false" }), .init(part.role),
      .init(part.targetOutcome), .init(part.host), .init(part.cache), .init(part.readSide),
    ]
  }
}
