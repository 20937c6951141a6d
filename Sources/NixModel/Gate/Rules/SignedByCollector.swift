/// A collector that the gate trusts signed the run's evidence.
struct SignedByCollector: GateRule {
  func finding(in one: GateCase) -> GateFinding? {
    guard !one.policy.collectors.isEmpty else { return nil }
    let signers = one.proof?.signers ?? []
    if let known = one.policy.collectors.first(where: signers.contains) { return .signed(by: known.name) }
    return signers.isEmpty ? .unsigned : .signedByOthers(signers.map(\.name))
  }
}
