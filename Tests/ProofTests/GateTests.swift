import Foundation
import NixModel
import Proof
import TestSupport
import Testing

/// Recorded runs in memory, and how much of them was asked for.
private final class Shelf {
  var scenes: [GateScene]
  private(set) var asked: [RunID] = []
  private(set) var listed = 0

  init(_ scenes: [GateScene]) { self.scenes = scenes }

  /// The latest first: those that began last.
  private var sorted: [GateScene] { scenes.sorted { $0.began < $1.began } }

  func answer(under policy: GatePolicy, of targets: [String] = ["qemu"]) throws -> GateAnswer {
    try gate(
      targets, under: policy, at: GateScene.now,
      from: GateArchive(
        runs: { [self] target, limit in
          listed = max(listed, limit)
          return target == "qemu" ? sorted.prefix(limit).map(\.run) : []
        },
        proof: { [self] run, _ in
          asked.append(run)
          return try #require(scenes.first { $0.id == run }).proof
        }))
  }
}

@Suite struct `The gate` {
  private let day = GatePolicy(maximumAge: 86_400)
  /// What every run is made from: its signatures are made once.
  private let template: GateScene
  init() throws { template = try GateScene() }

  private func scene(
    _ id: String, _ verdict: Verdict? = .warm, on host: String = "runner-1", began: Int,
    signers: [PublicKey] = []
  ) throws -> GateScene {
    var scene = template
    scene.id = RunID(id)
    scene.runner = GateScene.runner(host)
    scene.verdict = verdict
    scene.began = began
    scene.ended = began - 30
    scene.proof.signers = signers
    return scene
  }

  private func two(_ count: Int = 2) -> GatePolicy {
    var policy = day
    policy.runners = count
    return policy
  }

  @Test func `says yes to a fresh warm run`() throws {
    #expect(try Shelf([scene("r", began: 100)]).answer(under: day).answer == .yes)
    #expect(try Shelf([]).answer(under: day).answer == .unknown)
    #expect(try Shelf([]).answer(under: day, of: []).answer == .unknown)
  }

  @Test func `says no where one target is cold, whatever the others are`() throws {
    let shelf = try Shelf([scene("r", .cold, began: 100)])
    #expect(try shelf.answer(under: day, of: ["other", "qemu"]).answer == .no)
    #expect(try Shelf([scene("r", began: 100)]).answer(under: day, of: ["other", "qemu"]).answer == .unknown)
  }

  @Test(arguments: [(Verdict?.some(.cold), GateAnswer.Answer.no), (.inconclusive, .unknown), (nil, .unknown)])
  func `lets a later run beat an earlier warm one`(_ verdict: Verdict?, _ answer: GateAnswer.Answer) throws {
    let shelf = try Shelf([
      scene("old", began: 900), scene("other", on: "runner-2", began: 800), scene("new", verdict, began: 700),
    ])
    #expect(try shelf.answer(under: day).answer == answer)
    #expect(try shelf.answer(under: two()).answer == answer)
  }

  @Test func `reads one run where one runner is enough`() throws {
    let shelf = try Shelf((1...50).map { try scene("r-\($0)", began: 100 * $0) })
    #expect(try shelf.answer(under: day).answer == .yes)
    #expect(shelf.asked == [RunID("r-1")])
    #expect(shelf.listed == 1)
  }

  @Test func `counts distinct runners, each by its latest run`() throws {
    let shelf = try Shelf([
      scene("a", on: "one", began: 100), scene("b", on: "one", began: 200),
      scene("c", on: "two", began: 300), scene("d", on: "three", began: 400),
    ])
    let answer = try shelf.answer(under: two())
    #expect(answer.answer == .yes)
    #expect(answer.targets[0].findings.last?.counted?.map(\.id.text) == ["a", "c"])
    // No more was read than that.
    #expect(shelf.asked.map(\.text) == ["a", "c"])
    #expect(try shelf.answer(under: two(3)).answer == .yes)
    #expect(try shelf.answer(under: two(4)).answer == .unknown)
  }

