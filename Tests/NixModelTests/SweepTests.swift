import Foundation
import NixModel
import TestSupport
import Testing

/// What the runs of a sweep come to together, case by case.
@Suite struct `A sweep` {
  private let name: SweepName
  private let list: TargetList

  init() throws {
    name = try SweepName(parsing: "nightly-7")
    list = TargetList(
      try ["a", "b", "c", "d", "e", "f", "g"].map { try Installable(parsing: "nixpkgs#\($0)") })
  }

  private enum End {
    case running, interrupted
    case finished(Verdict)
  }

  /// A run of a shard; by default of the third part of the list, as a pod makes it.
  private func run(
    _ index: Int, of count: Int = 3, _ end: End, at second: Double = 0, splitting other: TargetList? = nil,
    about targets: [Installable]? = nil, judging judged: [Installable]? = nil, in sweep: SweepName? = nil,
    policy: Policy = Policy()
  ) throws -> Run {
    let list = other ?? list
    let mine = targets ?? list.part(index, of: count)
    let start = RunStart(
      id: RunID("run-\(index)-\(second)-\(count)"), started: Date(timeIntervalSince1970: second),
      version: "0",
      runner: Runner(host: "h", pod: "p-\(index)", processID: 1, processStart: 1, bootID: "b"),
      installables: mine, policy: policy,
      shard: Shard(index, of: count, of: list, in: sweep ?? name))
    let state: Run.State =
      switch end {
      case .running: .running
      case .interrupted: .interrupted
      case .finished(let verdict):
        .finished(
          Conclusion(
            finished: start.started, judgment: try judgment(verdict, of: judged ?? mine), memoryPeak: nil))
      }
    return Run(start: start, nixVersion: nil, state: state)
  }

