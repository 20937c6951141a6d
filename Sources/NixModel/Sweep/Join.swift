/// Joins the runs of a sweep into one verdict.
///
/// - `cold` where a shard is: one part of a list that is not warm is enough.
/// - `warm` only where every shard is there and warm, all of them agree about the list, the number of shards,
///   the policy, the platform, the caches, the keys and the source that CI names, and their targets, put together,
///   are that very list.
/// - `inconclusive` where the runs are not those that were meant (``SweepIntent``), even if all of them are
///   warm.
/// - `inconclusive` otherwise.
///
/// Of several runs of one shard, the latest decides, by when they began. One without a conclusion decides
/// nothing: it takes a verdict of warm away, as it does for a gate, but not one of cold, which a witness saw.
///
/// - Parameters:
///   - runs: the recorded runs; those of other sweeps are passed over.
///   - disregarded: runs of the sweep that do not count.
///   - intent: the meant list, number of shards and policy.
///   - settings: platform, caches and keys of the runs, as far as they were recorded.
public func join(
  _ runs: [Run], of sweep: SweepName, disregarding disregarded: [RunID] = [],
  meaning intent: SweepIntent = SweepIntent(), settings: [RunID: ShardSetting] = [:]
) -> SweepVerdict {
  let members = runs.filter { $0.start.shard?.sweep == sweep }.sorted {
    ($0.start.started, $0.start.id.text) > ($1.start.started, $1.start.id.text)
  }
  func verdict(
    _ verdict: Verdict, _ plan: Shard.Plan? = nil, _ shards: [ShardStanding] = [],
    because reasons: [SweepReason]
  ) -> SweepVerdict {
    SweepVerdict(
      sweep: sweep, plan: plan, shards: shards, verdict: verdict, reasons: reasons, disregarded: disregarded)
  }
  let plans = Dictionary(grouping: members) { $0.start.shard?.plan }
  guard let plan = members.first?.start.shard?.plan else {
    return verdict(.inconclusive, because: [.nothing])
  }
  guard plans.count == 1 else {
    return verdict(.inconclusive, because: [.differentPlans(oneOfEach(members) { $0.start.shard?.plan })])
  }

  let byIndex = Dictionary(grouping: members) { $0.start.shard?.index }
  let shards = (0..<plan.shards).map { standing($0, of: plan, byIndex[$0] ?? []) }
  let reasons = ShardStanding.Status.allCases.compactMap { status -> SweepReason? in
    let indexes = shards.filter { $0.status == status }.map(\.index)
    return status == .warm || indexes.isEmpty ? nil : .shards(indexes, status, of: plan.shards)
  }
  let strange = differences(from: intent, plan, members, byIndex, settings)
  guard strange.isEmpty else { return verdict(.inconclusive, plan, shards, because: strange + reasons) }
  if shards.contains(where: { $0.status == .cold }) { return verdict(.cold, plan, shards, because: reasons) }
  guard reasons.isEmpty else { return verdict(.inconclusive, plan, shards, because: reasons) }

  // Every shard is warm by its own word. Their statements about the whole must be true, too.
  let deciding = (0..<plan.shards).compactMap { byIndex[$0]?.first }
  var doubts: [SweepReason] = []
  let list = TargetList(of: deciding.map { $0.start.installables })
  if list?.digest != plan.list || list?.targets.count != plan.targets
    || !deciding.allSatisfy(\.judgesAllItWasAskedFor)
  {
    doubts.append(.notTheList)
  }
  let policies = oneOfEach(deciding) { $0.start.policy }
  if policies.count > 1 { doubts.append(.differentPolicies(policies)) }
  func differing(_ reason: ([RunID]) -> SweepReason, by kind: (Run) -> some Hashable) {
    let different = oneOfEach(deciding, by: kind)
    if different.count > 1 { doubts.append(reason(different)) }
  }
  differing(SweepReason.differentRevisions) { $0.start.occasion?.revision }
  differing(SweepReason.differentRepositories) { $0.start.occasion?.repository }
  differing(SweepReason.differentSystems) { settings[$0.start.id]?.system }
  differing(SweepReason.differentCaches) { settings[$0.start.id]?.substituters }
  differing(SweepReason.differentKeys) { settings[$0.start.id]?.keys }
  return verdict(doubts.isEmpty ? .warm : .inconclusive, plan, shards, because: doubts)
}

/// The differences between the runs and the intent.
private func differences(
  from intent: SweepIntent, _ plan: Shard.Plan, _ members: [Run], _ byIndex: [Int?: [Run]],
  _ settings: [RunID: ShardSetting]
) -> [SweepReason] {
  var differences: [SweepReason] = []
  if let meant = intent.shards, meant != plan.shards {
    differences.append(.otherShardCount(plan.shards, meant: meant))
  }
  if let meant = intent.targets, meant.digest != plan.list {
    let asked = Set(members.flatMap(\.start.installables).map(\.redacted))
    let missing = meant.targets.filter { !asked.contains($0.redacted) }
    if !missing.isEmpty {
      differences.append(.missingTargets(Array(missing.prefix(named)), others: max(0, missing.count - named)))
    }
  }
  if let demand = intent.policy {
    let deciding = (0..<plan.shards).compactMap { byIndex[$0]?.first }
    let others = deciding.filter { !demand.fits($0.start.policy, settings[$0.start.id]) }
    if !others.isEmpty { differences.append(.otherPolicy(others.map(\.start.id))) }
  }
  return differences
}

/// How many targets a reason names.
private let named = 8

/// - Parameter runs: the shard's, the latest first.
private func standing(_ index: Int, of plan: Shard.Plan, _ runs: [Run]) -> ShardStanding {
  let lastWord = runs.first { $0.conclusion != nil }
  let decisive = lastWord?.verdict == .cold ? lastWord : runs.first
  let status: ShardStanding.Status =
    switch decisive?.state {
    case nil: .missing
    case .running: .running
    case .interrupted: .interrupted
    case .finished(let conclusion):
      switch conclusion.judgment.verdict {
      case .warm: .warm
      case .cold: .cold
      case .inconclusive: .inconclusive
      }
    }
  return ShardStanding(
    index: index, status: status, run: decisive?.start.id, runs: runs.count,
    targets: TargetList.share(index, of: plan.shards, targets: plan.targets))
}

/// The first run of each kind, in their order.
private func oneOfEach<Kind: Hashable>(_ runs: [Run], by kind: (Run) -> Kind) -> [RunID] {
  var seen: Set<Kind> = []
  return runs.filter { seen.insert(kind($0)).inserted }.map(\.start.id)
}

extension Run {
  /// Whether its conclusion has a judgment about each target that it set out to prove.
  fileprivate var judgesAllItWasAskedFor: Bool {
    let all = conclusion?.judgment.targets.map(\.installable) ?? []
    let judged = Set(all)
    return start.installables.allSatisfy { asked in
      judged.contains(asked) || all.contains { $0.isAttribute(of: asked) }
    }
  }
}
