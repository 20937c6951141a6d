import ArgumentParser
import Building
import Clouds
import EvidenceStore
import Foundation
import Machine
import NixModel
import Reporting

struct BuilderStart: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Make a machine that builds, and wait for it. Without --apply, print the plan.",
    discussion: """
      A build of the same order that is under way is joined, and not made again. It ends with the build's own exit \
      code; with 2 where that is not known.
      """)

  @OptionGroup var options: BuilderOptionsGroup
  @OptionGroup var provider: ProviderOptions
  @OptionGroup var watch: WatchOptions
  @OptionGroup var proof: ProofElsewhereOptions
  @OptionGroup var evidence: EvidenceOptions

  @Option(
    help: ArgumentHelp(
      "The most that the machine may cost until its deadline, in dollars; 3 by default.", valueName: "amount")
  )
  var maxCost = "3"

  @Flag(help: "Make the machine.")
  var apply = false

  @Flag(help: "Do not wait for it.")
  var detach = false

  @Flag(help: "Print the record as one JSON document.")
  var json = false

  func validate() throws {
    if !apply, detach || json {
      throw ValidationError("--detach and --json go with --apply; without it nothing is made.")
    }
    if detach, !options.canBeWatched {
      throw ValidationError(
        "--detach leaves nobody who could learn how the build ended: add --watch-key FILE or --public-logs.")
    }
    if detach, proof.isWanted || proof.readSide != nil {
      throw ValidationError(
        "--prove and --read-side are about the end; leave --detach out, or give them to `wait`.")
    }
    if Price(parsing: maxCost) == nil { throw ValidationError("--max-cost takes dollars, such as 3 or 0.5.") }
  }

  func run() async throws {
    guard apply else { return Console.print(try options.plan(for: provider).text) }
    let interruption = try Interruption.begun()
    let ownKey = options.canBeWatched ? nil : SSHKey()
    let plan = try options.plan(for: provider, watchedBy: ownKey)
    try proof.check(for: plan.order)
    let cloud = try provider.open()
    let store = try evidence.openForRecording()
    let builder = Builder(cloud, store, provider)
    let outcome: Result<BuildRecord, any Error>
    do {
      outcome = .success(
        try await building {
          // A file in memory, because ssh reads keys from files alone.
          let workplace = try ownKey.map { _ in try Workplace(caretakerBy: Main.caretaker) }
          defer { workplace?.clear() }
          let keyFile = workplace.map { "\($0.secret)/watch-key" }
          if let keyFile, let ownKey {
            try OutputFile(keyFile).create(0o600) { try $0.write(Data(ownKey.secretText.utf8)) }
          }
          return try await interruption.watch(limit: nil) { [self] in
            try await carryOut(plan, by: builder, readingWith: keyFile)
          }
        })
    } catch { outcome = .failure(error) }
    await cloud.shutdown()
    var record = try outcome.get()
    if !detach { record = try await proof.look(at: record, in: store, evidence) }
    try store.tell(record, asJSON: json)
    if !detach { throw record.status }
  }

  private func carryOut(
    _ plan: BuilderPlan, by builder: Builder, readingWith ownKey: String?
  ) async throws -> BuildRecord {
    if let pin = plan.image.pin { try await ImageCheck.check(pin) }
    let offer = try await builder.offer(for: plan.order, mostCost: Price(parsing: maxCost)?.millionths ?? 0)
    let start = BuildStart(
      id: plan.id, started: .now, program: "warmth \(Warmth.version)", runner: RunnerFacts.here(),
      occasion: RunnerFacts.occasion(), order: plan.order.priced(offer.hourlyPrice), expires: plan.expires,
      identity: plan.identity)
    let announcement = options.announce.map { Announcement(command: $0, of: start) }
    let started = try await builder.start(plan.request, start, isAlive: RunnerFacts.isAlive) {
      try await announcement?.make()
    }
    switch started {
    case .made(let record):
      return detach ? record : try await builder.wait(for: record, by: watch, with: ownKey)
    case .joined(let record):
      Console.say(
        "the build \(record.start.id) of the same order is under way already, and no machine was made")
      return detach ? record : try await builder.wait(for: record, by: watch)
    }
  }
}

extension Builder {
  /// Waits, and asks the machine as the options say.
  ///
  /// - Parameter ownKey: the file of a key that was made for this process, if one was.
  func wait(
    for record: BuildRecord, by watch: WatchOptions, with ownKey: String? = nil
  ) async throws -> BuildRecord {
    try await wait(for: record) { machine, cursor in
      await watch.journal(of: machine, with: ownKey)?.reports(after: cursor)
    }
  }
}

extension BuildRecord {
  /// The code to exit with: the build's own where the machine told, a receipt's or a proof's where it is worse, else 2.
  var status: ExitCode {
    guard let end else { return ExitStatus.inconclusive.code }
    guard end.isSuccess else { return ExitCode(Int32(clamping: end.exit == 0 ? 1 : end.exit)) }
    if let receipt, !receipt.isWhole { return ExitCode(1) }
    return ExitStatus(Verdict(together: proofs.isEmpty ? [.warm] : proofs.map(\.verdict))).code
  }
}
