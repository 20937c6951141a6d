import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct AuditImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Add the runs of other evidence stores to this one.",
    discussion: """
      Runs that are there already stay as they are, and those of which a store says more are completed, so \
      that importing again changes nothing. A store that contradicts this one about a run is refused. The \
      other stores are only read; one of an earlier warmth is as good.
      """)

  @OptionGroup var evidence: EvidenceOptions

  @Argument(help: ArgumentHelp("The stores to import.", valueName: "store"))
  var sources: [String]

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    // All of them are opened before anything is written.
    let others = try sources.map { path in
      try reading { try EvidenceStore(reading: path, isAlive: RunnerFacts.isAlive) }
    }
    let store = try evidence.openForRecording()
    for (path, other) in zip(sources, others) where store.isSame(as: other) {
      throw Failure(.usage, "'\(path)' is the store that is imported into; name another one")
    }
    var total = MergeSummary()
    for (path, other) in zip(sources, others) {
      total += try reading {
        try store.merge(other) { done, all in
          if Console.isTerminal(STDERR_FILENO) { Console.draw("\r\(path): \(done) of \(all) runs\u{1B}[K") }
        }
      }
      if Console.isTerminal(STDERR_FILENO) { Console.draw("\r\u{1B}[K") }
    }
    Console.print(
      json
        ? try MergeDocument(total, stores: sources.count).json()
        : MergeText(total, stores: sources.count).render())
  }
}
