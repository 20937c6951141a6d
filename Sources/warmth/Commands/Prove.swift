import ArgumentParser
import Credentials
import EvidenceStore
import Foundation
import NixModel
import Proof
import Reporting

struct Prove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prove that targets come out of the cache, or say why not.",
    discussion: """
      Checks that the runner is fresh and cannot write to a cache, asks the substituters, runs nix build, \
      reads its log and the store's database, and records all of it. Nothing may be built unless \
      --allow-build says so.
      """)

  @OptionGroup var targets: TargetOptions
  @OptionGroup var part: ShardOptions
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var evidence: EvidenceOptions

  @Option(
    help: ArgumentHelp("Realize into this store directory instead of the machine's store.", valueName: "dir"))
  var store: String?

  @Flag(help: "Realize into a throwaway store directory.")
  var isolated = false

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Sign the run with this secret key. Keep it where no pull request's code runs.", valueName: "file"))
  var signKey: String?

  @OptionGroup var reports: ReportOptions
  @OptionGroup var bundle: BundleOptions

  @Option(help: ArgumentHelp("The nix to use.", valueName: "path"))
  var nix = "nix"

  func validate() throws {
    if store != nil, isolated { throw ValidationError("--store and --isolated exclude each other.") }
  }

  func run() async throws {
    // First of all, so that a signal finds somebody who ends the run in order.
    let interruption = try Interruption()
    let id = RunID(at: .now)
    // Before anything is recorded, and before Nix can quote what it was given.
    _ = Surroundings.here().taughtFindings()
    let (installables, shard) = try part.parsed(of: try targets.parsed())
    let chosen = try policy.parsed()
    let closeOut = CloseOut(reports: try reports.parsed(besides: evidence.path), forge: .here)
    let handOut = try bundle.parsed(for: id, besides: taken(closeOut.reports))
    let key = try signKey.map(SigningKeyFile.read)
    closeOut.begin()
    handOut.begin()
    let store = try evidence.openForRecording()
    let start = RunStart(
      id: id, started: .now, version: Warmth.version, runner: RunnerFacts.here(),
      installables: installables, policy: chosen.policy, occasion: RunnerFacts.occasion(),
      shard: shard)
    let run = try await prove(start, chosen, recordingIn: store, signedWith: key, interruption)
    let format: RunFormat = json ? .json : closeOut.forge.format
    Console.print(try format.render(run, style: Console.style(STDOUT_FILENO)))
    let status = try closeOut.leave(run)
    do { try await deliver(handOut, id, of: store, interruption) } catch let failure as Failure
      where status == .cold
    {
      // A verdict of cold stands without its bundle. A Job that asked again because of another exit code could come
      // to a better verdict, which would count.
      Console.say("warmth: \(failure.message)")
    }
    throw status.code
  }

  /// The files that are not the bundle's, by what they are.
  private func taken(_ reports: [Report]) -> [String: String] {
    var taken = Dictionary(reports.map { ($0.option, $0.path) }) { $1 }
    taken["the evidence"] = evidence.path
    // SQLite's own, beside a store.
    for suffix in ["-journal", "-wal", "-shm"] {
      taken["the evidence's \(suffix.dropFirst())"] = evidence.path + suffix
    }
    taken["the secret key"] = signKey
    taken["the list of targets"] = targets.targetsFrom
    taken["the Nix file"] = targets.file
    taken["the policy"] = policy.caches.policy
    return taken
  }

  /// A signal ends a hand-out like anything else; of a run that a signal has ended, the bundle is handed out all
  /// the same, until the next.
  private func deliver(
    _ handOut: HandOut, _ run: RunID, of store: EvidenceStore, _ interruption: Interruption
  ) async throws {
    guard interruption.ending == nil else { return try await handOut.deliver(run, of: store) }
    try await interruption.watch(limit: nil) { try await handOut.deliver(run, of: store) }
  }

  private func prove(
    _ start: RunStart, _ chosen: ProofPolicy, recordingIn evidence: EvidenceStore,
    signedWith key: SigningKey?, _ interruption: Interruption
  ) async throws -> Run {
    try recording { () throws(EvidenceError) in try evidence.begin(start) }
    let scratch = isolated ? try ScratchStore() : nil
    defer { scratch?.remove() }
    let display = ProgressDisplay(targets: start.installables.count)
    let wiring = Wiring(
      nix: nix, store: scratch?.path ?? store.map { URL(filePath: $0).standardizedFileURL.path },
      chosen: chosen, showsProgress: display.isLive)
    let prover = Prover(
      witnesses: wiring.witnesses,
      notary: Notary { depositions in
        try recording { () throws(EvidenceError) in try evidence.record(depositions, for: start.id) }
      },
      progress: display.note, cancellation: { interruption.ending })

    let judgment: Judgment
    do {
      judgment = try await display.show {
        try await interruption.watch(limit: chosen.timeout) {
          try await prover.prove(start.installables, under: chosen.policy)
        }
      }
    } catch {
      // A record that could not be written ends the run; its connections are closed all the same.
      await wiring.shutdown()
      throw error
    }
    await wiring.shutdown()

    let run = Run(
      start: start, nixVersion: await wiring.nixVersion, meansOfWriting: await wiring.meansOfWriting,
      state: .finished(
        Conclusion(finished: .now, judgment: judgment, memoryPeak: RunnerFacts.memoryPeak())))
    if let conclusion = run.conclusion {
      do { try evidence.conclude(start.id, conclusion, signing: key) } catch {
        // The verdict is known and cannot be relied on: it is said, and the exit code says otherwise.
        Console.say(TextReport(run).render())
        throw Failure(.evidence, "\(error)")
      }
    }
    return run
  }
}

/// Whatever the verdict, a run without its evidence is no proof.
private func recording(_ write: () throws(EvidenceError) -> Void) throws(Failure) {
  do { try write() } catch { throw Failure(.evidence, "\(error)") }
}
