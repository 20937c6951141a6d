import Foundation
import NixModel
import TestSupport
import Testing

@Suite("A time in UTC")
struct UTCTests {
  @Test func `is written and read as Foundation does`() throws {
    var random = SplitMix(seed: 7)
    let whole = Date.ISO8601FormatStyle()
    let fine = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    for _ in 0..<2000 {
      // From the year 1600 to the year 3000.
      let seconds = Int64(random.next() % 44_180_000_000) - 11_676_096_000
      let date = Date(timeIntervalSince1970: Double(seconds))
      let text = UTC.text(seconds * 1000, withMilliseconds: false)
      #expect(text == date.formatted(whole))
      #expect(UTC.milliseconds(parsing: text) == seconds * 1000)
      // Halves are exact in binary.
      let half = Date(timeIntervalSince1970: Double(seconds) + 0.5)
      let precise = UTC.text(UTC.milliseconds(half), withMilliseconds: true)
      #expect(precise == half.formatted(fine))
      #expect(UTC.milliseconds(parsing: precise) == seconds * 1000 + 500)
    }
  }

  @Test(arguments: [
    "", "2026-05-03", "2026-05-03T12:00:00", "2026-05-03T12:00:00.1Z", "2026-05-03T12:00:00.123456Z",
    "2026-05-03 12:00:00Z", "2026-05-03T12:00:00z", "2026-02-30T12:00:00Z", "2026-13-01T12:00:00Z",
    "2026-00-01T12:00:00Z", "2026-05-03T24:00:00Z", "2026-05-03T12:60:00Z", "2026-05-03T12:00:60Z",
    "2026-05-03T12:00:0xZ", "2026-05-03T12:00:00+1Z", "-026-05-03T12:00:00Z", "２026-05-03T12:00:0Z",
  ])
  func `has one spelling`(text: String) { #expect(UTC.milliseconds(parsing: text) == nil) }

  @Test func `keeps the milliseconds that it was read with`() {
    for milliseconds in Int64(1_777_809_600_000)..<1_777_809_601_000 {
      let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      #expect(UTC.milliseconds(date) == milliseconds)
    }
  }
}
