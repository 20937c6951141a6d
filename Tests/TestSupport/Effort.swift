import Foundation

/// How much the tests try that has no end of its own: random instants, mutations, damaged copies, long logs.
///
/// `scripts/test` does a fifth of it each day, and `scripts/test --long`, which sets `WARMTH_TEST_LONG=1`, all of it.
public enum Effort {
  /// Whether all of it is asked for.
  public static let isLong = ProcessInfo.processInfo.environment["WARMTH_TEST_LONG"] == "1"

  /// How many of so many to try: all in a long run, else a fifth, and at least one.
  public static func share(of count: Int) -> Int { isLong ? count : max(1, count / 5) }

  /// Which of the rows of a table to try: all in a long run, else every fifth, beginning with the first.
  public static func share<Rows: Collection>(of rows: Rows) -> [Rows.Element] {
    rows.enumerated().filter { isLong || $0.offset.isMultiple(of: 5) }.map(\.element)
  }
}
