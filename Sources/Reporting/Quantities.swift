package import Foundation
import NixModel

/// Numbers as people read them.
package enum Quantity {
  /// `0 B`, `208 B`, `12.3 MiB`: three digits or so, in powers of 1024.
  package static func bytes(_ count: UInt64) -> String {
    guard count >= 1024 else { return "\(count) B" }
    var value = Double(count) / 1024
    var unit = 0
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    // 1023.95 would print as 1024.0, which is one of the next unit.
    while value >= 1023.95, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return "\(decimal(value)) \(units[unit])"
  }

  /// `98.7 %`; 100 and 0 only where they are exact.
  package static func percent(_ part: some BinaryInteger, of whole: some BinaryInteger) -> String {
    guard whole > 0 else { return "0 %" }
    // A cache may state any size of anything.
    let tenths = Int((min(Double(part) / Double(whole), 1e9) * 1000).rounded())
    let honest = part == 0 || part >= whole ? tenths : min(max(tenths, 1), 999)
    return honest % 10 == 0 ? "\(honest / 10) %" : "\(honest / 10).\(honest % 10) %"
  }

  /// `0 s`, `59 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`: the two largest units.
  package static func duration(seconds: Int) -> String {
    let seconds = max(0, seconds)
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3600: return pair(seconds / 60, "min", seconds % 60, "s")
    case ..<86400: return pair(seconds / 3600, "h", seconds % 3600 / 60, "min")
    default: return pair(seconds / 86400, "d", seconds % 86400 / 3600, "h")
    }
  }

  /// `0.8 s`, `42.5 s`; from a minute on, whole seconds.
  package static func duration(milliseconds: Int) -> String {
    guard milliseconds < 60_000 else { return duration(seconds: milliseconds / 1000) }
    return "\(decimal(Double(max(0, milliseconds)) / 1000)) s"
  }

  /// `12.3 MiB/s`.
  package static func rate(bytesPerSecond: Double) -> String {
    "\(bytes(UInt64(saturating: bytesPerSecond)))/s"
  }

  /// `just now`, `5 min ago`, `3 h ago`, `12 d ago`, or `in 5 min` where clocks differ: the largest unit.
  package static func age(seconds: Int) -> String {
    if seconds < 0, seconds > -60 { return "just now" }
    let text = span(seconds: abs(seconds))
    return seconds < 0 ? "in \(text)" : "\(text) ago"
  }

  /// `5 min`, `3 h`, `12 d`: the largest unit.
  package static func span(seconds: Int) -> String {
    switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3600: "\(seconds / 60) min"
    case ..<86400: "\(seconds / 3600) h"
    default: "\(seconds / 86400) d"
    }
  }

  /// `0:42`, `12:03`, `1:02:03`: a clock that runs.
  package static func clock(seconds: Int) -> String {
    let seconds = max(0, seconds)
    let tail = "\(padded(seconds % 60))"
    guard seconds >= 3600 else { return "\(seconds / 60):\(tail)" }
    return "\(seconds / 3600):\(padded(seconds % 3600 / 60)):\(tail)"
  }

  private static func pair(_ large: Int, _ largeUnit: String, _ small: Int, _ smallUnit: String) -> String {
    small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static func decimal(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}

/// Instants in UTC, cut to whole seconds: a store that keeps fractions and one that does not read alike.
package enum Instant {
  /// Seconds since 1970, rounded down.
  package static func wholeSeconds(_ date: Date) -> Int {
    // A time that is further away than any is as good as the end of times.
    Int(max(-1e11, min(date.timeIntervalSince1970, 1e11)).rounded(.down))
  }

  /// `2026-05-03T12:00:00Z`.
  package static func iso8601(_ date: Date) -> String {
    UTC.text(Int64(wholeSeconds(date)) * 1000, withMilliseconds: false)
  }

  /// `2026-05-03T12:00:00.125Z`, as it is recorded.
  package static func precise(_ date: Date) -> String {
    UTC.text(UTC.milliseconds(date), withMilliseconds: true)
  }

  /// `2026-05-03 12:00:00Z, 3 h ago`.
  package static func moment(_ date: Date, seenAt now: Date) -> String {
    "\(iso8601(date).replacing("T", with: " ")), \(Quantity.age(seconds: seconds(from: date, to: now)))"
  }

  /// Whole seconds from one instant to another.
  package static func seconds(from start: Date, to end: Date) -> Int {
    wholeSeconds(end) - wholeSeconds(start)
  }
}
