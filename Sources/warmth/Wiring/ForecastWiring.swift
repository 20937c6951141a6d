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

  /// - Parameter kept: variables that Nix gets beside those that it needs.
  init(
    nix: String, _ choice: CacheChoice, for installables: [Installable], keeping kept: [String]
  ) async throws(Failure) {
    // Before Nix is asked anything, because it can quote secrets of its environment.
    _ = Surroundings.here(substituters: choice.substituters).taughtFindings()
    let isPath = { (installable: Installable) in if case .path = installable { true } else { false } }
    if installables.allSatisfy(isPath), !choice.substituters.isEmpty, !choice.trustedKeys.isEmpty {
      program = nil
      let surroundings = Surroundings.here(substituters: choice.substituters)
      _ = surroundings.taughtFindings()
      caches = CacheAccess(
        substituters: choice.substituters, keys: TrustedKeys(choice.trustedKeys), surroundings: surroundings,
        version: { await NixProgram.version(of: nix) })
      return
    }
    do {
      let (found, settings) = try await NixProgram.open(
        nix, supervision: Main.supervisor, keeping: kept)
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

  /// Closes connections.
  func shutdown() async { await caches.transport.shutdown() }
}
