public import Foundation
public import NixModel

/// `audit prune --json`: the runs that were dropped.
public struct PruneDocument: Document {
  private let schema = "warmth/prune/v1"
  private let before: String
  private let rehearsed: Bool
  private let dropped: [String]
  private let kept: Int
  private let links: Int

  /// The document of the runs that were dropped because they started before `limit`, or that would be.
  public init(_ summary: PruneSummary, before limit: Date, rehearsed: Bool) {
    before = Instant.iso8601(limit)
    self.rehearsed = rehearsed
    dropped = summary.dropped.map(\.text)
    kept = summary.kept
    links = summary.links
  }
}
