/// The answer to a question about warmth that is not a verdict: a gate's, or a forecast's. The exit codes 0, 1 and 2
/// give it.
public enum Answer: String, Hashable, Sendable, CaseIterable, Codable {
  /// A gate's rules are all met; a forecast's paths are all available.
  case yes
  /// Evidence shows that a rule is not met, or that a path is not available.
  case no
  /// Neither is known: the evidence is missing or too old, or a cache did not answer.
  case unknown
}
