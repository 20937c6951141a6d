import NixModel
import Testing

@testable import Reporting

@Suite struct `The text of a forecast` {
  private func forecast(_ survey: Survey, of names: [String]) throws -> Forecast {
    Forecast(of: try names.map { try Make.path("a", $0) }, from: survey, under: Policy())
  }

  @Test func `a cache that nobody answers for is told with what it means`() throws {
    let cache = try SubstituterURL(parsing: "https://user:pw@cache.example/main")
    let path = try Make.path("a", "libguestfs-1.54.1")
    let survey = Survey(
      caches: [Survey.Cache(url: cache, state: .unreachable("nobody listens there"))], answers: [path: []])
    let text = try ForecastText(forecast(survey, of: ["libguestfs-1.54.1"])).render()
    #expect(
      text == """
        unknown  0 of 1 path (0 %)
          to download: 0 B

        cache                       offers  paths  unpacked  taken  download  lacks  faulty  unanswered
        https://cache.example/main       -      -         -      -         -      -       -           -
        https://cache.example/main: no answer: nobody listens there

        unanswered: 1 path
          \(path)  no answer from https://cache.example/main

        """)
  }

  @Test func `what is too much to name is counted`() throws {
    let cache = try SubstituterURL(parsing: "https://cache.example/main")
    let names = (0..<14).map { "p-\($0)" }
    let paths = try names.map { try Make.path("a", $0) }
    let survey = Survey(
      caches: [Survey.Cache(url: cache, state: .open(priority: 40))],
      answers: Dictionary(uniqueKeysWithValues: paths.map { ($0, [.init(cache: cache, kind: .absent)]) }))
    let text = try ForecastText(forecast(survey, of: names)).render()
    #expect(text.contains("missing: 14 paths\n"))
    #expect(text.hasSuffix("  and 4 more; --json names them all\n"))
  }

  @Test func `a share is whole only where it is`() {
    #expect(Quantity.percent(0, of: 10) == "0 %")
    #expect(Quantity.percent(1, of: 100_000) == "0.1 %")
    #expect(Quantity.percent(99_999, of: 100_000) == "99.9 %")
    #expect(Quantity.percent(100_000, of: 100_000) == "100 %")
    #expect(Quantity.percent(0, of: 0) == "0 %")
  }
}
