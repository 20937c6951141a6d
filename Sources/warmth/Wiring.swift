import Credentials
import Foundation
import NixCommand
import NixModel
import Proof
import Substituters

/// Who meets whom: fills the witnesses of a proof with the live adapters.
actor Wiring {
  private let nix: String
  private let store: String?
  private let chosen: ProofPolicy
  private let showsProgress: Bool
  private var opened: Opened?

  /// What is known once Nix has been found.
  private struct Opened {
    let program: NixProgram
    let transport: HTTPTransport
    let surveyor: Surveyor
  }

  /// - Parameters:
  ///   - nix: the program, by path or name.
  ///   - store: the directory of a store of the run's own.
  ///   - showsProgress: whether anybody looks at how the bytes of a copy arrive.
  init(nix: String, store: String?, chosen: ProofPolicy, showsProgress: Bool) {
    self.nix = nix
    self.store = store
    self.chosen = chosen
    self.showsProgress = showsProgress
  }

  /// The live witnesses.
  nonisolated var witnesses: Witnesses {
    Witnesses(
      environment: { () async throws(WitnessError) in try await self.environment() },
      resolve: { await self.resolve($0, $1) },
      derivations: { roots, wholeClosure in
        await self.opened?.program.derivations(roots, wholeClosure: wholeClosure) ?? DerivationGraph()
      },
      presence: { paths in
        guard let program = await self.opened?.program else { return .unavailable("there is no Nix") }
        return await StoreWitness(program).presence(of: paths)
      },
      survey: { paths in await self.opened?.surveyor.survey(paths) ?? Survey() },
      realize: { request, event in await self.realize(request, event) },
      registrations: { paths in
        guard let program = await self.opened?.program else { return .unavailable("there is no Nix") }
        return await StoreWitness(program).registrations(of: paths)
      })
  }

  /// The version of Nix, once it was found.
  var nixVersion: String? { opened?.program.version.text }

  /// Closes connections.
  func shutdown() async { await opened?.transport.shutdown() }

  private func environment() async throws(WitnessError) -> RunnerEnvironment {
    do throws(NixError) {
      let supervision = ["/proc/self/exe", Main.supervision]
      let (found, settings) = try await NixProgram.open(nix, supervision: supervision, store: store)
      let substituters = chosen.substituters.isEmpty ? settings.substituters : chosen.substituters
      let keys = chosen.trustedKeys.isEmpty ? settings.trustedKeys : TrustedKeys(chosen.trustedKeys)

      let variables = ProcessInfo.processInfo.environment
      let origins = origins(in: variables)
      // Without a network address Nix switches substitution off by itself; that is nobody's setting.
      let substitutes = settings.substitutes || origins["substitute"] == nil
      var configuration = NixConfiguration(
        substituters: substituters, keys: keys, substitutes: substitutes, version: found.version)
      if store != nil { configuration = configuration.sandboxed }
      let surroundings = Surroundings(
        environment: variables, home: variables["HOME"], secretKeyFiles: settings.secretKeyFiles,
        postBuildHook: settings.postBuildHook, netrcFile: settings.netrcFile, substituters: substituters)
      // The survey shows a cache what Nix would show it, or it would be refused where Nix is not.
      let transport = HTTPTransport(
        certificates: variables["NIX_SSL_CERT_FILE"] ?? variables["SSL_CERT_FILE"],
        credentials: { host in
          surroundings.credentials(for: host).map { pair in
            pair.password.reveal { HTTPTransport.Credentials(user: pair.login, password: $0) }
          }
        })
      opened = Opened(
        program: found.with(configuration), transport: transport,
        surveyor: Surveyor(substituters: substituters, keys: keys) { url in
          switch url.scheme {
          case "http", "https": transport.exchange(with: url)
          case "file": FileTransport.exchange
          default: nil
          }
        })
      return RunnerEnvironment(
        nixVersion: found.version.text, system: settings.system, store: store ?? settings.store,
        substituters: substituters, trustedKeys: keys, substitutes: substitutes,
        meansOfWriting: await Self.meansOfWriting(in: surroundings, through: transport),
        origins: origins, sandbox: await sandbox(of: found))
    } catch {
      throw WitnessError(error.description)
    }
  }

  /// Tried only where it matters: something may have to be built into a store of the run's own.
  private func sandbox(of program: NixProgram) async -> RunnerEnvironment.Sandbox {
    guard store != nil, !chosen.policy.allowBuild.isEmpty, chosen.policy.builds != .forbid else {
      return .notTried
    }
    do throws(Failure) {
      let scratch = try ScratchStore()
      defer { scratch.remove() }
      return await program.sandbox(tryingIn: scratch.path)
    } catch {
      return .missing(cause: "\(error)")
    }
  }

  /// Everything that could write, with the word of each server that knows a token, asked at the same time.
  private static func meansOfWriting(
    in surroundings: Surroundings, through transport: HTTPTransport
  ) async -> [MeansOfWriting] {
    let findings = surroundings.findings(at: .now)
    return await findings.concurrentlyMapped(atOnce: max(1, findings.count)) { finding in
      guard let question = finding.question else { return finding.means }
      let probes = await question.caches.concurrentlyMapped(atOnce: question.caches.count) { cache in
        let answer = await question.token.reveal { token in
          await transport.mayPush(to: cache.name, at: cache.endpoint, with: token)
        }
        return MeansOfWriting.Probe(
          cache: cache.address, claimsPush: question.claimsPush(to: cache), answer: answer)
      }
      let means = finding.means
      return MeansOfWriting(means.kind, at: means.place, means.permission, probes: probes)
    }
  }

  /// Where the settings that bear on substitution come from.
  private func origins(in variables: [String: String]) -> [String: String] {
    let files = SettingOrigins(environment: variables)
    var origins: [String: String] = [:]
    for name in [
      "substitute", "substituters", "trusted-public-keys", "require-sigs", "netrc-file", "builders",
    ] {
      origins[name] = files.place(of: name)
    }
    if !chosen.substituters.isEmpty { origins["substituters"] = "the options --substituter" }
    if !chosen.trustedKeys.isEmpty { origins["trusted-public-keys"] = "the options --trusted-public-key" }
    return origins
  }

  private func resolve(
    _ installables: [Installable], _ event: @escaping @Sendable (LogEvent) -> Directive
  ) async -> Resolution {
    guard let program = opened?.program else { return Resolution() }
    let answers = await resolve(installables, by: program) { event($0).offender }
    var resolution = Resolution()
    for (installable, answer) in zip(installables, answers) {
      resolution.log = resolution.log.followed(by: answer.log)
      switch answer.result {
      case .success(let target): resolution.targets.append(target)
      case .failure(let error):
        resolution.unresolved.append(UnresolvedTarget(installable: installable, error: error.message))
      }
    }
    return resolution
  }

  private func resolve(
    _ installables: [Installable], by program: NixProgram, _ listener: @escaping NixProgram.Listener
  ) async -> [NixProgram.Resolved] {
    if let together = await program.resolveTogether(installables, listener: listener) { return together }
    // Two at once make Nix lay out a new store twice, and one of them fail over it.
    var answers: [NixProgram.Resolved] = []
    if program.hasNoStoreYet, let first = installables.first {
      answers.append(await program.resolve(first, listener: listener))
    }
    // An evaluation of nixpkgs takes a core and half a gigabyte.
    let rest = Array(installables.dropFirst(answers.count))
    return answers
      + (await rest.concurrentlyMapped(atOnce: ProcessInfo.processInfo.activeProcessorCount) {
        await program.resolve($0, listener: listener)
      })
  }

  private func realize(
    _ request: Realization, _ event: @escaping @Sendable (LogEvent) -> Directive
  ) async -> LogTestimony {
    guard let program = opened?.program else {
      return .silent
    }
    let goals = request.goals.map { goal -> NixProgram.Goal in
      switch goal {
      case .outputs(let names, let derivation): .outputs(names, of: derivation)
      case .path(let path): .path(path)
      }
    }
    let leave: NixProgram.Leave = request.mayBuild ? .build(keepGoing: request.builds == .observe) : .copyOnly
    return await program.realize(goals, leave, reportsProgress: showsProgress) { event($0).offender }
  }
}

extension Directive {
  /// The derivation over which Nix is ended.
  fileprivate var offender: StorePath? {
    switch self {
    case .goOn: nil
    case .end(let derivation): derivation
    }
  }
}

extension Array where Element: Sendable {
  /// The results of `transform` in the order of the elements, at most so many of them under way at once.
  fileprivate func concurrentlyMapped<Result: Sendable>(
    atOnce limit: Int, _ transform: @escaping @Sendable (Element) async -> Result
  ) async -> [Result] {
    await withTaskGroup(of: (Int, Result).self) { group in
      var results: [(Int, Result)] = []
      for (index, element) in enumerated() {
        if index >= limit, let done = await group.next() { results.append(done) }
        group.addTask { (index, await transform(element)) }
      }
      for await done in group { results.append(done) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}
