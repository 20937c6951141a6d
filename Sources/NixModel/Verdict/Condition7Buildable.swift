/// 7. Nix can build the derivations that the policy allows. In a store of the run's own, a build needs a
/// sandbox.
struct Buildable: Condition {
  func reasons(against target: TargetEvidence) -> [Reason] {
    guard case .missing(let cause) = target.testimony.environment.sandbox, target.policy.builds != .forbid,
      let first = target.scope.buildsTarget ? target.derivation : target.scope.built.min()
    else { return [] }
    return [Reason(.sandboxUnavailable(derivation: first, cause: cause), .inconclusive)]
  }
}
