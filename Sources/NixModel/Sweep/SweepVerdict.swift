/// The joint verdict of the runs of a sweep.
public struct SweepVerdict: Hashable, Sendable {
  /// The sweep.
  public let sweep: SweepName
  /// How its list was split; `nil` where its runs contradict each other about that, or there are none.
  public let plan: Shard.Plan?
  /// Each shard of the plan, in order; where there is no plan, nothing.
  public let shards: [ShardStanding]
  /// Whether the whole list is warm.
  public let verdict: Verdict
  /// Why it is not; empty where it is.
  public let reasons: [SweepReason]
  /// Runs of the sweep that do not count, since no trusted key signed them.
  public let disregarded: [RunID]
}

/// Where one shard stands.
public struct ShardStanding: Hashable, Sendable {
  /// Which of the shards.
  public let index: Int
  /// The status that its runs give it.
  public let status: Status
  /// The run that says so; `nil` where there is none.
  public let run: RunID?
  /// How many runs it took.
  public let runs: Int
  /// How many targets its part of the list has.
  public let targets: Int

  /// The statuses of a shard.
  public enum Status: String, Hashable, Sendable, CaseIterable, Codable {
    /// The latest run ended, and all of its targets are warm.
    case warm
    /// The latest run that came to a conclusion found a target cold.
    case cold
    /// The latest run came to no verdict.
    case inconclusive
    /// No run is about it.
    case missing
    /// The latest run was cut off.
    case interrupted
    /// The latest run is under way.
    case running
  }
}

/// Why a sweep is not warm.
public enum SweepReason: Hashable, Sendable {
  /// Nothing that counts is recorded of it.
  case nothing
  /// These shards have this status; the last value is the number of all shards.
  case shards([Int], ShardStanding.Status, of: Int)
  /// Runs were made for different lists, or for different numbers of shards: one run for each.
  case differentPlans([RunID])
  /// The targets of these shards, put together, are not the list that they are parts of.
  case notTheList
  /// Shards were proved under different policies: one run for each.
  case differentPolicies([RunID])
  /// Shards were proved for different revisions of the source, as CI said: one run for each.
  case differentRevisions([RunID])
  /// Shards were proved for different projects, or only some of them for one that CI named: one run for each.
  case differentRepositories([RunID])
  /// Shards were proved on different platforms: one run for each.
  case differentSystems([RunID])
  /// Shards used different caches: one run for each.
  case differentCaches([RunID])
  /// Shards trusted different keys: one run for each.
  case differentKeys([RunID])
  /// These targets were meant to be proved, and are in no shard; `others` is the number of further ones.
  case missingTargets([Installable], others: Int)
  /// The number of shards is not the one that was meant.
  case otherShardCount(Int, meant: Int)
  /// These shards were not proved by the policy that was meant.
  case otherPolicy([RunID])
}
