import Credentials
import Foundation
import NixCommand
import NixModel
import Proof
import Substituters

/// Fills the two witnesses of a forecast with the live adapters. Nix is started only where something must be evaluated,
/// or where its settings are needed.
struct ForecastWiring {
  private let program: NixProgram?
  private let caches: CacheAccess
  /// Whether Nix asks caches for derivations that disallow it as well.
  private let alwaysSubstitutes: Bool
  /// Whether the store that `program` works on is the one that is planned for; a plan is for an empty one otherwise.
  private let hasStore: Bool

  /// - Parameters:
  ///   - store: the directory of a store to evaluate and plan for.
  ///   - kept: variables that Nix gets beside those that it needs.
  ///   - options: settings of the command line.
  ///   - alwaysOpensNix: whether Nix is needed although nothing is to be evaluated.
  init(
    nix: String, store: String? = nil, _ choice: CacheChoice, for installables: [Installable],
    keeping kept: [String], options: [(name: String, value: String)] = [], alwaysOpensNix: Bool = false
  ) async throws(Failure) {
    hasStore = store != nil
    // Before Nix is asked anything, because it can quote secrets of its environment.
    _ = Surroundings.here(substituters: choice.substituters).taughtFindings()
    let isPath = { (installable: Installable) in if case .path = installable { true } else { false } }
    if !alwaysOpensNix, installables.allSatisfy(isPath), !choice.substituters.isEmpty,
      !choice.trustedKeys.isEmpty
    {
      program = nil
      alwaysSubstitutes = false
      let surroundings = Surroundings.here(substituters: choice.substituters)
      _ = surroundings.taughtFindings()
      caches = CacheAccess(
        substituters: choice.substituters, keys: TrustedKeys(choice.trustedKeys), surroundings: surroundings,
        version: { await NixProgram.version(of: nix) })
      return
    }
    do {
      let (found, settings) = try await NixProgram.open(
        nix, supervision: Main.supervisor, store: store, keeping: kept, options: options)
      alwaysSubstitutes = settings.alwaysSubstitutes
      let (substituters, keys) = try choice.completed(by: settings)
      try choice.check(among: substituters)
      program = found.asking(substituters).with(
        NixConfiguration(
          substituters: substituters, keys: keys, substitutes: settings.substitutes, version: found.version))
      let surroundings = Surroundings.here(settings, substituters: substituters)
      _ = surroundings.taughtFindings()
      settings.accessTokens.forEach { Redaction.known?.learn($0) }
      caches = CacheAccess(
        substituters: substituters, keys: keys, surroundings: surroundings, sslCertFile: settings.sslCertFile,
        version: { found.version })
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(
        .inconclusive,
        "\(error); store paths can be asked for without Nix, where --substituter and --trusted-public-key are given"
      )
    }
  }

  /// The forecaster that asks them.
  func forecaster(_ note: @escaping @Sendable (ProgressEvent) -> Void) -> Forecaster {
    let (program, surveyor) = (program, caches.surveyor)
    return Forecaster(
      resolve: { installables, event in
        await program?.resolve(installables, event: event) ?? Resolution(paths: installables)
      },
      survey: { await surveyor.survey($0, $1, progress: $2) }, progress: note)
  }

  /// What Nix would build and copy, and the derivations that the targets are made of.
  ///
  /// - Parameter comparing: whether the plan is to be compared with another.
  func plan(
    _ installables: [Installable], comparing: Bool, under policy: Policy,
    _ note: @escaping @Sendable (ProgressEvent) -> Void
  ) async -> (plan: Plan, graph: DerivationGraph) {
    let (program, surveyor) = (program, caches.surveyor)
    var present: Set<StorePath> = []
    if hasStore, let program { present = await StoreWitness(program).validPaths().value ?? [] }
    let forecaster = PlanForecaster(
      resolve: { await program?.resolve($0, event: $1) ?? Resolution(paths: $0) },
      derivations: { program?.derivations($0, wholeClosure: $1) ?? DerivationGraph() },
      survey: { await surveyor.survey($0, $1, progress: $2) }, present: present, progress: note)
    return await forecaster.plan(
      installables, alwaysSubstituting: alwaysSubstitutes, comparing: comparing, under: policy,
      (program?.version).map { $0 < NixVersion(2, 30) } ?? false ? .triesAgain : .builds)
  }

  /// Closes connections.
  func shutdown() async { await caches.transport.shutdown() }
}
