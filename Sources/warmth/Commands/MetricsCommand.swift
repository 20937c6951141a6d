import ArgumentParser
import EvidenceStore
import Foundation
import Machine
import Metrics
import NixModel

struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "Print figures for a scraper: OpenMetrics.",
    discussion: """
      Verdicts, ages, bytes, seconds and reasons of targets; copies and failures of caches; the latest publication \
      to each cache; machines of builders. With --output it writes a file for a textfile collector, as a whole or \
      not at all. Without --since, the records of the last thirty days are the window.

      \(RunFilterOptions.explanation)
      """)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var filter: RunFilterOptions

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Where the figures go, such as a collector's warmth.prom.", valueName: "file"))
  var output: String?

  /// The window without `--since`, in seconds.
  private static let window = 30.0 * 86_400
  /// How many runs are read at once.
  private static let page = 200

  func run() throws {
    let store = try evidence.openForReading()
    let text = Redaction.withoutKnown(try figures(in: store, at: .now).exposition.text)
    guard let output else { return Console.print(text) }
    let file = ResultFile(path: output, content: "the figures", evidence: evidence)
    try file.check()
    try file.write(text)
  }

  private func figures(in store: EvidenceStore, at now: Date) throws -> Figures {
    var filter = try filter.parsed(at: now)
    filter.since = filter.since ?? now.addingTimeInterval(-Self.window)
    return try reading {
      try Figures(
        version: Warmth.version, now: now, records: store.recordCount(),
        targets: latest(in: store, matching: filter), caches: store.caches(matching: filter).caches,
        publications: store.publications(matching: filter, limit: 1000),
        builds: store.builds(matching: filter, limit: 1000))
    }
  }

  /// Each target's latest run. Runs are read in pages, since they can be many and each has its reasons.
  private func latest(in store: EvidenceStore, matching filter: RunFilter) throws -> [TargetFigures] {
    var filter = filter
    var latest: [(installable: Installable, run: Run)] = []
    var seen: Set<Installable> = []
    while true {
      let runs = try store.runs(matching: filter, limit: Self.page)
      latest += TargetFigures.latest(of: runs).filter { seen.insert($0.installable).inserted }
      guard runs.count == Self.page, let last = runs.last else { break }
      filter.behind = ListPlace(run: last.start.id)
    }
    return try latest.map { installable, run in
      let figures = TargetFigures(installable, in: run, warm: run.start.started)
      guard figures.verdict != .warm else { return figures }
      let warm = try store.latestWarmRun(of: installable).flatMap { try store.run($0) }
      return TargetFigures(installable, in: run, warm: warm?.start.started)
    }
  }
}
