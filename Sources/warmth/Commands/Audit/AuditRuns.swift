import ArgumentParser
import EvidenceStore
import Foundation
import Reporting

struct AuditRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs, the latest first.",
    discussion: RunFilterOptions.explanation)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var filter: RunFilterOptions

  @OptionGroup var list: ListOptions

  func run() throws {
    let filter = try filter.parsed(at: .now)
    let runs = try reading { try evidence.openForReading().runs(matching: filter, limit: list.limit) }
    Console.print(
      list.json
        ? try RunsDocument(runs).json()
        : RunsTable(runs, now: .now, isFiltered: filter != RunFilter()).render(
          width: Console.width(STDOUT_FILENO), style: Console.style(STDOUT_FILENO)))
  }
}
