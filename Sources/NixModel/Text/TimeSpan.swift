/// A length of time as people write it: `90s`, `30m`, `24h`, `2d`, `1h30m`.
public struct TimeSpan: Hashable, Sendable {
  /// At most a hundred years.
  public let seconds: Int

  /// A length of time.
  public init(seconds: Int) { self.seconds = seconds }

  /// Parses a length of time; `nil` where it is none, is nothing, or is longer than a hundred years.
  public init?(parsing text: String) {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    var total = 0
    var digits = ""
    for character in text {
      if character.isASCII, character.isNumber {
        digits.append(character)
        continue
      }
      guard let unit = units[character], let count = Int(digits) else { return nil }
      let (span, tooLong) = count.multipliedReportingOverflow(by: unit)
      let (sum, tooMuch) = total.addingReportingOverflow(span)
      guard !tooLong, !tooMuch else { return nil }
      total = sum
      digits = ""
    }
    // Nothing is older than a hundred years, and dates that far away are none.
    guard digits.isEmpty, total > 0, total <= 100 * 366 * 86400 else { return nil }
    seconds = total
  }

  /// The same for the clocks of the standard library.
  public var duration: Duration { .seconds(seconds) }
}
