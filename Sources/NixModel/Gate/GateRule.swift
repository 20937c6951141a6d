public import Foundation

/// One rule of a gate, about one run. It answers with what it found, or with `nil` where the policy does not ask.
protocol GateRule: Sendable {
  func finding(in gated: GatedRun) -> GateFinding?
}

/// What the rules look at: one run about a target.
struct GatedRun {
  let run: RecordedRun
  /// What was recorded of the target; `nil` where the run came to no conclusion.
  let proof: RecordedProof?
  let policy: GatePolicy
  let now: Date
}

private let rules: [any GateRule] = [
  LatestRunWarm(), OfBoundSource(), OnBoundSystem(), RecentEnough(), FromAcceptedCaches(),
  SignedByTrustedKeys(), BuiltAsAllowed(), FreshStore(), SignedByCollector(),
]

/// What the rules about a single run find in `run`: a pure function of the record, the policy and the time.
///
/// - Parameter proof: what the run recorded of the target; `nil` where it came to no conclusion.
public func findings(
  in run: RecordedRun, _ proof: RecordedProof?, under policy: GatePolicy, at now: Date
) -> [GateFinding] {
  let gated = GatedRun(run: run, proof: proof, policy: policy, now: now)
  return rules.compactMap { $0.finding(in: gated) }
}
