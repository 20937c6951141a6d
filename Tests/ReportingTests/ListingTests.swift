import Foundation
import NixModel
import TestSupport
import Testing

@testable import Reporting

/// A list's three forms.
struct ListSample {
  let json: String
  let csv: String
  let table: String

  static let names = [
    "runs", "paths", "caches", "history", "regressions", "publications", "empty-runs", "empty-paths",
  ]

  static func of(_ name: String) throws -> ListSample {
    let now = Make.instant(10_800)
    let next = ListPlace(run: RunID("run-1"))
    switch name {
    case "runs":
      let runs = try SampleLists.runs()
      return ListSample(
        json: try RunsDocument(runs, next: next).json(), csv: RunsCSV(runs).render(),
        table: RunsTable(runs, now: now, next: next).render())
    case "empty-runs":
      return ListSample(
        json: try RunsDocument([]).json(), csv: RunsCSV([]).render(),
        table: RunsTable([], now: now, isFiltered: true).render())
    case "paths":
      let paths =
        try SampleLists.paths(SampleLists.publication()) + [
          PathRecord(
            path: Make.path("a", "x"), outcome: nil, narSize: nil, run: RunID("r"), started: Make.instant())
        ]
      return ListSample(
        json: try PathsDocument(paths).json(), csv: PathsCSV(paths).render(),
        table: PathsTable(paths, now: now).render())
    case "empty-paths":
      return ListSample(
        json: try PathsDocument([]).json(), csv: PathsCSV([]).render(),
        table: PathsTable([], now: now).render())
    case "caches":
      let sums = SampleLists.sums()
      return ListSample(
        json: try CachesDocument(sums).json(), csv: CachesCSV(sums).render(),
        table: CachesTable(sums, now: now).render())
    case "history":
      let lines = try SampleLists.history()
      return ListSample(
        json: try HistoryDocument(lines, of: "libguestfs", next: next).json(),
        csv: HistoryCSV(lines).render(),
        table: HistoryTable(lines, of: "libguestfs", now: now, next: next).render())
    case "regressions":
      let report = try SampleLists.regressions()
      return ListSample(
        json: try RegressionsDocument(report).json(), csv: RegressionsCSV(report).render(),
        table: RegressionsText(report, now: now).render())
    default:
      let records = [
        SampleLists.record(try SampleLists.publication()),
        SampleLists.record(try SampleLists.publication(Hostile.texts.joined(separator: "\n"))),
      ]
      return ListSample(
        json: try PublicationsDocument(records, next: next).json(), csv: PublicationsCSV(records).render(),
        table: PublicationsTable(records, now: now, next: next).render())
    }
  }
}

/// `WARMTH_WRITE_SNAPSHOTS=1 scripts/test 'A list, in its three forms'` writes the snapshots anew.
@Suite struct `A list, in its three forms` {
  @Test(arguments: ListSample.names)
  func `looks as it is kept`(name: String) throws {
    let sample = try ListSample.of(name)
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/Lists")
    for (form, text) in [("json", sample.json), ("csv", sample.csv), ("txt", sample.table)] {
      let file = folder.appending(path: "\(name).\(form)")
      if ProcessInfo.processInfo.environment["WARMTH_WRITE_SNAPSHOTS"] != nil {
        try Data(text.utf8).write(to: file)
      }
      #expect(try Data(text.utf8) == Data(contentsOf: file), "\(text)")
    }
  }
}
