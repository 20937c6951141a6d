/// 6. Nix succeeded: as a whole, or, where it was told to keep going, as far as this target is concerned.
struct NixSucceeded: Condition {
  func reasons(against target: TargetEvidence) -> [Reason] {
    switch target.testimony.log.ending {
    case .exited(code: 0): return []
    case .timedOut: return [Reason(.timedOut, .inconclusive)]
    case .interrupted: return [Reason(.interrupted, .inconclusive)]
    case .notStarted, .stopped: return []
    case .exited(let code): return failure("exit code \(code)", in: target)
    case .failedToStart(let cause):
      return [Reason(.witnessMissing(witness: "Nix", cause: "it could not be run: \(cause)"), .inconclusive)]
    case .signalled(let number): return failure(signalPhrase(number), in: target)
    }
  }

  private func failure(_ ending: String, in target: TargetEvidence) -> [Reason] {
    // With --keep-going, Nix fails as a whole because of one target, and completes the others. Such a target
    // stands on its own evidence, if another one accounts for the failure.
    if target.isComplete, !target.othersSucceeded { return [] }
    let error = target.log.lastError
    return [
      Reason(
        .nixFailed(ending: ending, message: error?.complaint.text, line: error?.line), .inconclusive)
    ]
  }
}
