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

  @Option(help: ArgumentHelp("How many runs at most.", valueName: "number"))
  var limit = 50

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit must be at least 1.") }
  }

  func run() throws {
    let filter = try filter.parsed(at: .now)
    let runs = try reading { try evidence.openForReading().runs(matching: filter, limit: limit) }
    Console.print(
      json
        ? try RunsDocument(runs).json()
        : RunsTable(runs, now: .now, isFiltered: filter != RunFilter()).render(
          width: Console.width(STDOUT_FILENO), style: Console.style(STDOUT_FILENO)))
  }
}
