public import Foundation
public import NixModel

extension HTTPTransport {
  /// What the clock of `cache` says; `nil` where it does not say.
  public func date(of cache: SubstituterURL) async -> Date? {
    let request = Request(url: "\(cache.canonical)/nix-cache-info", method: .content(limit: 1 << 16))
    return (try? await exchange(with: cache).ask(request))?.date.flatMap(Self.date)
  }

  /// `Sat, 28 Nov 2026 05:42:45 GMT` (RFC 9110, 5.6.7); the two other forms there are obsolete.
  static func date(_ text: String) -> Date? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let words = text.split(whereSeparator: { ", :".contains($0) })
    guard words.count == 8, words[7] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
      return nil
    }
    let numbers = [words[3], words[1], words[4], words[5], words[6]].compactMap { Int($0) }
    guard numbers.count == 5 else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar.date(
      from: DateComponents(
        year: numbers[0], month: month + 1, day: numbers[1], hour: numbers[2], minute: numbers[3],
        second: numbers[4]))
  }
}
