import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct AuditHistory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Tell what became of a target, run by run, and what changed.",
    discussion: """
      A line for each run about the target, the latest first, with what is otherwise than in the run before \
      it, of those that fit the options and came to a verdict: its verdict and why, the cache, the \
      derivation, the output path, the size. Sizes are those of its outputs, unpacked; what was downloaded \
      is of the whole run, compressed, as the caches' narinfos state it. "took" is the time from the run's \
      beginning to its conclusion, "nix took" the part from Nix's start to its end, where it was recorded.

      \(RunFilterOptions.explanation)
      """)

  @OptionGroup var evidence: EvidenceOptions

  @Argument(
    help: ArgumentHelp("The target, as it was proved or by its attribute alone.", valueName: "target"))
  var target: String

  @OptionGroup var filter: RunFilterOptions
  @OptionGroup var list: ListOptions

  func validate() throws {
    if !filter.targets.isEmpty {
      throw ValidationError("A history is of one target, which is named without --target.")
    }
  }

  func run() throws {
    var filter = try filter.parsed(at: .now)
    let store = try evidence.openForReading()
    filter.behind = try list.place(in: store)
    let page = try reading {
      try store.history(of: GateName(target).text, matching: filter, limit: list.limit)
    }
    try list.output.print(.history(page, of: target, now: .now))
  }
}
