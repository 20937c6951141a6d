public import Foundation
public import NixModel

/// `audit prune` on a terminal: the runs that were dropped.
public struct PruneText: Sendable {
  private let summary: PruneSummary
  private let limit: Date
  private let rehearsed: Bool

  /// The text about the runs that were dropped because they started before `limit`, or that would be.
  public init(_ summary: PruneSummary, before limit: Date, rehearsed: Bool) {
    self.summary = summary
    self.limit = limit
    self.rehearsed = rehearsed
  }

  /// The text, ending with a newline.
  public func render() -> String {
    let done = rehearsed ? "would be dropped" : "dropped"
    let dropped = summary.dropped
    guard !dropped.isEmpty else {
      return
        "nothing \(done): none of \(Words.count(summary.kept, "run")) started before \(Instant.iso8601(limit))\n"
    }
    let names = Words.list(dropped.map { Words.name($0.text) }, naming: 10)
    return
      "\(Words.count(dropped.count, "run")) \(done) that started before \(Instant.iso8601(limit)): \(names); \(summary.kept) kept\n"
  }
}
