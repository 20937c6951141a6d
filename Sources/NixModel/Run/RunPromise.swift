/// The terms that a run was made under, and with what: everything that its verdict rests on besides the testimony.
public struct RunPromise: Hashable, Sendable {
  /// The policy.
  public let policy: Policy
  /// The runner; `nil` where the run ended before it was asked.
  public let environment: RunnerEnvironment?
  /// The names of the keys that the run carries signatures of. Whether a signature is valid is asked with the key
  /// (`audit verify --trusted-key`).
  public let signatures: [String]

  /// The terms of a run.
  public init(policy: Policy, environment: RunnerEnvironment?, signatures: [String]) {
    self.policy = policy
    self.environment = environment
    self.signatures = signatures
  }
}
