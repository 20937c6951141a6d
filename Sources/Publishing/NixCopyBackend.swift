import Foundation
import NixCommand
import NixModel
import Synchronization

/// Pushes with `nix copy`.
final class NixCopyBackend: Backend {
  private let destination: Destination.NixCopy
  private let program: NixProgram
  private let all = Mutex<Set<StorePath>>([])
  private let say: @Sendable (String) -> Void

  init(
    _ destination: Destination.NixCopy, by program: NixProgram, say: @escaping @Sendable (String) -> Void
  ) {
    self.destination = destination
    self.say = say
    self.program = program.asking([destination.url])
  }

  var sent: Set<StorePath> { all.withLock { $0 } }

  func begin() -> [PublicationFault] { [] }

  func push(_ paths: [StorePath]) async -> PushOutcome {
    if destination.isStoreOfNix, let keyFile = destination.keyFile {
      let signed = await program.sign(paths, withKeyIn: keyFile)
      guard signed.isSuccess else { return Self.failure(signed) }
    }
    return await Perseverance.standard.push(saying: say) {
      let copied = await program.copy(paths, to: destination.address) { [self] event in
        if case .transferred(let path, _, _) = event.kind { all.withLock { _ = $0.insert(path) } }
        return .goOn
      }
      return copied.isSuccess ? PushOutcome() : Self.failure(copied)
    }
  }

  private static func failure(_ outcome: NixOutcome) -> PushOutcome {
    PushOutcome(
      failure: PushOutcome.Failure(
        cause: PushOutcome.Cause(telling: outcome.message),
        words: outcome.message.isEmpty ? outcome.ending : outcome.message))
  }

  func publishLogs(of derivations: [StorePath]) async -> [PublicationFault] {
    guard !derivations.isEmpty, await !program.copyLogs(of: derivations, to: destination.address).isSuccess
    else {
      return []
    }
    // Where one has no log, the others have theirs.
    var faults: [PublicationFault] = []
    for derivation in derivations {
      if Task.isCancelled { break }
      guard await !program.copyLogs(of: [derivation], to: destination.address).isSuccess else { continue }
      faults.append(
        PublicationFault(
          .logNotPublished, path: derivation, isFatal: false,
          "the build log of \(derivation) could not be published; readers cannot see it by nix log"))
    }
    return faults
  }

  func faultsBeside() -> [PublicationFault] { [] }
  func end(patiently isPatient: Bool) {}
}
