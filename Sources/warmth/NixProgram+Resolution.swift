import Foundation
import NixCommand
import NixModel
import Proof

extension NixProgram {
  /// What `installables` resolve to. The listener names the derivation over whose build the evaluation is
  /// to end.
  func resolution(of installables: [Installable], _ listener: @escaping Listener) async -> Resolution {
    let answers = await answers(to: installables, listener)
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

  /// The same, ended where the evaluation begins to build: that would realize something.
  func resolutionWithoutBuilding(of installables: [Installable]) async -> Resolution {
    await resolution(of: installables) { event in
      switch event.kind {
      case .buildStarted(let derivation), .buildStartedRemotely(let derivation, _): derivation
      default: nil
      }
    }
  }

  private func answers(
    to installables: [Installable], _ listener: @escaping Listener
  ) async -> [Resolved] {
    if let together = await resolveTogether(installables, listener: listener) { return together }
    // Two at once make Nix lay out a new store twice, and one of them fail over it.
    var answers: [Resolved] = []
    if hasNoStoreYet, let first = installables.first {
      answers.append(await resolve(first, listener: listener))
    }
    // An evaluation of nixpkgs takes a core and half a gigabyte.
    let rest = Array(installables.dropFirst(answers.count))
    return answers
      + (await rest.concurrentlyMapped(atOnce: ProcessInfo.processInfo.activeProcessorCount) {
        await resolve($0, listener: listener)
      })
  }
}
