/// The end of a wait for a Job.
public enum JobEnd: Hashable, Sendable {
  /// The program in the Job's pod ended with its own exit code.
  case exited(code: Int32)
  /// Several pods have results, one for each shard.
  case shards(ShardTally)
  /// The Job has ended, and no program stated a result.
  case failed(Failure)
  /// The wait ended before the Job did, so the Job's result is unknown.
  case unknown(Uncertainty)

  /// The cause that ended a pod, or all pods, before the program could state a result.
  public enum Failure: Hashable, Sendable {
    case deadline
    case evicted(pod: String, message: String)
    case outOfMemory(pod: String)
    /// The code is 128 plus the number of a signal, or a code that none of our programs uses.
    case killed(pod: String, code: Int32, reason: String)
    case initFailed(pod: String, container: String, code: Int32, message: String)
    /// The Job failed, and no remaining pod says why.
    case unexplained(reason: String, message: String)
  }

  /// The reason for which the wait ended early.
  public enum Uncertainty: Hashable, Sendable {
    case deleted
    /// Another Job has this name now.
    case replaced
    case notStarting(Obstacle)
    case noConnection(message: String)
  }

  /// An obstacle that keeps a pod from starting.
  public enum Obstacle: Hashable, Sendable {
    case image(pod: String, image: String, message: String)
    case unschedulable(pod: String, message: String)
    /// A Secret, a ConfigMap or a device is missing.
    case setup(pod: String, reason: String, message: String)
    case noPod(message: String)

    /// The kind of an obstacle. Patience is counted by kind, because another pod usually meets the same
    /// obstacle.
    enum Kind: Hashable, Sendable { case image, unschedulable, setup, noPod }

    var kind: Kind {
      switch self {
      case .image: .image
      case .unschedulable: .unschedulable
      case .setup: .setup
      case .noPod: .noPod
      }
    }
  }
}

/// The results of a Job's shards.
public struct ShardTally: Hashable, Sendable {
  /// The exit code of each shard, from shard 0 on; `nil` if there is none.
  public let codes: [Int32?]

  /// The exit code for all shards together: 1 if one shard is cold, 0 if all are warm, and 2 otherwise.
  public var code: Int32 {
    if codes.contains(1) { return 1 }
    return codes.allSatisfy { $0 == 0 } ? 0 : 2
  }
}
