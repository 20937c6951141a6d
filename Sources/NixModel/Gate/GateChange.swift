/// How a target that no run is about differs from the last warm proof of a target of that name.
public struct GateChange: Hashable, Sendable {
  /// The target.
  public let target: Installable
  /// The run that proved it warm as it was then.
  public let run: RunID
  /// How the derivations differ.
  public let drift: Drift

  /// - Parameters:
  ///   - graph: the derivations that the target is made of now.
  ///   - testimony: that of the earlier run.
  /// - Returns: `nil` where the run was not about such a target, or where it is the very same derivation.
  public init?(of target: Target, in graph: DerivationGraph, since run: RunID, _ testimony: Testimony) {
    guard let new = target.derivation, let old = testimony.target(like: target)?.derivation, old != new else {
      return nil
    }
    self.target = target.installable
    self.run = run
    drift = NixModel.drift(from: old, in: testimony.graph, to: new, in: graph)
  }

  /// The command that proves the target as it is now.
  public var command: String {
    (["warmth", "prove"] + target.redacted.words.map(\.shellWord)).joined(separator: " ")
  }
}
