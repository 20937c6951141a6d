import Foundation

/// How much the tests try of what has no end of its own: random instants, mutations, damaged copies, long logs.
public enum Effort: Sendable {
  /// A twenty-fifth of it, after each change of a line: `scripts/test --fast`, which sets `WARMTH_TEST_EFFORT=fast`.
  case fast
  /// A fifth of it: `scripts/test`.
  case daily
  /// All of it: `scripts/test --long`, which sets `WARMTH_TEST_EFFORT=long`.
  case long

  /// How much is asked for.
  public static let asked: Effort =
    switch ProcessInfo.processInfo.environment["WARMTH_TEST_EFFORT"] {
    case "fast": .fast
    case "long": .long
    default: .daily
    }

  /// Whether all of it is asked for.
  public static var isLong: Bool { asked == .long }

  private var divisor: Int {
    switch self {
    case .fast: 25
    case .daily: 5
    case .long: 1
    }
  }

  /// How many of so many to try, and at least one.
  public static func share(of count: Int) -> Int { max(1, count / asked.divisor) }

  /// Which of the rows of a table to try: evenly spread ones, beginning with the first.
  public static func share<Rows: Collection>(of rows: Rows) -> [Rows.Element] {
    rows.enumerated().filter { $0.offset.isMultiple(of: asked.divisor) }.map(\.element)
  }
}
