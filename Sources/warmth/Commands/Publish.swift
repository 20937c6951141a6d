import ArgumentParser
import EvidenceStore
import Foundation
import Machine
import NixCommand
import NixModel
import Publishing
import Reporting

struct Publish: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Build targets, publish them to a cache, and show what readers now get from it.",
    discussion: """
      Environment: ATTIC_SERVER (https://attic.example.org), ATTIC_SERVER_NAME (the client's alias for it, \
      "warmth" by default), ATTIC_CACHE, and ATTIC_TOKEN, which no other process gets to see.

      Exit codes: 0 published, and the read side serves all of it (--no-push: built); 1 something failed; 2 a cache \
      that readers use could not be asked; 64 wrong usage, or a context that must not publish; 69 a program is \
      missing; 73 the summary could not be written; 74 the evidence could not be written; 128+N ended by signal N.
      """)

  @OptionGroup var targets: TargetOptions
  @OptionGroup var part: ShardOptions

  @Option(
    name: .customLong("installable"),
    help: ArgumentHelp("One more target. Repeatable.", valueName: "ref"))
  var furtherInstallables: [String] = []

  @Flag(help: "Publish what the targets are built with as well, not only what they need to run.")
  var buildClosure = false

  @OptionGroup(title: "Where to") var destination: DestinationOptions
  @OptionGroup(title: "Where it builds") var place: BuildPlaceOptions

  @Option(
    help: ArgumentHelp(
      "Write what came of it as JSON (or $WARMTH_PUBLICATION_SUMMARY); - is standard output.",
      valueName: "file"))
  var summary: String?

  @Option(
    help: ArgumentHelp(
      "Record it in this evidence store (or $WARMTH_EVIDENCE), beside proofs.", valueName: "file"))
  var evidence: String?

  @OptionGroup var bundle: BundleOptions
  @OptionGroup var variables: VariableOptions

  @Option(help: ArgumentHelp("The nix to use.", valueName: "path"))
  var nix = "nix"

  func run() async throws {
    let token = try hiddenToken()
    try FileLimit.allowConnections()
    let interruption = try Interruption.begun(exitingAtSecondSignalWith: nil)
    let (environment, started) = (ProcessInfo.processInfo.environment, Date.now)
    let id = RunID(at: started)
    if let token { Redaction.known?.learn(token.trimmingCharacters(in: .whitespacesAndNewlines)) }
    let (order, shard) = try order(environment, token)
    if order.isPushed,
      let reason = UntrustedContext.reason(in: environment, readingEvent: Self.event)
    {
      throw Failure(
        .usage,
        "this is \(reason), whose code nobody has reviewed: it must not publish. Publish from a protected branch or a schedule; here, --no-push builds, and `warmth prove` proves"
      )
    }
    let outlet = PublicationOutlet(
      summary: summary ?? environment["WARMTH_PUBLICATION_SUMMARY"].flatMap { $0.isEmpty ? nil : $0 },
      evidence: EvidenceOptions.named(evidence), handOut: try bundle.parsed(for: id))
    try outlet.check()
    if place.closeScratch { try place.parsed().prepare() }

    let display = ProgressDisplay(targets: order.targets.count)
    let publisher = Publisher(
      order,
      with: Publisher.Tools(
        nix: nix, keptVariables: variables.kept, supervision: Main.supervisor, caretaking: Main.caretaker,
        ask: CacheAccess.ask, show: display.note, showsProgress: display.isLive,
        say: { Console.say("warmth: \($0)") }))
    var ended = try await display.show {
      try await interruption.watch(limit: nil) {
        var publisher = publisher
        do throws(NixError) { try await publisher.publish() } catch {
          // Ended before Nix could answer, which says nothing of Nix.
          guard Task.isCancelled else { throw Failure(.missing, Self.sentence(about: error)) }
        }
        return publisher
      }
    }
    if let signal = interruption.signal { ended.end(by: signal) }
    let code = interruption.signal.map { UInt8(truncatingIfNeeded: 128 + $0) } ?? ended.exitCode
    let publication = ended.record(
      id: id, started: started, finished: .now, by: "warmth \(Warmth.version)", on: RunnerFacts.here(),
      about: RunnerFacts.occasion(), shard: shard, endedBy: interruption.signal, exitCode: code)
    let logs = ended.failedLogs.map { "\($0.derivation):\n\($0.text)\n" }.joined(separator: "\n")
    throw ExitCode(try await outlet.leave(publication, logs: logs))
  }

  /// Takes the token out of the environment before anything else runs.
  private func hiddenToken() throws(Failure) -> String? {
    HiddenVariable.forbidCores()
    do { return try HiddenVariable.take("ATTIC_TOKEN") } catch {
      throw Failure(
        .fault, "ATTIC_TOKEN cannot be taken out of the environment, where others could read it: \(error)")
    }
  }

  private func order(_ environment: [String: String], _ token: String?) throws -> (Order, Shard?) {
    for text in targets.installables + furtherInstallables where text.hasPrefix("-") || text.isEmpty {
      throw Failure(
        .usage, "'\(text.excerpt)' is no installable: name an attribute such as nixpkgs#libguestfs")
    }
    guard targets.namesAny || !furtherInstallables.isEmpty else {
      throw Failure(
        .usage, "nothing to publish: name an installable such as nixpkgs#libguestfs, or --profile kvm-vm-test"
      )
    }
    guard !targets.nixpkgsRef.contains("#") else {
      throw Failure(
        .usage, "--nixpkgs-ref is a flake without an attribute, and '\(targets.nixpkgsRef.excerpt)' has one")
    }
    var all = targets
    all.installables = furtherInstallables + targets.installables
    let builds = try place.parsed()
    let keys: [PublicKey]
    do { keys = try destination.readKeys.map { try PublicKey(parsing: $0) } } catch {
      throw Failure(.usage, "--read-key: \(error)")
    }
    let ownKey =
      destination.noPush ? nil : try destination.signingKey.map(SigningKeyFile.read).map(\.publicKey)
    let (installables, shard) = try part.parsed(of: all.parsed())
    do throws(Refusal) {
      let order = try Order(
        installables, to: destination.destination(environment, token: token),
        readSide: destination.readSide, upstreams: destination.upstreams, readKeys: keys,
        ownKeys: ownKey.map { [$0] } ?? [],
        upstreamKeyNames: destination.upstreamKeyNames.isEmpty
          ? ["cache.nixos.org-1"] : destination.upstreamKeyNames,
        hasBuildClosure: buildClosure, builds: builds, controlGroup: place.cgroup, nixpkgs: targets.nixpkgsRef
      )
      return (order, shard)
    } catch { throw Failure(.usage, "\(error)") }
  }

  @Sendable private static func event(at path: String) -> Data? { FileManager.default.contents(atPath: path) }

  private static func sentence(about error: NixError) -> String {
    switch error {
    case .notFound(let program):
      "there is no Nix at '\(program)', so nothing can be built; the image nixos/nix has it, and --nix PATH names another"
    case .unusable, .tooOld, .failed, .storeElsewhere, .noScratchStore, .unreadable: "\(error)"
    }
  }
}
