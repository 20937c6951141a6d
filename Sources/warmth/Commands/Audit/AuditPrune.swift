import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct AuditPrune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Drop old runs, so that what is left still verifies.",
    discussion: """
      Drops the runs that started longer ago than --older-than, and what only they refer to, but none of the \
      latest that --keep-last tells. Alone, --keep-last drops all others. A checkpoint in \
      the chain tells how many there were. Others wait with recording meanwhile. To keep what is dropped, \
      export it first.
      """)

  @OptionGroup var evidence: EvidenceOptions

  @Option(help: ArgumentHelp("How old a run must be, such as 180d.", valueName: "duration"))
  var olderThan: TimeSpan?

  @Option(help: ArgumentHelp("Keep so many of the latest runs, however old.", valueName: "number"))
  var keepLast: Int?

  @Flag(help: "Only say what would be dropped.")
  var dryRun = false

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws {
    guard olderThan != nil || keepLast != nil else {
      throw ValidationError("Say which runs to drop: --older-than DURATION, --keep-last NUMBER, or both.")
    }
    if let keepLast, keepLast < 1 { throw ValidationError("--keep-last must be at least 1.") }
  }

  func run() throws {
    guard FileManager.default.fileExists(atPath: evidence.path) else {
      throw Failure(
        .evidence, "there is no evidence store at '\(evidence.path)' to prune; name one with --evidence FILE")
    }
    var limit = olderThan.map { Date.now.addingTimeInterval(-Double($0.seconds)) } ?? .now
    if let keepLast {
      let first = try reading { try evidence.openForReading().beginning(ofLatest: keepLast) }
      limit = min(limit, first ?? limit)
    }
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
