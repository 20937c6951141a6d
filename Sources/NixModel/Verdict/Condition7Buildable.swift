/// 7. What the policy lets Nix build can be built: a store of the run's own needs a sandbox for that.
struct Buildable: Condition {
  func reasons(in one: Case) -> [Reason] {
    guard case .missing(let cause) = one.testimony.environment.sandbox, one.policy.builds != .forbid,
      let first = one.scope.buildsTarget ? one.scope.target.derivation : one.scope.built.min()
    else { return [] }
    return [Reason(.sandboxUnavailable(derivation: first, cause: cause), .inconclusive)]
  }
}
