package import NixModel

extension SweepReason {
  /// A stable word for it.
  var code: String {
    switch self {
    case .nothing: "nothing-recorded"
    case .shards(_, let status, _): "shard-\(status.rawValue)"
    case .differentPlans: "different-plans"
    case .notTheList: "not-the-list"
    case .differentPolicies: "different-policies"
    case .differentRevisions: "different-revisions"
    case .differentRepositories: "different-repositories"
    case .differentSystems: "different-systems"
    case .differentCaches: "different-caches"
    case .differentKeys: "different-keys"
    case .missingTargets: "missing-targets"
    case .otherShardCount: "other-shard-count"
    case .otherPolicy: "other-policy"
    }
  }

  /// Its meaning and the next step.
  var sentence: String {
    switch self {
    case .nothing: return "no run of it counts"
    case .shards(let indexes, let status, let count):
      let (shards, one) = (Self.named(indexes, of: count), indexes.count == 1)
      return switch status {
      case .warm: "\(shards) \(one ? "is" : "are") warm"
      case .cold: "\(shards) \(one ? "is" : "are") cold; warmth explain says why of each run"
      case .inconclusive: "\(shards) came to no verdict; warmth explain says why, then prove again"
      case .missing:
        "\(shards) \(one ? "is" : "are") missing: no run is recorded; import the bundle, or prove what is left"
      case .interrupted: "\(shards) \(one ? "was" : "were") cut off without a verdict; prove again"
      case .running: "\(shards) \(one ? "is" : "are") still being proved; ask again when that has ended"
      }
    case .differentPlans(let runs):
      return
        "its runs are parts of different lists, or of different numbers of shards, as \(Self.named(runs)) are; give each proof a name of its own"
    case .notTheList:
      return
        "the targets of its shards, put together, are not the list that they are said to be parts of; prove it again under a new name"
    case .differentRevisions(let runs):
      return
        "its shards were proved for different revisions of the source, as \(Self.named(runs)) were; prove all of them for one"
    case .differentRepositories(let runs):
      return
        "its shards were proved for different projects, as \(Self.named(runs)) were; prove all of them for one"
    case .differentSystems(let runs):
      return
        "its shards were proved on different platforms, as \(Self.named(runs)) were; prove all of them on one"
    case .differentCaches(let runs):
      return
        "its shards used different caches, as \(Self.named(runs)) did; prove all of them with the same"
    case .differentKeys(let runs):
      return
        "its shards trusted different keys, as \(Self.named(runs)) did; prove all of them with the same"
    case .missingTargets(let targets, let others):
      let shown = targets.map { Words.line($0.redacted.description) } + (others > 0 ? ["\(others) more"] : [])
      return "no shard was asked for \(Words.list(shown)); prove the list that was meant"
    case .otherShardCount(let count, let meant):
      return
        "its list was split into \(Words.count(count, "shard")), and was meant to be split into \(meant); name the number that was meant, or prove it again"
    case .otherPolicy(let runs):
      return
        "another policy than the one that was meant governed \(Self.named(runs)); prove again with --policy"
    case .differentPolicies(let runs):
      return
        "its shards were proved under different policies, as \(Self.named(runs)) were; prove all of them under one"
    }
  }

  /// `shard 2 of 8`, `shards 0, 2 to 5 and 7 of 8`.
  private static func named(_ indexes: [Int], of count: Int) -> String {
    var ranges: [ClosedRange<Int>] = []
    for index in indexes {
      if let last = ranges.last, last.upperBound + 1 == index {
        ranges[ranges.count - 1] = last.lowerBound...index
      } else {
        ranges.append(index...index)
      }
    }
    let shown = ranges.prefix(longest).map { range in
      switch range.count {
      case 1: "\(range.lowerBound)"
      case 2: "\(range.lowerBound), \(range.upperBound)"
      default: "\(range.lowerBound) to \(range.upperBound)"
      }
    }
    let rest = ranges.dropFirst(longest).reduce(0) { $0 + $1.count }
    let all = Words.list(shown + (rest > 0 ? ["\(rest) more"] : []))
    return "\(indexes.count == 1 ? "shard" : "shards") \(all) of \(count)"
  }

  private static func named(_ runs: [RunID]) -> String {
    let shown = runs.prefix(longest).map { Words.line($0.text) }
    let rest = runs.count - shown.count
    return "\(runs.count == 1 ? "run" : "runs") \(Words.list(shown + (rest > 0 ? ["\(rest) more"] : [])))"
  }

  /// How many of a kind a sentence names.
  private static let longest = 8
}

extension Shard {
  /// `shard 0 of 3 of sweep nightly (5 targets in all)`.
  package var phrase: String {
    "shard \(index) of \(plan.shards) of sweep \(sweep) (\(Words.count(plan.targets, "target")) in all)"
  }
}
