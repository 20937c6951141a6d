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
  init(nix: String, store: String?, chosen: ProofPolicy) {
    self.nix = nix
    self.store = store
    self.chosen = chosen
  }

  /// The live witnesses.
  nonisolated var witnesses: Witnesses {
    Witnesses(
      environment: { () async throws(WitnessError) in try await self.environment() },
      resolve: { await self.resolve($0) },
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

      var configuration = NixConfiguration(
        substituters: substituters, keys: keys, substitutes: settings.substitutes, version: found.version)
      if store != nil {
        // Without a sandbox a build for another root writes into the machine's own store.
        configuration = configuration.setting("sandbox", to: "true").setting("sandbox-fallback", to: "false")
      }
      let variables = ProcessInfo.processInfo.environment
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
        substituters: substituters, trustedKeys: keys, substitutes: settings.substitutes,
        meansOfWriting: surroundings.meansOfWriting(at: .now))
    } catch {
      throw WitnessError(error.description)
    }
  }

  private func resolve(_ installables: [Installable]) async -> Resolution {
    guard let program = opened?.program else { return Resolution() }
    let answers = await resolve(installables, by: program)
    var resolution = Resolution()
    for (installable, answer) in zip(installables, answers) {
      resolution.events += answer.events
      switch answer.result {
      case .success(let target): resolution.targets.append(target)
      case .failure(let error):
        resolution.unresolved.append(UnresolvedTarget(installable: installable, error: error.message))
      }
    }
    return resolution
  }

  private func resolve(_ installables: [Installable], by program: NixProgram) async -> [NixProgram.Resolved] {
    if let together = await program.resolveTogether(installables) { return together }
    // Two at once make Nix lay out a new store twice, and one of them fail over it.
    var answers: [NixProgram.Resolved] = []
    if program.hasNoStoreYet, let first = installables.first { answers.append(await program.resolve(first)) }
    // An evaluation of nixpkgs takes a core and half a gigabyte.
    let rest = Array(installables.dropFirst(answers.count))
    return answers
      + (await rest.concurrentlyMapped(atOnce: ProcessInfo.processInfo.activeProcessorCount) {
        await program.resolve($0)
      })
  }

  private func realize(
    _ request: Realization, _ event: @escaping @Sendable (LogEvent) -> Directive
  ) async -> LogTestimony {
    guard let program = opened?.program else {
      return LogTestimony(events: [], lines: 0, bytes: 0, ending: .notStarted)
    }
    let goals = request.goals.map { goal -> NixProgram.Goal in
      switch goal {
      case .outputs(let names, let derivation): .outputs(names, of: derivation)
      case .path(let path): .path(path)
      }
    }
    let leave: NixProgram.Leave = request.mayBuild ? .build(keepGoing: request.builds == .observe) : .copyOnly
    return await program.realize(goals, leave) { found in
      switch event(found) {
      case .goOn: nil
      case .end(let derivation): derivation
      }
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
