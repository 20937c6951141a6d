import Credentials
import Foundation
import NixCommand
import NixModel
import Proof
import Substituters

/// Fills the witnesses of a proof with the live adapters.
actor Wiring {
  private let nix: String
  private let store: String?
  private let chosen: ProofPolicy
  private let showsProgress: Bool
  private let showsBuilders: Bool
  private let kept: [String]
  private let options: [(name: String, value: String)]
  private let guardsKey: Bool
  private let keeper: LogKeeper?
  private var opened: Opened?

  /// The parts that are there once Nix has been found.
  private struct Opened {
    let program: NixProgram
    let settings: NixSettings
    let caches: CacheAccess
    /// The content of the store before anything.
    var inventory = Heard<StoreInventory>.notAsked
  }

  /// - Parameters:
  ///   - nix: the program, by path or name.
  ///   - store: the directory of a store of the run's own.
  ///   - showsProgress: whether the arrival of bytes is displayed.
  ///   - showsBuilders: whether the lines of builders are displayed.
  ///   - kept: variables that Nix gets beside those that it needs.
  ///   - options: settings of the command line.
  ///   - guardsKey: whether this process holds a key that no build may read.
  ///   - keeper: keeps Nix's whole log.
  init(
    nix: String, store: String?, chosen: ProofPolicy, showsProgress: Bool, showsBuilders: Bool = false,
    keeping kept: [String],
    options: [(name: String, value: String)],
    guardsKey: Bool, keepingLogsIn keeper: LogKeeper? = nil
  ) {
    self.keeper = keeper
    self.nix = nix
    self.store = store
    self.chosen = chosen
    self.showsProgress = showsProgress
    self.showsBuilders = showsBuilders
    self.kept = kept
    self.options = options
    self.guardsKey = guardsKey
  }

  /// The live witnesses.
  nonisolated var witnesses: Witnesses {
    Witnesses(
      environment: { () async throws(WitnessError) in try await self.environment() },
      baseline: { await self.baseline() },
      resolve: { installables, event in
        var resolution = await self.opened?.program.resolve(installables, event: event) ?? Resolution()
        resolution.log.kept = self.keeper?.kept
        return resolution
      },
      derivations: { roots, wholeClosure in
        await self.opened?.program.derivations(roots, wholeClosure: wholeClosure) ?? DerivationGraph()
      },
      presence: { paths in
        guard let opened = await self.opened else { return .unavailable("there is no Nix") }
        return await StoreWitness(opened.program).presence(of: paths, since: opened.inventory)
      },
      survey: { paths, extent, progress in
        await self.opened?.caches.surveyor.survey(paths, extent, progress: progress) ?? Survey()
      },
      realize: { request, event in
        let log = await self.opened?.program.realize(
          request, reportsProgress: self.showsProgress, reportsBuilders: self.showsBuilders, event: event)
        return (log ?? .silent).keeping(self.keeper?.kept)
      },
      registrations: { paths in
        guard let program = await self.opened?.program else { return .unavailable("there is no Nix") }
        return await StoreWitness(program).registrations(of: paths)
      })
  }

  /// The means of writing, once they were looked for.
  private(set) var meansOfWriting: [MeansOfWriting] = []

  /// The version of Nix, once it was found.
  var nixVersion: String? { opened?.program.version.text }

  /// Nix's setting `sandbox`, likewise.
  var nixSandbox: SandboxSetting? { opened?.settings.sandbox }

  /// Closes connections.
  func shutdown() async { await opened?.caches.transport.shutdown() }

  private func environment() async throws(WitnessError) -> RunnerEnvironment {
    do throws(NixError) {
      let (found, settings) = try await NixProgram.open(
        nix, supervision: Main.supervisor, store: store, keeping: kept, options: options)
      if let obstacle = found.obstacle { throw obstacle }
      let (substituters, keys) = try chosen.caches.completed(by: settings)

      let variables = ProcessInfo.processInfo.environment
      let origins = origins(in: variables)
      // Without a network address Nix switches substitution off by itself, which is no setting of a person.
      let substitutes = settings.substitutes || origins["substitute"] == nil
      var configuration = NixConfiguration(
        substituters: substituters, keys: keys, substitutes: substitutes, version: found.version)
      // Nix builds outside of its sandbox where that does not work, unless it is told not to.
      let exposesKey = guardsKey && found.buildsAsThisUser && chosen.policy.letsNixBuild
      if store != nil || exposesKey { configuration = configuration.sandboxed }
      let surroundings = Surroundings.here(settings, substituters: substituters)
      let findings = surroundings.taughtFindings()
      settings.accessTokens.forEach { Redaction.known?.learn($0) }
      let caches = CacheAccess(
        substituters: substituters, keys: keys, surroundings: surroundings, sslCertFile: settings.sslCertFile,
        version: { found.version })
      opened = Opened(
        program: found.asking(substituters).with(configuration).keepingLogs(in: keeper), settings: settings,
        caches: caches)
      async let sandbox = sandbox(of: found)
      meansOfWriting = await Self.meansOfWriting(findings, substituters, through: caches.transport)
      return RunnerEnvironment(
        nixVersion: found.version.text, system: settings.system, store: store ?? settings.store,
        substituters: substituters, trustedKeys: keys, substitutes: substitutes,
        meansOfWriting: meansOfWriting, origins: origins, sandbox: await sandbox,
        sandboxSetting: settings.sandbox, alwaysSubstitutes: settings.alwaysSubstitutes)
    } catch {
      throw WitnessError(error.description)
    }
  }

  private func baseline() async -> Heard<Baseline> {
    guard let program = opened?.program else { return .unavailable("there is no Nix") }
    let inventory = await StoreWitness(program).inventory()
    opened?.inventory = inventory
    return switch inventory {
    case .said(let inventory): .said(inventory.baseline)
    case .notAsked: .notAsked
    case .unavailable(let cause): .unavailable(cause)
    }
  }

  /// Tried only where it matters: something may have to be built into a store of the run's own.
  private func sandbox(of program: NixProgram) async -> RunnerEnvironment.Sandbox {
    guard store != nil, !chosen.policy.allowBuild.isEmpty, chosen.policy.builds != .forbid else {
      return .notTried
    }
    do throws(NixError) {
      let scratch = try ScratchStore()
      defer { try? scratch.remove() }
      return await program.sandbox(tryingIn: scratch.path)
    } catch {
      return .missing(cause: "\(error)")
    }
  }

  /// All means of writing, with the answers of the servers that know a token, and of the caches that may take uploads
  /// without one. All are asked at the same time.
  private static func meansOfWriting(
    _ findings: [Finding], _ substituters: [SubstituterURL], through transport: HTTPTransport
  ) async -> [MeansOfWriting] {
    async let open = substituters.unique.concurrentlyMapped(atOnce: max(1, substituters.count)) { cache in
      await transport.takesAnonymousPut(cache)
        ? MeansOfWriting(
          .anonymousPut, at: "the substituter \(cache)", .unknown("it takes what anybody puts there")) : nil
    }
    let found = await findings.concurrentlyMapped(atOnce: max(1, findings.count)) { finding in
      guard let question = finding.question else { return finding.means }
      let probes = await question.caches.concurrentlyMapped(atOnce: question.caches.count) { cache in
        let answer = await question.token.reveal { token in
          await transport.mayPush(to: cache.name, at: cache.endpoint, with: token)
        }
        return question.probe(cache, answer)
      }
      return finding.means.hearing(probes)
    }
    return found + (await open).compactMap(\.self)
  }

  /// Where the settings that bear on substitution come from.
  private func origins(in variables: [String: String]) -> [String: String] {
    let files = SettingOrigins(environment: variables)
    var origins: [String: String] = [:]
    for name in [
      "substitute", "substituters", "trusted-public-keys", "require-sigs", "netrc-file", "builders", "store",
      "sandbox", "ssl-cert-file", "always-allow-substitutes",
    ] {
      origins[name] = files.place(of: name)
    }
    for (name, _) in options where name != "system" { origins[name] = "--option \(name)" }
    if !chosen.caches.substituters.isEmpty { origins["substituters"] = "the options --substituter" }
    if !chosen.caches.trustedKeys.isEmpty {
      origins["trusted-public-keys"] = "the options --trusted-public-key"
    }
    return origins
  }
}
