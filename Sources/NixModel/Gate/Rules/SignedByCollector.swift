/// A collector that the gate trusts signed the run's evidence.
struct SignedByCollector: GateRule {
  func finding(in gated: GatedRun) -> GateFinding? {
    guard !gated.policy.collectors.isEmpty else { return nil }
    let signers = gated.proof?.signers ?? []
    if let known = gated.policy.collectors.first(where: signers.contains) { return .signed(by: known.name) }
    return signers.isEmpty ? .unsigned : .signedByOthers(signers.map(\.name))
  }
}