  @Test func `does not take two runs of one runner for two`() throws {
    let answer = try Shelf([scene("a", began: 100), scene("b", began: 200)]).answer(under: two())
    #expect(answer.answer == .unknown)
    #expect(
      answer.targets[0].findings.last
        == .tooFewRunners([try scene("a", began: 100).run], needed: 2, because: .noEarlierRun))
  }

  @Test(arguments: [Verdict.cold, .inconclusive, nil])
  func `counts nothing before a run that is not warm`(_ verdict: Verdict?) throws {
    let latest = try scene("a", on: "one", began: 100)
    let answer = try Shelf([
      latest, scene("b", verdict, on: "three", began: 200), scene("c", on: "two", began: 300),
    ]).answer(under: two())
    #expect(answer.answer == .unknown)
    #expect(
      answer.targets[0].findings.last
        == .tooFewRunners([latest.run], needed: 2, because: .notWarm(RunID("b"))))
  }

  @Test func `counts nothing that is too old`() throws {
    let latest = try scene("a", on: "one", began: 100)
    let answer = try Shelf([latest, scene("b", on: "two", began: 90_000)]).answer(under: two())
    #expect(
      answer.targets[0].findings.last
        == .tooFewRunners([latest.run], needed: 2, because: .outOfAge(RunID("b"))))
  }

  @Test func `does not count a run that breaks a rule, nor its runner's earlier ones`() throws {
    var lax = try scene("b", on: "two", began: 200)
    lax.proof.builds = [try Make.path("libguestfs.drv")]
    var policy = two()
    policy.builds = Policy()
    let runs = [try scene("a", on: "one", began: 100), lax, try scene("c", on: "two", began: 300)]
    #expect(try Shelf(runs).answer(under: policy).answer == .unknown)
    #expect(try Shelf(runs + [scene("d", on: "three", began: 400)]).answer(under: policy).answer == .yes)
  }

  @Test func `finds a second runner behind many runs of the first`() throws {
    let many = try (1...700).map { try scene("r-\($0)", on: "one", began: 100 + $0) }
    let shelf = Shelf(many + [try scene("last", on: "two", began: 5000)])
    #expect(try shelf.answer(under: two()).answer == .yes)
    #expect(shelf.asked.map(\.text) == ["r-1", "last"])
    #expect(try Shelf(many).answer(under: two()).answer == .unknown)
  }

  // MARK: For any runs and rules

  /// What a seed makes of a run: any verdict, runner, age, and testimony.
  private func anyScene(_ id: Int, _ numbers: inout SplitMix, _ keys: [PublicKey]) throws -> GateScene {
    var scene = template
    scene.id = RunID("r-\(id)")
    scene.runner = GateScene.runner("runner-\(Int.random(in: 0..<4, using: &numbers))")
    scene.began = Int.random(in: 1...5000, using: &numbers)
    scene.ended = scene.began - Int.random(in: 0...60, using: &numbers)
    // Mostly warm, or there would be no yes to speak of.
    let verdicts: [Verdict?] = [.warm, .warm, .warm, .warm, .warm, .warm, .cold, .inconclusive, nil]
    scene.verdict = verdicts.randomElement(using: &numbers) ?? nil
    if Int.random(in: 0..<5, using: &numbers) == 0 {
      scene.proof.builds = [try Make.path("vm-test-run.drv"), try Make.path("qemu.drv")]
    }
    if Int.random(in: 0..<5, using: &numbers) == 0 {
      scene.proof.paths[1] = RecordedPath(scene.glib, copiedFrom: "http://other.example", registration: nil)
    }
    if Int.random(in: 0..<8, using: &numbers) == 0 { scene.proof.couldWrite = true }
    scene.proof.signers = Int.random(in: 0..<4, using: &numbers) > 0 ? keys : []
    return scene
  }

  private func anyPolicy(_ numbers: inout SplitMix) -> GatePolicy {
    GatePolicy(maximumAge: Int.random(in: 1000...6000, using: &numbers))
  }

  /// Every way of asking for one thing more.
  private func stricter(_ policy: GatePolicy, _ keys: [PublicKey]) throws -> [GatePolicy] {
    let changes: [(inout GatePolicy) throws -> Void] = [
      { $0.maximumAge /= 2 },
      { $0.acceptedCaches = [try SubstituterURL(parsing: "http://cache.example/main")] },
      { $0.trustedKeys = [try template.key.trusted()] }, { $0.builds = Policy() },
      // Whatever may be built asks for more than no rule, and for less than a rule that is there.
      { $0.builds = $0.builds ?? Policy(allowBuild: [DerivationGlob("*")]) }, { $0.collectors = keys },
      { $0.runners += 1 },
    ]
    return try changes.map { change in
      var other = policy
      try change(&other)
      return other
    }
  }

  @Test func `keeps its promises for any runs and rules`() throws {
    var numbers = SplitMix(seed: 20_260_503)
    let keys = [try LabKey("collector-1").trusted()]
    var counts: [GateAnswer.Answer: Int] = [:]
    for _ in 0..<150 {
      let count = Int.random(in: 0...6, using: &numbers)
      let shelf = Shelf(try (0..<count).map { try anyScene($0, &numbers, keys) })
      var policy = anyPolicy(&numbers)
      // From a policy that asks for little, step by step to one that asks for all.
      for _ in 0..<4 {
        let answer = try shelf.answer(under: policy)
        counts[answer.answer, default: 0] += 1

        // Yes implies that each rule is met.
        if answer.answer == .yes {
          #expect(answer.targets.allSatisfy { $0.findings.allSatisfy { $0.standing == .met } })
        }
        // One rule more never turns no or unknown into yes.
        let next = try stricter(policy, keys)
        if answer.answer != .yes {
          for other in next { #expect(try shelf.answer(under: other).answer != .yes) }
        }
        // Nothing that is not warm turns the answer to yes, whenever it was; and after all others it ends any yes.
        for verdict in [Verdict.cold, .inconclusive, nil] {
          for began in [1, Int.random(in: 1...5000, using: &numbers)] {
            var after = try scene("z", verdict, on: "runner-\(began % 5)", began: began, signers: keys)
            after.ended = max(0, began - 1)
            let more = try Shelf(shelf.scenes + [after]).answer(under: policy).answer
            if answer.answer != .yes { #expect(more != .yes) }
            if shelf.scenes.allSatisfy({ $0.began > began }) { #expect(more != .yes) }
          }
        }
        policy = next.randomElement(using: &numbers) ?? policy
      }
    }
    // It was about something.
    #expect(GateAnswer.Answer.allCases.allSatisfy { counts[$0, default: 0] > 20 }, "\(counts)")
  }
}
