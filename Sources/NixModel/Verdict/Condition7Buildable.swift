/// 7. What the policy lets Nix build can be built: a store of the run's own needs a sandbox for that.
struct Buildable: Condition {
  func reasons(against target: TargetEvidence) -> [Reason] {
    guard case .missing(let cause) = target.testimony.environment.sandbox, target.policy.builds != .forbid,
      let first = target.scope.buildsTarget ? target.derivation : target.scope.built.min()
    else { return [] }
    return [Reason(.sandboxUnavailable(derivation: first, cause: cause), .inconclusive)]
  }
}
