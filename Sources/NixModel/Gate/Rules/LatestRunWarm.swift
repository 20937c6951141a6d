/// The target's latest run is warm: its verdict says so, and the record of its witnesses agrees.
struct LatestRunWarm: GateRule {
  func finding(in gated: GatedRun) -> GateFinding? {
    switch gated.run.state {
    case .running: .running
    case .interrupted: .interrupted
    case .finished(_, .cold): .cold
    case .finished(_, .inconclusive): .inconclusive
    case .finished(_, .warm): gap(in: gated.proof).map { .unsupported($0) } ?? .warm
    }
  }

  private func gap(in proof: RecordedProof?) -> GateFinding.Gap? {
    guard let proof, !proof.outputs.isEmpty else { return .noOutputs }
    guard proof.reasons == 0 else { return .reasons(proof.reasons) }
    // Any code will do: Nix fails as a whole where another target of the same run does.
    guard proof.exitCode != nil else { return .nixDidNotEnd }
    guard proof.unreadable == 0 else { return .logIncomplete }
    guard !proof.couldWrite else { return .couldWrite }
    let missing = proof.outputs.filter { !isBrought($0.value, in: proof.mode) }.min { $0.key < $1.key }
    return missing.map { .notBrought($0.key, $0.value) }
  }

  private func isBrought(_ outcome: Outcome, in mode: BuildMode) -> Bool {
    switch outcome {
    case .substituted, .builtLocally, .builtRemotely: true
    // In this mode nothing is built, so the inputs of the target's build decide.
    case .notRealized: mode == .forbid
    case .presentBefore, .addedByEvaluation, .failed: false
    }
  }
}
