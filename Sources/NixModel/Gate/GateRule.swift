public import Foundation

/// One rule of a gate, about one run. It answers with its finding, or with `nil` where the policy does not
/// ask.
protocol GateRule: Sendable {
  func finding(in gated: GatedRun) -> GateFinding?
}

/// The evidence that the rules look at: one run about a target.
struct GatedRun {
  let run: RecordedRun
  /// The record of the target; `nil` where the run came to no conclusion.
  let proof: RecordedProof?
  let policy: GatePolicy
  let now: Date
}

private let rules: [any GateRule] = [
  LatestRunWarm(), OfBoundSource(), OnBoundSystem(), RecentEnough(), FromAcceptedCaches(),
  SignedByTrustedKeys(), BuiltAsAllowed(), FreshStore(), SignedByCollector(),
]

/// The findings of the rules about a single run: a pure function of the record, the policy and the time.
///
/// - Parameter proof: the run's record of the target; `nil` where it came to no conclusion.
public func findings(
  in run: RecordedRun, _ proof: RecordedProof?, under policy: GatePolicy, at now: Date
) -> [GateFinding] {
  let gated = GatedRun(run: run, proof: proof, policy: policy, now: now)
  return rules.compactMap { $0.finding(in: gated) }
}
