import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import PolicyYAML
import Reporting

struct AuditSweep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Join the shards of a proof into one verdict: exit 0 warm, 1 cold, 2 inconclusive.",
    discussion: """
      Warm only where every shard is recorded and warm, and all of them together are the whole list. Of several \
      runs of a shard the latest decides. With --trusted-key only runs that are signed count.

      Runs tell themselves what they are parts of. Where it matters, say what was meant: the targets, as prove was \
      told them, the number of shards, and the policy. Runs of anything else are no answer then.

      The shards of a prewarm are joined in the same way: 0 all of it is published, 1 not, 2 unknown. They prove nothing.
      """)

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var trust: TrustOptions

  @Argument(help: ArgumentHelp("The sweep's name, as prove was told it.", valueName: "sweep"))
  var name: String

  @OptionGroup var targets: TargetOptions
  @OptionGroup(title: "Evaluation") var evaluation: EvaluationOptions

  @Option(help: ArgumentHelp("Into how many shards the list was meant to be split.", valueName: "number"))
  var shards: Int?

  @Option(help: ArgumentHelp("The policy that was meant, in YAML, as prove was told it.", valueName: "file"))
  var policy: String?

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws {
    if let shards, shards < 1 { throw ValidationError("--shards must be at least 1.") }
  }

  func run() throws {
    let (keys, sweep) = (try trust.parsed(), try SweepAnswer.name(name))
    let intent = SweepIntent(
      targets: targets.namesAny || targets.file != nil || evaluation.expr != nil
        ? try targets.parsed(by: evaluation.parsed(), of: evaluation.expr) : nil, shards: shards,
      policy: try policy.map { path in
        try readingPolicy { () throws(PolicyFileError) in try PolicyFile.read(path) }
      }?.demand)
    throw try SweepAnswer.give(
      sweep, from: try evidence.openForReading(), trusting: keys, meaning: intent, json: json
    ).code
  }
}

extension PolicyFile {
  /// Its demands on a proof.
  fileprivate var demand: SweepIntent.Demand {
    SweepIntent.Demand(
      policy: Policy(allowBuild: allowBuild, forbidBuild: forbidBuild, expectFrom: expectFrom),
      builds: builds,
      substituters: substituters, keys: trustedPublicKeys)
  }
}

/// The answer to whether a sweep is warm, wherever it is asked for.
enum SweepAnswer {
  /// How many sweeps an import tells of.
  private static let most = 10

  static func name(_ text: String) throws(Failure) -> SweepName {
    do { return try SweepName(parsing: text) } catch { throw Failure(.usage, "\(error)") }
  }

  /// Prints the answer.
  ///
  /// - Throws: ``Failure``, also where nothing at all is recorded of the sweep.
  static func give(
    _ sweep: SweepName, from store: EvidenceStore, trusting keys: [PublicKey],
    meaning intent: SweepIntent = SweepIntent(), json: Bool
  ) throws -> ExitStatus {
    guard let verdict = try reading({ try store.sweep(sweep, trusting: keys, meaning: intent) }) else {
      if let publications = try reading({ try store.publicationSweep(sweep) }) {
        Console.print(
          json
            ? try PublicationSweepDocument(publications).json()
            : PublicationSweepText(publications).render(style: Console.style(STDOUT_FILENO)))
        return ExitStatus(publications.answer)
      }
      throw Failure(
        .usage,
        "there is no run of a sweep '\(sweep)' in '\(store.path)'; warmth prove --sweep \(sweep) --shard I/N records one, warmth audit import its bundle"
      )
    }
    Console.print(
      json
        ? try SweepDocument(verdict).json()
        : SweepText(verdict).render(style: Console.style(STDOUT_FILENO)))
    return ExitStatus(verdict.verdict)
  }

  /// A line for each sweep that `others` have runs of, as `store` has it by now; of the latest sweeps.
  static func summaries(
    of others: [EvidenceStore], in store: EvidenceStore, trusting keys: [PublicKey]
  ) throws -> [String] {
    let names = try others.flatMap { other in try reading { try other.sweeps() } }
    let all = names.reduce(into: (seen: Set<SweepName>(), kept: [SweepName]())) { sum, name in
      if sum.seen.insert(name).inserted { sum.kept.append(name) }
    }.kept
    let lines = try all.prefix(most).compactMap { name -> String? in
      if let verdict = try reading({ try store.sweep(name, trusting: keys) }) {
        return SweepText(verdict).summary()
      }
      return try reading { try store.publicationSweep(name) }.map { PublicationSweepText($0).summary() }
    }
    return lines
      + (all.count > most ? ["and \(all.count - most) more sweeps; warmth audit sweep asks for one"] : [])
  }
}
