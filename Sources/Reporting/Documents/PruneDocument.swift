public import Foundation
public import NixModel

/// `audit prune --json`: what was dropped.
public struct PruneDocument: Document {
  private let schema = "warmth/prune/v1"
  private let before: String
  private let rehearsed: Bool
  private let dropped: [String]
  private let kept: Int
  private let links: Int

  /// The document of what was dropped for having started before `limit`, or would be.
  public init(_ summary: PruneSummary, before limit: Date, rehearsed: Bool) {
    before = Instant.iso8601(limit)
    self.rehearsed = rehearsed
    dropped = summary.dropped.map(\.text)
    kept = summary.kept
    links = summary.links
  }
}
