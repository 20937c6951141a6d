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

  @OptionGroup var list: ListOptions

  func run() throws {
    let filter = try filter.parsed(at: .now)
    let paths = try reading { try evidence.openForReading().paths(matching: filter, limit: list.limit) }
    Console.print(
      list.json
        ? try PathsDocument(paths).json()
        : PathsTable(paths, now: .now).render(
          width: Console.width(STDOUT_FILENO), style: Console.style(STDOUT_FILENO)))
  }
}
