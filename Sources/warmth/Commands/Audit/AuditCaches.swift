import ArgumentParser
import EvidenceStore
import Foundation
import Reporting

struct AuditCaches: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "caches", abstract: "Sum up what came from each cache, and how it failed.",
    discussion: """
      Of all runs that came to a conclusion and fit the options. Shares are of what was copied from any \
      cache in those runs, by count and by unpacked size; with --from, only the caches named are listed, \
      and the shares stay the same. Failures are counted as the proofs saw them: questions that nobody \
      answered (unreachable), that were answered with an error, or refused (401, 403); narinfos that are \
      invalid or untrusted; archives that were missing or corrupt.

      The speed is the compressed size of what was copied from a cache, as its narinfos state it, for each \
      second in which at least one copy from it was under way, as the lines of Nix's log were read. It says \
      what runners got, with all that Nix does meanwhile, and not what the cache could have given. Runs \
      that were recorded before these times were have no part in it; a path whose narinfo states no size \
      adds its time and no bytes.

      \(RunFilterOptions.explanation)
      """)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var filter: RunFilterOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let filter = try filter.parsed(at: .now)
    let sums = try reading { try evidence.openForReading().caches(matching: filter) }
    try output.print(.caches(sums, now: .now))
  }
}
