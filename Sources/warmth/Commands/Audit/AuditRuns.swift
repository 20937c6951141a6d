import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct AuditRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs, the latest first.",
    discussion: RunFilterOptions.explanation)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var filter: RunFilterOptions
  @OptionGroup var list: ListOptions

  func run() throws {
    var filter = try filter.parsed(at: .now)
    let store = try evidence.openForReading()
    let isFiltered = filter != RunFilter()
    filter.behind = try list.place(in: store)
    let runs = try reading { try store.runs(matching: filter, limit: list.limit + 1) }
    let page = Page(of: list.limit, from: runs) { ListPlace(run: $0.start.id) }
    try list.output.print(
      json: { try RunsDocument(page.items, next: page.last).json() },
      csv: { RunsCSV(page.items).render() },
      table: {
        RunsTable(page.items, now: .now, isFiltered: isFiltered, next: page.last).render(width: $0, style: $1)
      })
  }
}
