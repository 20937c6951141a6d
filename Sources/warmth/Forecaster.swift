import Credentials
import Foundation
import NixCommand
import NixModel
import Proof
import Substituters

/// Fills a forecast from the live adapters: Nix only where something must be evaluated, or where its settings
/// are needed.
struct Forecaster {
  private let installables: [Installable]
  private let program: NixProgram?
  private let substituters: [SubstituterURL]
  private let keys: TrustedKeys
  private let surroundings: Surroundings
  private let choice: CacheChoice

  init(nix: String, _ choice: CacheChoice, for installables: [Installable]) async throws(Failure) {
    self.installables = installables
    self.choice = choice
    // Before Nix is asked anything: it can quote what it was given.
    _ = Surroundings.here(substituters: choice.substituters).taughtFindings()
    let isPath = { (installable: Installable) in if case .path = installable { true } else { false } }
    if installables.allSatisfy(isPath), !choice.substituters.isEmpty, !choice.trustedKeys.isEmpty {
      program = nil
      substituters = choice.substituters
      keys = TrustedKeys(choice.trustedKeys)
      surroundings = .here(substituters: substituters)
      _ = surroundings.taughtFindings()
      return
    }
    do {
      let (found, settings) = try await NixProgram.open(
        nix, supervision: Main.supervisor)
      (substituters, keys) = choice.completed(by: settings)
      program = found.with(
        NixConfiguration(
          substituters: substituters, keys: keys, substitutes: settings.substitutes, version: found.version))
      surroundings = .here(settings, substituters: substituters)
      _ = surroundings.taughtFindings()
      settings.accessTokens.forEach { Redaction.known?.learn($0) }
    } catch {
      throw Failure(
        .inconclusive,
        "\(error); store paths can be asked for without Nix, where --substituter and --trusted-public-key are given"
      )
    }
  }

  /// The forecast, as far as `extent` goes.
  func forecast(
    _ extent: SurveyExtent, _ note: @escaping @Sendable (ProgressEvent) -> Void
  ) async -> Forecast {
    let resolution = await resolution()
    note(.resolved(resolution.targets, resolution.unresolved))
    let roots = resolution.targets.flatMap { $0.outputs.map(\.path) }.unique
    let access = CacheAccess(
      substituters: substituters, keys: keys, surroundings: surroundings,
      variables: surroundings.environment)
    let survey = await access.surveyor.survey(roots, extent) { note(.surveying($0)) }
    await access.transport.shutdown()
    note(.surveyed(survey))
    return Forecast(
      of: roots, isRecursive: extent.isRecursive, unresolved: resolution.unresolved, from: survey,
      under: Policy(expectFrom: choice.expectFrom))
  }

  private func resolution() async -> Resolution {
    guard let program else {
      return Resolution(
        targets: installables.compactMap { installable in
          guard case .path(let path) = installable else { return nil }
          return Target(installable: installable, resolution: .path(path))
        })
    }
    // An evaluation that builds realizes something, and a forecast does not.
    return await program.resolution(of: installables) { event in
      switch event.kind {
      case .buildStarted(let derivation), .buildStartedRemotely(let derivation, _): derivation
      default: nil
      }
    }
  }
}
