public import Foundation

/// Times in UTC as ISO 8601 writes them: `2026-05-03T12:00:00Z`, or `2026-05-03T12:00:00.123Z`.
///
/// Foundation's formatter reads the data of time zones first, which takes a millisecond: a sixth of a gate.
public enum UTC {
  /// The time in whole milliseconds since 1970, with its milliseconds or without.
  public static func text(_ milliseconds: Int64, withMilliseconds: Bool) -> String {
    let (days, rest) = milliseconds.dividedDown(by: 86_400_000)
    let date = date(ofDay: days)
    let (seconds, fraction) = (rest / 1000, rest % 1000)
    var text = padded(date.year, 4)
    text += "-\(padded(date.month, 2))-\(padded(date.day, 2))T"
    text += "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return withMilliseconds ? "\(text).\(padded(fraction, 3))Z" : "\(text)Z"
  }

  /// Whole milliseconds since 1970. They are truncated, as in every report.
  public static func milliseconds(_ date: Date) -> Int64 {
    // A microsecond is added first, because most whole milliseconds are no exact `Date`. A time beyond the range
    // becomes one that no run can have.
    let milliseconds = (date.timeIntervalSince1970 * 1000 + 0.001).rounded(.down)
    return Int64(exactly: milliseconds) ?? (milliseconds < 0 ? -9_000_000_000_000_000 : 9_000_000_000_000_000)
  }

  /// Milliseconds since 1970.
  ///
  /// - Returns: `nil` for any other spelling, and for a time that is on no calendar.
  public static func milliseconds(parsing text: String) -> Int64? {
    let bytes = Array(text.utf8)
    let hasFraction = bytes.count == 24
    guard hasFraction || bytes.count == 20 else { return nil }
    func number(_ range: Range<Int>) -> Int64 {
      bytes[range].reduce(0) { $0 * 10 + Int64($1) - Int64(UInt8(ascii: "0")) }
    }
    let days = day(of: number(0..<4), number(5..<7), number(8..<10))
    let seconds = number(11..<13) * 3600 + number(14..<16) * 60 + number(17..<19)
    let milliseconds = days * 86_400_000 + seconds * 1000 + (hasFraction ? number(20..<23) : 0)
    // Everything that is no such text is written otherwise.
    return Self.text(milliseconds, withMilliseconds: hasFraction) == text ? milliseconds : nil
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  // MARK: The Gregorian calendar, in years that begin in March (Howard Hinnant, "chrono-Compatible Low-Level Date
  // Algorithms").

  private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (day + 719_468).dividedDown(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  private static func day(of year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let (era, yearOfEra) = (month <= 2 ? year - 1 : year).dividedDown(by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

extension Int64 {
  /// Quotient and remainder, which is never negative.
  fileprivate func dividedDown(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
