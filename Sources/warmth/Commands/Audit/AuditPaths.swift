import ArgumentParser
import EvidenceStore
import Foundation
import Reporting

struct AuditPaths: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paths", abstract: "List what became of paths, the latest runs first.",
    discussion: RunFilterOptions.explanation)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var filter: RunFilterOptions

  @Option(help: ArgumentHelp("How many lines at most.", valueName: "number"))
  var limit = 50

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit must be at least 1.") }
  }

  func run() throws {
    let filter = try filter.parsed(at: .now)
    let paths = try reading { try evidence.openForReading().paths(matching: filter, limit: limit) }
    Console.print(
      json
        ? try PathsDocument(paths).json()
        : PathsTable(paths, now: .now).render(
          width: Console.width(STDOUT_FILENO), style: Console.style(STDOUT_FILENO)))
  }
}
