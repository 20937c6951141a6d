/// The outcome of a store path in a run.
public enum Outcome: Hashable, Sendable {
  /// It was copied from a substituter (canonical address).
  case substituted(from: String)
  /// It was built on this machine.
  case builtLocally
  /// It was built on another machine and copied back.
  case builtRemotely(on: String)
  /// It was there before the run.
  case presentBefore
  /// Evaluation added it to the store, and copied it from nowhere: a file that an expression names, a download.
  case addedByEvaluation
  /// The run did not bring it.
  case notRealized
  /// The run tried to bring it and failed.
  case failed

  /// The stable word for it.
  public var word: String {
    switch self {
    case .substituted: "substituted"
    case .builtLocally: "built-locally"
    case .builtRemotely: "built-remotely"
    case .presentBefore: "present-before"
    case .addedByEvaluation: "added-by-evaluation"
    case .notRealized: "not-realized"
    case .failed: "failed"
    }
  }

  /// Where it came from: a cache or a machine.
  public var origin: String? {
    switch self {
    case .substituted(let from): from
    case .builtRemotely(let machine): machine
    case .builtLocally, .presentBefore, .addedByEvaluation, .notRealized, .failed: nil
    }
  }

  /// The outcome that ``word`` and ``origin`` stand for.
  public init?(word: String, origin: String?) {
    switch (word, origin) {
    case ("substituted", let from?): self = .substituted(from: from)
    case ("built-remotely", let machine?): self = .builtRemotely(on: machine)
    case ("built-locally", nil): self = .builtLocally
    case ("present-before", nil): self = .presentBefore
    case ("added-by-evaluation", nil): self = .addedByEvaluation
    case ("not-realized", nil): self = .notRealized
    case ("failed", nil): self = .failed
    default: return nil
    }
  }
}
