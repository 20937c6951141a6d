import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct AuditPrune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Drop old runs, so that what is left still verifies.",
    discussion: """
      Drops the runs that started longer ago than --older-than, and what only they refer to. A checkpoint in \
      the chain tells how many there were. Others wait with recording meanwhile. To keep what is dropped, \
      export it first.
      """)

  @OptionGroup var evidence: EvidenceOptions

  @Option(help: ArgumentHelp("How old a run must be, such as 180d.", valueName: "duration"))
  var olderThan: TimeSpan

  @Flag(help: "Only say what would be dropped.")
  var dryRun = false

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    guard FileManager.default.fileExists(atPath: evidence.path) else {
      throw Failure(
        .evidence, "there is no evidence store at '\(evidence.path)' to prune; name one with --evidence FILE")
    }
    let limit = Date.now.addingTimeInterval(-Double(olderThan.seconds))
    let summary = try reading {
      dryRun
        ? try evidence.openForReading().rehearsePruning(startedBefore: limit)
        : try evidence.openForRecording().prune(startedBefore: limit)
    }
    Console.print(
      json
        ? try PruneDocument(summary, before: limit, rehearsed: dryRun).json()
        : PruneText(summary, before: limit, rehearsed: dryRun).render())
  }
}
