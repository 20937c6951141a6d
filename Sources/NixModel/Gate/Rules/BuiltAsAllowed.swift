/// Only derivations that the gate allows were built, by Nix's log. The verdict of a run under a laxer policy
/// is not enough.
struct BuiltAsAllowed: GateRule {
  func finding(in gated: GatedRun) -> GateFinding? {
    guard let policy = gated.policy.builds else { return nil }
    guard let proof = gated.proof, proof.exitCode != nil, proof.unreadable == 0 else { return .logIncomplete }
    let refused = proof.builds.filter { !policy.allowsBuilding($0) }.sorted()
    if let first = refused.first { return .builtWithoutLeave(first, others: refused.count - 1) }
    guard proof.builds.isEmpty else { return .builtAsAllowed(proof.builds.count) }
    let built =
      proof.outputs.filter { $0.value.isBuild }.map(\.key) + proof.paths.filter(\.wasBuilt).map(\.path)
    return built.min().map { .buildUnseen($0) } ?? .nothingBuilt
  }
}

extension Outcome {
  fileprivate var isBuild: Bool {
    switch self {
    case .builtLocally, .builtRemotely: true
    case .substituted, .presentBefore, .addedByEvaluation, .notRealized, .failed: false
    }
  }
}
