/// Nothing that the run's targets needed was in the store before it began: the verdict of a run under a laxer
/// policy is not enough.
struct FreshStore: GateRule {
  func finding(in gated: GatedRun) -> GateFinding? {
    guard gated.policy.needsFreshStore else { return nil }
    guard let older = gated.proof?.presentBefore else { return .freshnessUnknown }
    return older.min().map { .notFresh($0, others: older.count - 1) } ?? .fresh
  }
}
