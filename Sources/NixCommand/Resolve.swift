import Foundation
public import NixModel

extension NixProgram {
  /// Told each event of Nix's log as it comes; says whether Nix may go on.
  public typealias Listener = @Sendable (LogEvent) -> Directive

  /// Resolves installables to derivations and chosen output paths, without building them. Targets that are named by a
  /// secret of this runner do not resolve.
  ///
  /// Evaluation writes the derivations into the store. It builds only where an expression itself asks for it (import
  /// from derivation); then the log says so.
  ///
  /// - Parameter event: told each event of the log. Evaluations run beside each other, so the lines of each are
  ///   numbered from 1 here, and in the order of the installables in the log of the resolution.
  public func resolve(_ installables: [Installable], event: @escaping Listener) async -> Resolution {
    await resolved(installables, event).withoutSecrets
  }

  private func resolved(_ installables: [Installable], _ event: @escaping Listener) async -> Resolution {
    if let together = await resolveTogether(installables, event) {
      together.part?.finish()
      return together.resolution
    }
    var rest = installables
    var evaluations: [Evaluation] = []
    // Two evaluations at once make Nix lay out a new store twice, and one of them fails over it.
    if hasNoStoreYet, !rest.isEmpty { evaluations.append(await resolve(rest.removeFirst(), event)) }
    // An evaluation of nixpkgs takes a core and half a gigabyte.
    evaluations += await rest.concurrentlyMapped(atOnce: ProcessInfo.processInfo.activeProcessorCount) {
      await resolve($0, event)
    }
    var resolution = Resolution()
    for evaluation in evaluations {
      resolution.append(evaluation.resolution)
      evaluation.part?.finish()
    }
    return resolution
  }
}

/// What became of one evaluation, and its part of the kept log, whose turn comes with those of the others.
struct Evaluation: Sendable {
  var resolution: Resolution
  var part: LogPart?
}
