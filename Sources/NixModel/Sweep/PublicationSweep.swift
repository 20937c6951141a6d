/// The publications of a sweep, put together: whether the whole list is in the cache, by the publishers' own words. It
/// proves nothing.
public struct PublicationSweep: Hashable, Sendable {
  /// The sweep.
  public let sweep: SweepName
  /// How its list was split; `nil` where its publications contradict each other about that.
  public let plan: Shard.Plan?
  /// Each shard of the plan, in order; where there is no plan, nothing.
  public let shards: [Standing]
  /// Whether all of it was published, or built where nothing was to be pushed.
  public let answer: Answer
  /// Whether every shard was published, and their targets, put together, are not the list that they are parts of.
  public let isOfAnotherList: Bool

  /// Where one shard stands.
  public struct Standing: Hashable, Sendable {
    /// Which of the shards.
    public let index: Int
    /// The latest publication of it; `nil` where there is none.
    public let head: PublicationHead?
    /// How many targets its part of the list has.
    public let targets: Int
  }

  /// Joins publications. Of several of one shard the latest decides.
  ///
  /// - Parameter publications: those of other sweeps are passed over.
  /// - Returns: `nil` where none is of the sweep.
  public init?(_ publications: [Publication], of sweep: SweepName) {
    let members = publications.filter { $0.head.shard?.sweep == sweep }.sorted {
      ($0.head.started, $0.head.id.text) > ($1.head.started, $1.head.id.text)
    }
    guard let plan = members.first?.head.shard?.plan else { return nil }
    self.sweep = sweep
    guard members.allSatisfy({ $0.head.shard?.plan == plan }) else {
      (self.plan, shards, answer, isOfAnotherList) = (nil, [], .unknown, false)
      return
    }
    let latest = (0..<plan.shards).map { index in members.first { $0.head.shard?.index == index } }
    self.plan = plan
    shards = latest.enumerated().map { index, publication in
      Standing(
        index: index, head: publication?.head,
        targets: TargetList.share(index, of: plan.shards, targets: plan.targets))
    }
    let codes = latest.map { $0?.head.exitCode }
    let names = TargetList.whole(of: latest.map { $0?.targets.map(\.installable) ?? [] })
    let isWhole = names.map { TargetList.digest(ofNames: $0) == plan.list } ?? false
    let isDone = codes.allSatisfy { $0 == 0 }
    isOfAnotherList = isDone && !isWhole
    answer = codes.contains(1) ? .no : isDone && isWhole ? .yes : .unknown
  }
}
