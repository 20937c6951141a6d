public import Foundation
public import NixModel

/// `audit prune` on a terminal: the runs that were dropped.
public struct PruneText: Sendable {
  private let summary: PruneSummary
  private let limit: Date
  private let rehearsed: Bool

  /// How many runs are named before the rest is counted.
  private static let named = 10

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
    let head =
      "\(Words.count(dropped.count, "run")) \(done) that started before \(Instant.iso8601(limit)); \(summary.kept) kept"
    let rest = dropped.count - Self.named
    let names =
      dropped.prefix(Self.named).map { "  \(Words.name($0.text))" }
      + (rest > 0 ? ["  and \(rest) more; --json names them all"] : [])
    return ([head] + names).joined(separator: "\n") + "\n"
  }
}