  /// One target has the verdict, the others are warm.
  private func judgment(_ verdict: Verdict, of targets: [Installable]) throws -> Judgment {
    let reason = Reason(.interrupted, verdict == .cold ? .cold : .inconclusive)
    return Judgment(
      targets: try targets.enumerated().map { index, target in
        let isBad = index == 0 && verdict != .warm
        return TargetJudgment(
          installable: target, derivation: nil,
          ruling: try #require(Ruling(isBad ? verdict : .warm, reasons: isBad ? [reason] : [])), outputs: [])
      }, closure: ClosureSummary())
  }

  private func allWarm() throws -> [Run] { try (0..<3).map { try run($0, .finished(.warm)) } }

  @Test func `is warm where every shard is`() throws {
    let verdict = join(try allWarm().reversed(), of: name)
    #expect(verdict.verdict == .warm)
    #expect(verdict.reasons.isEmpty)
    #expect(verdict.plan == Shard(0, of: 3, of: list, in: name)?.plan)
    #expect(verdict.shards.map(\.status) == [.warm, .warm, .warm])
    #expect(verdict.shards.map(\.targets) == [3, 2, 2])
    #expect(verdict.shards.map { $0.run?.text } == ["run-0-0.0-3", "run-1-0.0-3", "run-2-0.0-3"])
  }

  @Test(arguments: 0..<3) func `is inconclusive where one is missing, and names it`(missing: Int) throws {
    let verdict = join(try allWarm().filter { $0.start.shard?.index != missing }, of: name)
    #expect(verdict.verdict == .inconclusive)
    #expect(verdict.reasons == [.shards([missing], .missing, of: 3)])
    #expect(verdict.shards[missing].run == nil)
  }

  @Test func `is cold where one is, whatever the others are`() throws {
    let others: [End] = [.finished(.warm), .finished(.inconclusive), .running, .interrupted]
    for other in others {
      let runs = [try run(0, .finished(.cold)), try run(1, other)]
      let verdict = join(runs, of: name)
      #expect(verdict.verdict == .cold, "\(other)")
      #expect(verdict.reasons.first == .shards([0], .cold, of: 3))
      #expect(verdict.reasons.contains(.shards([2], .missing, of: 3)))
    }
  }

  @Test func `is inconclusive where one is, or was cut off, or is under way`() throws {
    for (end, status) in [
      (End.finished(.inconclusive), ShardStanding.Status.inconclusive), (.interrupted, .interrupted),
      (.running, .running),
    ] {
      let verdict = join(try Array(allWarm().dropLast()) + [run(2, end)], of: name)
      #expect(verdict.verdict == .inconclusive)
      #expect(verdict.reasons == [.shards([2], status, of: 3)])
    }
  }

  /// What the earlier and the later run of a shard come to: the later decides, but a run that says nothing takes
  /// back no verdict of cold.
  @Test func `lets the latest run of a shard decide`() throws {
    let cases: [(End, End, ShardStanding.Status, Verdict)] = [
      (.finished(.cold), .finished(.warm), .warm, .warm),
      (.finished(.inconclusive), .finished(.warm), .warm, .warm),
      (.interrupted, .finished(.warm), .warm, .warm),
      (.finished(.warm), .finished(.cold), .cold, .cold),
      (.finished(.warm), .finished(.inconclusive), .inconclusive, .inconclusive),
      (.finished(.cold), .finished(.inconclusive), .inconclusive, .inconclusive),
      (.finished(.warm), .interrupted, .interrupted, .inconclusive),
      (.finished(.warm), .running, .running, .inconclusive),
      (.finished(.cold), .interrupted, .cold, .cold), (.finished(.cold), .running, .cold, .cold),
    ]
    for (earlier, later, status, overall) in cases {
      let others = try allWarm().filter { $0.start.shard?.index != 1 }
      let both = [try run(1, earlier, at: 10), try run(1, later, at: 20)]
      for runs in [both + others, others + both.reversed()] {
        let verdict = join(runs, of: name)
        #expect(verdict.shards[1].status == status, "\(earlier), then \(later)")
        #expect(verdict.verdict == overall, "\(earlier), then \(later)")
        #expect(verdict.shards[1].runs == 2)
      }
    }
  }

  @Test func `does not join what was split otherwise`() throws {
    let other = TargetList(list.targets.reversed())
    for stranger in [try run(2, of: 4, .finished(.cold)), try run(2, .finished(.cold), splitting: other)] {
      let verdict = join(try allWarm() + [stranger], of: name)
      #expect(verdict.verdict == .inconclusive)
      #expect(verdict.plan == nil && verdict.shards.isEmpty)
      guard case .differentPlans(let runs)? = verdict.reasons.first else {
        Issue.record("\(verdict.reasons)")
        continue
      }
      #expect(runs.count == 2)
      #expect(runs.contains(stranger.start.id))
    }
  }

  @Test func `passes runs of other sweeps over`() throws {
    let elsewhere = try run(0, .finished(.cold), at: 9, in: SweepName(parsing: "other"))
    #expect(join(try allWarm() + [elsewhere], of: name).verdict == .warm)
    let nothing = join([elsewhere], of: name)
    #expect(nothing.verdict == .inconclusive)
    #expect(nothing.reasons == [.nothing])
  }

  @Test func `is only warm where the shards have proved the list that they name`() throws {
    // A shard that was asked for less, for more, for others, or that judged less than it was asked for.
    let part = list.part(1, of: 3)
    let odd = try Installable(parsing: "nixpkgs#odd")
    for targets in [Array(part.dropLast()), part + [odd], [part[0], odd], part.reversed()] {
      let runs = try allWarm().filter { $0.start.shard?.index != 1 }
      let verdict = join(runs + [try run(1, .finished(.warm), about: targets)], of: name)
      #expect(verdict.verdict == .inconclusive)
      #expect(verdict.reasons == [.notTheList])
    }
    let runs = try allWarm().filter { $0.start.shard?.index != 1 }
    let silent = try run(1, .finished(.warm), judging: [part[0]])
    #expect(join(runs + [silent], of: name).reasons == [.notTheList])
  }

  @Test func `is only warm under one policy`() throws {
    let lax = Policy(builds: .observe, allowBuild: [DerivationGlob("*")])
    let runs = try Array(allWarm().dropLast()) + [run(2, .finished(.warm), policy: lax)]
    let verdict = join(runs, of: name)
    #expect(verdict.verdict == .inconclusive)
    guard case .differentPolicies(let differing)? = verdict.reasons.first else {
      Issue.record("\(verdict.reasons)")
      return
    }
    #expect(differing.map(\.text) == ["run-0-0.0-3", "run-2-0.0-3"])
    // An earlier run under another policy does not speak, and so does not matter.
    let corrected = runs + [try run(2, .finished(.warm), at: 9)]
    #expect(join(corrected, of: name).verdict == .warm)
  }

  @Test(arguments: 1...7) func `has every target in one shard, and is put together again`(count: Int) throws {
    let parts = (0..<count).map { list.part($0, of: count) }
    #expect(Set(parts.flatMap { $0 }) == Set(list.targets))
    #expect(parts.reduce(0) { $0 + $1.count } == 7)
    #expect(!parts.contains { $0.isEmpty })
    #expect(TargetList(of: parts) == list)
    #expect(count == 1 || TargetList(of: parts.reversed()) != list)
  }

  @Test func `has a list without repetitions, whose digest anybody can make`() throws {
    let twice = TargetList(list.targets + list.targets)
    #expect(twice == list)
    // printf '%s\n' 'nixpkgs#a' 'nixpkgs#b' | sha256sum
    let two = TargetList(try ["nixpkgs#a", "nixpkgs#b"].map { try Installable(parsing: $0) })
    #expect(two.digest == "43a9452770f081f6298f68c89ee06734e11983c99f018ac31588ba45a499f0ba")
    #expect(TargetList(two.targets.reversed()).digest != two.digest)
  }

  @Test func `has no shard that cannot be`() {
    let digest = list.digest
    func shard(_ index: Int, _ shards: Int, _ targets: Int, _ list: String? = nil) -> Shard? {
      Shard(sweep: name, index: index, shards: shards, targets: targets, list: list ?? digest)
    }
    #expect(shard(0, 1, 1) != nil)
    #expect(shard(99_999, 100_000, 100_000) != nil)
    for (index, shards, targets) in [
      (-1, 3, 7), (3, 3, 7), (0, 0, 7), (0, -1, 7), (0, 8, 7), (0, 1, 0), (0, 1, 100_001), (0, .max, .max),
    ] { #expect(shard(index, shards, targets) == nil) }
    #expect(shard(0, 1, 1, "abc") == nil)
  }

  @Test func `has a name as DNS has labels`() throws {
    for text in ["a", "0", "nightly-2026-11-21", String(repeating: "a", count: 63)] {
      #expect(try SweepName(parsing: text).text == text)
    }
    for text in ["", "-a", "a-", "A", "a.b", "a_b", "ä", "a b", "a\n", String(repeating: "a", count: 64)] {
      let error = #expect(throws: SweepNameError.self) { try SweepName(parsing: text) }
      #expect(error?.description.contains("small letters, digits and hyphens") == true)
    }
  }
}
