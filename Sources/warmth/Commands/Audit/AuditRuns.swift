import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct AuditRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs, or publications, the latest first.",
    discussion: RunFilterOptions.explanation)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var filter: RunFilterOptions
  @OptionGroup var list: ListOptions

  @Flag(help: "List publications that were imported, instead of proofs.")
  var publications = false

  func run() throws {
    var filter = try filter.parsed(at: .now)
    let store = try evidence.openForReading()
    let isFiltered = filter != RunFilter()
    filter.behind = try list.place(in: store)
    if publications { return try list(filter, isFiltered, of: store) }
    let runs = try reading { try store.runs(matching: filter, limit: list.limit + 1) }
    let page = Page(of: list.limit, from: runs) { ListPlace(run: $0.start.id) }
    try list.output.print(.runs(page, now: .now, isFiltered: isFiltered))
  }

  private func list(_ filter: RunFilter, _ isFiltered: Bool, of store: EvidenceStore) throws {
    guard filter.verdicts.isEmpty, filter.reasons.isEmpty, filter.origins.isEmpty else {
      throw Failure(
        .usage,
        "a publication has no verdict and no reasons, and fetches from no cache: leave out --verdict, --reason and --from"
      )
    }
    let found = try reading { try store.publications(matching: filter, limit: list.limit + 1) }
    let page = Page(of: list.limit, from: found) { ListPlace(run: $0.head.id) }
    try list.output.print(.publications(page, now: .now, isFiltered: isFiltered))
  }
}
