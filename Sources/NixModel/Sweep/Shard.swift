/// The part of a list that a run is about.
public struct Shard: Hashable, Sendable {
  /// The proof that it is a part of.
  public let sweep: SweepName
  /// Which of the parts it is, from 0 on.
  public let index: Int
  /// The plan that all parts must share.
  public let plan: Plan

  /// How a list was split.
  public struct Plan: Hashable, Sendable {
    /// The number of shards.
    public let shards: Int
    /// How many targets the whole list has.
    public let targets: Int
    /// The digest of the whole list (``TargetList/digest``).
    public let list: String
  }

  /// A shard; `nil` where there can be none such: an index out of range, more shards than targets, a list that is
  /// longer than any, or no digest.
  public init?(sweep: SweepName, index: Int, shards: Int, targets: Int, list: String) {
    guard (0..<max(0, shards)).contains(index), (1...TargetList.longest).contains(targets),
      shards <= targets, list.utf8.count == 64
    else { return nil }
    self.sweep = sweep
    self.index = index
    plan = Plan(shards: shards, targets: targets, list: list)
  }

  /// One part of `list`, on the same conditions.
  public init?(_ index: Int, of shards: Int, of list: TargetList, in sweep: SweepName) {
    self.init(
      sweep: sweep, index: index, shards: shards, targets: list.targets.count, list: list.digest)
  }
}
