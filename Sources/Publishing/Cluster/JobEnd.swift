/// How waiting for a Job came to its end.
public enum JobEnd: Hashable, Sendable {
  /// The program in its pod told what came of it, by its own exit code.
  case exited(code: Int32)
  /// Several pods did, one for each shard.
  case shards(ShardTally)
  /// The Job is over, and no program told anything.
  case failed(Failure)
  /// Nobody waits any more, and what becomes of the Job is not known.
  case unknown(Uncertainty)

  /// What ended a pod, or all of them, before its program could say anything.
  public enum Failure: Hashable, Sendable {
    case deadline
    case evicted(pod: String, message: String)
    case outOfMemory(pod: String)
    /// 128 and the number of a signal, or a code that no program of ours has.
    case killed(pod: String, code: Int32, reason: String)
    case initFailed(pod: String, container: String, code: Int32, message: String)
    /// The Job failed, and none of the pods that are left says why.
    case unexplained(reason: String, message: String)
  }

  /// Why nobody waits any more.
  public enum Uncertainty: Hashable, Sendable {
    case deleted
    /// Another Job has its name now.
    case replaced
    case notStarting(Obstacle)
    case noConnection(message: String)
  }

  /// What keeps a pod from starting.
  public enum Obstacle: Hashable, Sendable {
    case image(pod: String, image: String, message: String)
    case unschedulable(pod: String, message: String)
    /// A Secret or a file that is missing, a device that the node does not have.
    case setup(pod: String, reason: String, message: String)
    case noPod(message: String)

    /// The same obstacle in another pod is the same obstacle.
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

/// What each shard's pod told: its exit code, or nothing.
public struct ShardTally: Hashable, Sendable {
  /// One for each shard, from 0.
  public let codes: [Int32?]

  /// The exit code of all: one cold shard makes it cold, and nothing less than all make it warm.
  public var code: Int32 {
    if codes.contains(1) { return 1 }
    return codes.allSatisfy { $0 == 0 } ? 0 : 2
  }
}
