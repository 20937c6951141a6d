import Credentials
import Foundation
import NixCommand
import NixModel
import Proof
import Substituters

/// Fills a forecast from the live adapters: Nix only where something must be evaluated, or where its settings
/// are needed.
struct Forecaster {
  private let nix: String
  private let installables: [Installable]
  private let program: NixProgram?
  private let substituters: [SubstituterURL]
  private let keys: TrustedKeys
  private let surroundings: Surroundings
  private let choice: CacheChoice
  private var sslCertFile: String?

  /// - Parameter kept: variables that Nix gets beside those that it needs.
  init(
    nix: String, _ choice: CacheChoice, for installables: [Installable], keeping kept: [String]
  ) async throws(Failure) {
    self.nix = nix
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
        nix, supervision: Main.supervisor, keeping: kept)
      (substituters, keys) = try choice.completed(by: settings)
      try choice.check(among: substituters)
      sslCertFile = settings.sslCertFile
      program = found.asking(substituters).with(
        NixConfiguration(
          substituters: substituters, keys: keys, substitutes: settings.substitutes, version: found.version))
      surroundings = .here(settings, substituters: substituters)
      _ = surroundings.taughtFindings()
      settings.accessTokens.forEach { Redaction.known?.learn($0) }
    } catch let failure as Failure {
      throw failure
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
      variables: surroundings.environment, sslCertFile: sslCertFile, version: version)
    let survey = await access.surveyor.survey(roots, extent) { note(.surveying($0)) }
    await access.transport.shutdown()
    note(.surveyed(survey))
    return Forecast(
      of: roots, isRecursive: extent.isRecursive, unresolved: resolution.unresolved, from: survey,
      under: Policy(expectFrom: choice.expectFrom))
  }

  /// The version of the Nix that the forecast is for, also where it needs no other word of it.
  private func version() async -> NixVersion? {
    if let program { return program.version }
    return await NixProgram.version(of: nix)
  }

  private func resolution() async -> Resolution {
    guard let program else {
      return Resolution(
        targets: installables.compactMap { installable in
          guard case .path(let path) = installable else { return nil }
          return Target(installable: installable, resolution: .path(path))
        })
    }
    return await program.resolutionWithoutBuilding(of: installables)
  }
}
