import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct AuditRegressions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regressions", abstract: "List the targets that were warm and are not, and why.",
    discussion: """
      What counts is the latest run that came to a verdict about a target. Each first cause is told once, \
      with the targets that it is in, and apart from those that it merely dragged down, since they need \
      what it is in.

      The options --runner, --ref, --since and --until say which runs count at all (the last warm one may \
      be older); the others narrow the list to targets, and to latest runs. Times are when runs started: a \
      duration before now (7d, 12h), or a date (2026-05-03, 2026-05-03T12:00:00Z).
      """)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var filter: RunFilterOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Exit with 1 where there are any.")
  var exitCode = false

  func run() throws {
    let filter = try filter.parsed(at: .now)
    let store = try evidence.openForReading()
    let report = try reading { () throws -> RegressionReport in
      try explained(store.regressions(matching: filter), in: store)
    }
    try output.print(.regressions(report, now: .now))
    if exitCode, !report.regressions.isEmpty { throw ExitStatus.cold.code }
  }

  private func explained(_ regressions: [Regression], in store: EvidenceStore) throws -> RegressionReport {
    let pairs = try regressions.map(\.now.run).unique.compactMap { id -> (RunID, Explanation)? in
      guard let run = try store.run(id), let judgment = run.conclusion?.judgment else { return nil }
      return (id, explain(try store.testimony(of: id), judgment, under: run.start.policy))
    }
    return RegressionReport(
      regressions, explanations: Dictionary(pairs) { first, _ in first },
      places: try store.publishingPlaces())
  }
}
