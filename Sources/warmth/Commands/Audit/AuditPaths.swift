import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct AuditPaths: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paths",
    abstract: "List what became of paths, in proofs and publications, the latest first.",
    discussion: RunFilterOptions.explanation)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var filter: RunFilterOptions

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "Of this run, by its name or the beginning of it; latest is the latest proof.", valueName: "run"))
  var runs: [String] = []

  @OptionGroup var list: ListOptions

  func run() throws {
    var filter = try filter.parsed(at: .now)
    let store = try evidence.openForReading()
    filter.runs = try runs.map { try evidence.runID($0, in: store) }
    filter.behind = try list.place(in: store)
    let paths = try reading { try store.paths(matching: filter, limit: list.limit + 1) }
    let page = Page(of: list.limit, from: paths) { ListPlace(run: $0.run, path: $0.path) }
    try list.output.print(.paths(page, now: .now))
  }
}
