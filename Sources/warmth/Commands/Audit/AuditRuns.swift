import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct AuditRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs, publications or builds, the latest first.",
    discussion: RunFilterOptions.explanation)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var filter: RunFilterOptions
  @OptionGroup var list: ListOptions

  @Flag(help: "List publications that were imported, instead of proofs.")
  var publications = false

  @Flag(help: "List builds by ephemeral builders, instead of proofs.")
  var builds = false

  func validate() throws {
    if publications, builds { throw ValidationError("--publications and --builds exclude each other.") }
  }

  func run() throws {
    var filter = try filter.parsed(at: .now)
    let store = try evidence.openForReading()
    let isFiltered = filter != RunFilter()
    filter.behind = try list.place(in: store)
    if publications { return try list(filter, isFiltered, of: store) }
    if builds { return try listBuilds(filter, isFiltered, of: store) }
    let runs = try reading { try store.runs(matching: filter, limit: list.limit + 1) }
    let page = Page(of: list.limit, from: runs) { ListPlace(run: $0.start.id) }
    try list.output.print(
      .runs(page, now: .now, isFiltered: isFiltered, others: runs.isEmpty ? others(in: store) : []))
  }

  /// The options that list what is recorded beside proofs.
  private func others(in store: EvidenceStore) throws -> [String] {
    let found = try reading {
      (
        try store.publications(matching: RunFilter(), limit: 1),
        try store.builds(matching: RunFilter(), limit: 1)
      )
    }
    return (found.0.isEmpty ? [] : ["--publications"]) + (found.1.isEmpty ? [] : ["--builds"])
  }

  private func listBuilds(_ filter: RunFilter, _ isFiltered: Bool, of store: EvidenceStore) throws {
    guard filter.verdicts.isEmpty, filter.reasons.isEmpty, filter.origins.isEmpty, filter.paths.isEmpty else {
      throw Failure(
        .usage,
        "a build has no verdict and no reasons, and tells no paths but its outputs: leave out --verdict, --reason, --from and --path"
      )
    }
    let found = try reading { try store.builds(matching: filter, limit: list.limit + 1) }
    let page = Page(of: list.limit, from: found) { ListPlace(run: $0.start.id) }
    try list.output.print(.builds(page, now: .now, isFiltered: isFiltered))
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
