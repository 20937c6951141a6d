import ArgumentParser
import EvidenceStore
import Foundation
import Machine
import NixModel
import Reporting

struct AuditImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract:
      "Add the runs of other evidence stores, bundles, logs that hold bundles, or publishers' summaries.",
    discussion: """
      Runs that are there already stay as they are, and those of which a store says more are completed, so \
      that importing again changes nothing. What does not verify is refused, and so is a store that \
      contradicts this one about a run. Of sweeps that imported runs are shards of, it says what they come to by \
      now; with --join, that is the answer. The other stores are only read; one of an earlier warmth is as good. \
      A summary that scripts/cache-warm.sh has written is recorded as a publication; nobody signed it, so where \
      --trusted-key is given, it is refused unless --sign-key signs it with such a key.
      """)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var trust: TrustOptions

  @Argument(help: ArgumentHelp("The stores, bundles and summaries to import.", valueName: "file"))
  var sources: [String]

  @Option(
    help: ArgumentHelp(
      "Sign the publications of summaries with the secret key in this file, as a collector does.",
      valueName: "file"))
  var signKey: String?

  @Option(
    help: ArgumentHelp("Then answer whether this sweep is warm, as audit sweep does.", valueName: "sweep"))
  var join: String?

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    let keys = try trust.parsed()
    let key = try signKey.map(SigningKeyFile.readOfOwner)
    let sweep = try join.map(SweepAnswer.name)
    try FileLimit.allow(sources.count)
    // All of them are opened before anything is written.
    let others = try sources.map { path in
      try reading { try EvidenceStore(reading: path, signingSummaries: key, isAlive: RunnerFacts.isAlive) }
    }
    let store = try evidence.openForRecording()
    for (path, other) in zip(sources, others) where store.isSame(as: other) {
      throw Failure(.usage, "'\(path)' is the store that is imported into; name another one")
    }
    var total = MergeSummary()
    for (path, other) in zip(sources, others) {
      let progress = CountProgress(of: "runs", in: path)
      defer { progress.end() }
      total += try reading { try store.merge(other, trusting: keys, progress: progress.draw) }
    }
    let sentence = MergeText(total, stores: sources.count).render()
    if let sweep {
      // The answer is the result; the summary of the import is said beside it.
      if json { Console.say(sentence.trimmingCharacters(in: .newlines)) } else { Console.print(sentence) }
      throw try SweepAnswer.give(sweep, from: store, trusting: keys, json: json).code
    }
    Console.print(json ? try MergeDocument(total, stores: sources.count).json() : sentence)
    for line in try SweepAnswer.summaries(of: others, in: store, trusting: keys) { Console.say(line) }
  }
}
