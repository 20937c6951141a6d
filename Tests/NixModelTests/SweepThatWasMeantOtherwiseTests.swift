import Foundation
import NixModel
import TestSupport
import Testing

/// A sweep beside what it was meant to be, and shards that are not alike.
@Suite struct `A sweep that was meant otherwise` {
  private let name: SweepName
  private let list: TargetList
  private let cache: SubstituterURL
  private let key: PublicKey

  init() throws {
    name = try SweepName(parsing: "nightly")
    list = TargetList(try ["a", "b", "c", "d"].map { try Installable(parsing: "nixpkgs#\($0)") })
    cache = try SubstituterURL(parsing: "https://cache.example.org/main")
    key = try LabKey("main-1").trusted()
  }

  private func run(
    _ index: Int, _ verdict: Verdict = .warm, policy: Policy = Policy(), occasion: Occasion? = nil
  ) throws -> Run {
    let mine = list.part(index, of: 2)
    let reasons = verdict == .warm ? [] : [Reason(.interrupted, verdict == .cold ? .cold : .inconclusive)]
    let ruling = try #require(Ruling(verdict, reasons: reasons))
    let start = RunStart(
      id: RunID("r-\(index)"), started: Date(timeIntervalSince1970: 0), version: "0",
      runner: Runner(host: "h", pod: "p-\(index)", processID: 1, processStart: 1, bootID: "b"),
      installables: mine, policy: policy, occasion: occasion, shard: Shard(index, of: 2, of: list, in: name))
    let judgment = Judgment(
      targets: mine.map { TargetJudgment(installable: $0, derivation: nil, ruling: ruling, outputs: []) },
      closure: ClosureSummary())
    return Run(
      start: start, nixVersion: nil,
      state: .finished(Conclusion(finished: start.started, judgment: judgment, memoryPeak: nil)))
  }

  private func setting(
    _ system: String = "x86_64-linux", _ caches: [SubstituterURL]? = nil, _ keys: [PublicKey]? = nil
  ) -> ShardSetting {
    ShardSetting(system: system, substituters: caches ?? [cache], keys: keys ?? [key])
  }

  private func joined(
    _ runs: [Run]? = nil, meaning intent: SweepIntent = SweepIntent(), _ settings: [ShardSetting?]? = nil
  ) throws -> SweepVerdict {
    let runs = try runs ?? [run(0), run(1)]
    let told = settings ?? [setting(), setting()]
    let pairs = zip(runs, told).compactMap { run, setting in setting.map { (run.start.id, $0) } }
    return join(
      runs, of: name, meaning: intent, settings: Dictionary(uniqueKeysWithValues: pairs))
  }

  @Test func `is warm where it is what was meant`() throws {
    let demand = SweepIntent.Demand(
      policy: Policy(), builds: nil, substituters: [cache], keys: [key])
    let intent = SweepIntent(targets: list, shards: 2, policy: demand)
    #expect(try joined(meaning: intent).verdict == .warm)
    // All that was meant is proved, in whatever order, and perhaps more.
    for targets in [list.targets.reversed(), Array(list.targets.dropLast())] {
      #expect(try joined(meaning: SweepIntent(targets: TargetList(targets))).verdict == .warm)
    }
  }

  @Test func `names the targets that nobody proved`() throws {
    let more = try (0..<12).map { try Installable(parsing: "nixpkgs#more\($0)") }
    let verdict = try joined(meaning: SweepIntent(targets: TargetList(list.targets + more)))
    #expect(verdict.verdict == .inconclusive)
    #expect(verdict.reasons == [.missingTargets(Array(more.prefix(8)), others: 4)])
    let one = try joined(meaning: SweepIntent(targets: TargetList(list.targets + more.prefix(1))))
    #expect(one.reasons == [.missingTargets(Array(more.prefix(1)), others: 0)])
  }

