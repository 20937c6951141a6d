import ArgumentParser
import Credentials
import EvidenceStore
import Foundation
import Machine
import NixCommand
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
  @OptionGroup(title: "Evaluation") var evaluation: EvaluationOptions
  @OptionGroup var part: ShardOptions
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var variables: VariableOptions
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

  @Flag(
    help:
      "Evaluate although something here could write to a cache; the verdict is inconclusive all the same.")
  var despiteWriteToken = false

  @Option(
    help: ArgumentHelp(
      "Keep Nix's whole log in this file, as Nix wrote it (internal-json), with credentials masked; gzip where the name ends in .gz.",
      valueName: "file"))
  var logFile: String?

  @Flag(
    name: [.customShort("L"), .customLong("print-build-logs")],
    help:
      "Show what the builders print of derivations that may be built; else a terminal has the last line of each."
  )
  var printBuildLogs = false

  @OptionGroup var reports: ReportOptions
  @OptionGroup var bundle: BundleOptions

  @Option(help: ArgumentHelp("The nix to use.", valueName: "path"))
  var nix = "nix"

  func validate() throws {
    if store != nil, isolated { throw ValidationError("--store and --isolated exclude each other.") }
    if let store, store.isEmpty || store.contains("://") || store.contains(where: \.isNewline) {
      throw ValidationError("--store takes a directory of this machine, and no address of a store.")
    }
  }

  func run() async throws {
    try FileLimit.allowConnections()
    // First of all, so that every signal ends the run in order.
    let interruption = try Interruption.begun()
    let id = RunID(at: .now)
    // Before anything is recorded, and before Nix can quote secrets of its environment.
    _ = Surroundings.here().taughtFindings()
    let flags = try evaluation.parsed()
    let (installables, shard) = try part.parsed(of: try targets.parsed(by: flags, of: evaluation.expr))
    let chosen = try policy.parsed()
    try await chosen.caches.check(with: nix, keeping: variables.kept, options: flags.settings)
    let closeOut = CloseOut(reports: try reports.parsed(), forge: .here)
    let files = files(of: closeOut)
    try files.check()
    let handOut = try bundle.parsed(for: id)
    let key = try signKey.map(SigningKeyFile.readOfOwner)
    if key != nil, self.store == nil, !isolated { try await refuseUnguardedBuilds(under: chosen, flags) }
    let store = try evidence.openForRecording()
    // Now that the evidence is there, by every name that it has.
    try files.check()
    closeOut.begin()
    handOut.begin()
    let log = try logFile.map { (path) throws(Failure) in try LogOutput(path) }
    let start = RunStart(
      id: id, started: .now, version: Warmth.version, runner: RunnerFacts.here(),
      installables: installables, policy: chosen.policy, occasion: RunnerFacts.occasion(),
      shard: shard)
    let keeper = log?.keeper()
    let run = try await prove(
      start, chosen, flags, recordingIn: store, signedWith: key, keepingLogsIn: keeper, interruption)
    let isLogKept = keeper.flatMap { log?.end($0) } ?? true
    let format: RunFormat = json ? .json : closeOut.forge.format
    let report = try format.render(run, style: Console.style(STDOUT_FILENO))
    if format == .text { Console.printProse(report) } else { Console.print(report) }
    var status = try closeOut.leave(run, ExitStatus(run.verdict))
    if status == .warm, !isLogKept { status = .resultMissing }
    do { try await deliver(handOut, id, of: store, interruption) } catch let failure as Failure
      where status == .cold
    {
      // A verdict of cold stands without its bundle. A Job that asked again because of another exit code could come
      // to a better verdict, which would count.
      Console.say("warmth: \(failure.message)")
    }
    throw status.code
  }

  /// Refuses a proof whose builds could read the key and write Nix's log: builds that may run, as this very user,
  /// without a sandbox. Where Nix cannot be asked, the run will say so.
  private func refuseUnguardedBuilds(under chosen: ProofPolicy, _ flags: EvaluationFlags) async throws {
    guard chosen.policy.letsNixBuild,
      let (program, settings) = try? await NixProgram.open(
        nix, supervision: Main.supervisor, keeping: variables.kept, options: flags.settings),
      program.buildsAsThisUser, let sandbox = settings.sandbox, sandbox != .always
    else { return }
    throw Failure(
      .usage,
      """
      what may be built would run without a sandbox (Nix's setting sandbox is \(sandbox.rawValue)) as the user who \
      holds --sign-key: it could read the key and write what Nix logs; set sandbox = true, let a daemon or build \
      users build, prove with --isolated, or sign elsewhere (warmth audit import --sign-key)
      """)
  }

  private static func scratchStore() throws(Failure) -> ScratchStore {
    do { return try ScratchStore() } catch { throw Failure(.inconclusive, "\(error)") }
  }

  private static func remove(_ store: ScratchStore) {
    do { try store.remove() } catch {
      Console.say(
        "warmth: the throwaway store \(store.path) could not be removed: \(error.localizedDescription)")
    }
  }

  /// The files that are read and written.
  private func files(of closeOut: CloseOut) -> FilesApart {
    var files = FilesApart(evidence: evidence.path)
    files.read(signKey, as: "the secret key")
    files.read(targets.targetsFrom, as: "the list of targets")
    files.read(targets.file, as: "the Nix file")
    files.read(policy.caches.policy, as: "the policy")
    files.append(to: closeOut.forge.summary, as: "$GITHUB_STEP_SUMMARY")
    files.append(to: closeOut.forge.output, as: "$GITHUB_OUTPUT")
    for report in closeOut.reports { files.replace(report.path, as: report.option) }
    files.replace(bundle.bundleFile, as: "--bundle-file")
    files.replace(logFile, as: "--log-file")
    return files
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
    _ start: RunStart, _ chosen: ProofPolicy, _ flags: EvaluationFlags, recordingIn evidence: EvidenceStore,
    signedWith key: SigningKey?, keepingLogsIn keeper: LogKeeper?, _ interruption: Interruption
  ) async throws -> Run {
    try recording { () throws(EvidenceError) in try evidence.begin(start) }
    let scratch = isolated ? try Self.scratchStore() : nil
    defer { if let scratch { Self.remove(scratch) } }
    let display = ProgressDisplay(targets: start.installables.count, showsBuilders: printBuildLogs)
    let wiring = Wiring(
      nix: nix, store: scratch?.path ?? store.map { URL(filePath: $0).standardizedFileURL.path },
      chosen: chosen, showsProgress: display.isLive,
      showsBuilders: display.isLive || printBuildLogs, keeping: variables.kept, options: flags.settings,
      guardsKey: key != nil, keepingLogsIn: keeper)
    let prover = Prover(
      witnesses: wiring.witnesses,
      record: { depositions in
        try recording { () throws(EvidenceError) in try evidence.record(depositions, for: start.id) }
      },
      progress: display.note, cancellation: { interruption.ending }, evaluatesAnyway: despiteWriteToken)

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
      start: start, nixVersion: await wiring.nixVersion, nixSandbox: await wiring.nixSandbox,
      meansOfWriting: await wiring.meansOfWriting,
      state: .finished(
        Conclusion(finished: .now, judgment: judgment, memoryPeak: ControlGroup.memoryPeak())))
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