  @Test func `is no answer where it was split otherwise, even a cold one`() throws {
    #expect(try joined(meaning: SweepIntent(shards: 3)).reasons == [.otherShardCount(2, meant: 3)])
    let cold = try joined([run(0, .cold), run(1)], meaning: SweepIntent(shards: 3))
    #expect(cold.verdict == .inconclusive)
    #expect(try joined([run(0, .cold), run(1)], meaning: SweepIntent(shards: 2)).verdict == .cold)
  }

  @Test func `is no answer under another policy`() throws {
    let other = try SubstituterURL(parsing: "https://other.example")
    let stranger = try LabKey("main-1").trusted()
    let demands: [SweepIntent.Demand] = [
      .init(
        policy: Policy(allowBuild: [DerivationGlob("vm-*")]), builds: nil, substituters: [], keys: []),
      .init(
        policy: Policy(forbidBuild: [DerivationGlob("vm-*")]), builds: nil, substituters: [], keys: []),
      .init(policy: Policy(expectFrom: [cache]), builds: nil, substituters: [], keys: []),
      .init(policy: Policy(), builds: .observe, substituters: [], keys: []),
      .init(policy: Policy(), builds: nil, substituters: [other], keys: []),
      .init(policy: Policy(), builds: nil, substituters: [cache, other], keys: []),
      .init(policy: Policy(), builds: nil, substituters: [], keys: [stranger]),
    ]
    for demand in demands {
      let verdict = try joined(meaning: SweepIntent(policy: demand))
      #expect(verdict.verdict == .inconclusive)
      #expect(verdict.reasons == [.otherPolicy([RunID("r-0"), RunID("r-1")])], "\(demand)")
    }
    // A run of which it is not known what it used.
    let demand = SweepIntent.Demand(policy: Policy(), builds: nil, substituters: [cache], keys: [])
    let silent = try joined(meaning: SweepIntent(policy: demand), [setting(), nil])
    #expect(silent.reasons == [.otherPolicy([RunID("r-1")])])
  }

  @Test func `is none where its shards are not alike`() throws {
    let other = try SubstituterURL(parsing: "https://other.example")
    let both = [RunID("r-0"), RunID("r-1")]
    let cases: [(ShardSetting?, [SweepReason])] = [
      (setting("aarch64-linux"), [.differentSystems(both)]),
      (setting("x86_64-linux", [other]), [.differentCaches(both)]),
      (setting("x86_64-linux", [cache, other]), [.differentCaches(both)]),
      (setting("x86_64-linux", nil, [try LabKey("main-1").trusted()]), [.differentKeys(both)]),
      (nil, [.differentSystems(both), .differentCaches(both), .differentKeys(both)]),
    ]
    for (second, reasons) in cases {
      let verdict = try joined([setting(), second])
      #expect(verdict.verdict == .inconclusive)
      #expect(verdict.reasons == reasons)
    }
    let swapped = setting("x86_64-linux", [other, cache])
    #expect(try joined([setting("x86_64-linux", [cache, other]), swapped]).verdict == .warm)
  }

  @Test func `is none where its shards are of different sources`() throws {
    let first = Occasion(repository: "a/b", revision: "1")
    let both = [RunID("r-0"), RunID("r-1")]
    let cases: [(Occasion?, [SweepReason])] = [
      (Occasion(repository: "a/b", revision: "2"), [.differentRevisions(both)]),
      (Occasion(repository: "x/b", revision: "1"), [.differentRepositories(both)]),
      (nil, [.differentRevisions(both), .differentRepositories(both)]), (first, []),
      // Only the job differs.
      (Occasion(repository: "a/b", revision: "1", pipeline: "7"), []),
    ]
    for (second, reasons) in cases {
      let verdict = try joined([run(0, occasion: first), run(1, occasion: second)])
      #expect(verdict.reasons == reasons)
      #expect(verdict.verdict == (reasons.isEmpty ? .warm : .inconclusive))
    }
  }

  private func joined(_ settings: [ShardSetting?]) throws -> SweepVerdict {
    try joined(nil, meaning: SweepIntent(), settings)
  }
}
