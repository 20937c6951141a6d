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
    try answer(under: policy, to: targets.map { .named($0) })
  }

  func answer(under policy: GatePolicy, to questions: [GateQuestion]) throws -> GateAnswer {
    try gate(
      questions, under: policy, at: GateScene.now,
      from: GateArchive(
        subjects: { [self] name, limit in
          Array(
            scenes.map(\.subject).filter { subject in
              subject.name == name.text || name.mayBeAttribute && subject.name.hasSuffix("#\(name.text)")
            }.unique.prefix(limit))
        },
        runs: { [self] topic, limit in
          listed = max(listed, limit)
          let about = sorted.filter { scene in
            switch topic {
            case .subject(let subject):
              subject.record == scene.subject.record
                && (subject.system == nil || scene.subject.system == nil
                  || subject.system == scene.subject.system)
            case .outputs(let paths): paths == Set(scene.run.outputs)
            }
          }
          return about.prefix(limit).map(\.run)
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

  @Test(arguments: [(Verdict?.some(.cold), Answer.no), (.inconclusive, .unknown), (nil, .unknown)])
  func `lets a later run beat an earlier warm one`(_ verdict: Verdict?, _ answer: Answer) throws {
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

  // MARK: What it speaks of

  /// One way in which runs of other things stand beside those that are asked for.
  struct Meaning: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// The installables and platforms that warm runs are about, the latest first.
    let runs: [(name: String, system: String?)]
    let target: String
    var source: String?
    var systems: [String] = []
    let answer: Answer
    /// The installables and platforms that are spoken of.
    let of: [String]

    init(
      _ name: String, _ runs: [(String, String?)], _ target: String, of source: String? = nil,
      on systems: [String] = [], _ answer: Answer, _ of: [String]
    ) {
      testDescription = name
      self.runs = runs
      self.target = target
      self.source = source
      self.systems = systems
      self.answer = answer
      self.of = of
    }
  }

  private static let (x86, arm) = ("x86_64-linux", "aarch64-linux")
  private static let unstable = "github:NixOS/nixpkgs/nixos-unstable"

  @Test(arguments: [
    Meaning(
      "an attribute of one source", [("a#qemu", x86), ("a#qemu", x86)], "qemu", .yes, ["a#qemu \(x86)"]),
    Meaning("an attribute of two sources", [("a#qemu", x86), (".#qemu", x86)], "qemu", .unknown, []),
    Meaning("an attribute on two platforms", [("a#qemu", arm), ("a#qemu", x86)], "qemu", .unknown, []),
    Meaning(
      "a whole reference on two platforms", [("a#qemu", arm), ("a#qemu", x86)], "a#qemu", .unknown, []),
    Meaning(
      "a whole reference beside others", [(".#qemu", x86), ("a#qemu", x86)], "a#qemu", .yes,
      ["a#qemu \(x86)"]),
    Meaning("a whole reference that nobody proved", [(".#qemu", x86)], "a#qemu", .unknown, []),
    Meaning(
      "a flake's attribute that is called like another flake's", [(".#\(unstable)#qemu", x86)],
      "\(unstable)#qemu", .unknown, []),
    Meaning(
      "a flake's attribute that is called like a flake", [(".#\(unstable)", x86)], unstable, .unknown, []),
    Meaning(
      "a directory that is called like a flake", [("./\(unstable)#qemu", x86)], "\(unstable)#qemu", .unknown,
      []),
    Meaning(
      "a file, as it was named on the command line", [("./default.nix#qemu", x86)], "default.nix#qemu", .yes,
      ["./default.nix#qemu \(x86)"]),
    Meaning(
      "an attribute of the source that is bound", [(".#qemu", x86), ("\(unstable)#qemu", x86)], "qemu",
      of: unstable, .yes, ["\(unstable)#qemu \(x86)"]),
    Meaning("an attribute of another source", [(".#qemu", x86)], "qemu", of: unstable, .unknown, []),
    Meaning("a reference of another source", [(".#qemu", x86)], ".#qemu", of: unstable, .unknown, []),
    Meaning(
      "the platform that is bound", [("a#qemu", arm), ("a#qemu", x86)], "qemu", on: [x86], .yes,
      ["a#qemu \(x86)"]),
    Meaning("another platform", [("a#qemu", arm)], "qemu", on: [x86], .unknown, ["a#qemu \(x86)"]),
    Meaning(
      "each of two platforms", [("a#qemu", arm), ("a#qemu", x86)], "a#qemu", on: [x86, arm], .yes,
      ["a#qemu \(x86)", "a#qemu \(arm)"]),
    Meaning(
      "one of two platforms", [("a#qemu", x86)], "a#qemu", on: [x86, arm], .unknown,
      ["a#qemu \(x86)", "a#qemu \(arm)"]),
    Meaning(
      "a store path, which no platform makes another",
      [("/nix/store/00000000000000000000000000000000-qemu", nil)],
      "/nix/store/00000000000000000000000000000000-qemu", on: [x86], .yes,
      ["/nix/store/00000000000000000000000000000000-qemu -"]),
  ])
  func `speaks of one thing, and says of which`(_ meaning: Meaning) throws {
    let shelf = Shelf(
      try meaning.runs.enumerated().map { index, run in
        var scene = try scene("r-\(index)", began: 100 + index)
        scene.subject = GateScene.subject(run.name, on: run.system)
        return scene
      })
    var policy = day
    policy.source = meaning.source
    policy.systems = meaning.systems
    let answer = try shelf.answer(under: policy, of: [meaning.target])
    #expect(answer.answer == meaning.answer, "\(answer)")
    #expect(
      answer.targets.compactMap(\.subject).map { "\($0.name) \($0.system ?? "-")" } == meaning.of, "\(answer)"
    )
    if meaning.answer == .unknown, Set(meaning.runs.map { $0.name }).count > 1, meaning.source == nil {
      #expect(answer.targets.flatMap(\.findings).flatMap(\.alternatives).count > 1)
    }
  }

  @Test func `asks for what was evaluated by its outputs, whatever runs called it`() throws {
    var other = try scene("r", began: 100)
    other.subject = GateScene.subject(".#anything")
    let shelf = Shelf([other])
    func target(_ outputs: [StorePath], _ system: String = "x86_64-linux") throws -> GateQuestion {
      .evaluated(
        Target(
          installable: try Installable(parsing: "a#qemu"),
          resolution: .derivation(
            try Make.path("qemu.drv"), system: system,
            outputs: outputs.enumerated().map { .init(name: "o\($0.offset)", path: $0.element) })))
    }
    #expect(try shelf.answer(under: day, to: [target([other.qemu])]).answer == .yes)
    let more = try shelf.answer(under: day, to: [target([other.qemu, other.glib])])
    #expect(more.answer == .unknown)
    #expect(more.targets[0].outputs == [other.qemu, other.glib])
    #expect(more.targets[0].subject?.name == "a#qemu")
    var bound = day
    bound.source = "a"
    #expect(try shelf.answer(under: bound, to: [target([other.qemu])]).answer == .yes)
    bound.source = "b"
    #expect(try shelf.answer(under: bound, to: [target([other.qemu])]).answer == .unknown)
    bound = day
    bound.systems = ["aarch64-linux"]
    #expect(try shelf.answer(under: bound, to: [target([other.qemu])]).answer == .unknown)
    let failed = UnresolvedTarget(installable: try Installable(parsing: "a#qemu"), error: "no such attribute")
    let unknown = try shelf.answer(under: day, to: [.unresolved(failed)])
    #expect(unknown.targets[0].findings == [.notEvaluated("no such attribute")])
    #expect(unknown.answer == .unknown)
  }

  // MARK: Clocks

  /// The latest run lies in the future, by so many seconds; and so many seconds ago another began.
  @Test(arguments: [
    (-240, Verdict?.some(.cold), 60, Answer.no), (-240, .inconclusive, 60, .unknown),
    (-240, nil, 60, .unknown), (-240, .warm, 60, .yes), (-1, .cold, 200, .no), (-240, .cold, 120, .no),
    (-240, .cold, 300, .no), (-30, .cold, 0, .no),
    // What began longer before than clocks may be apart was earlier, whatever they say.
    (-1, .cold, 400, .yes), (-300, .cold, 1, .no), (-240, .cold, 3600, .yes),
    // No clock is known to be ahead.
    (30, .cold, 60, .yes),
  ])
  func `does not let a run of the future beat one that is not warm and may be later`(
    _ began: Int, _ verdict: Verdict?, _ other: Int, _ answer: Answer
  ) throws {
    var ahead = try scene("ahead", began: began)
    ahead.ended = began
    let runs = [ahead, try scene("other", verdict, on: "runner-2", began: other)]
    #expect(try Shelf(runs).answer(under: day).answer == answer)
    // However many are between them.
    let many = try (0..<90).map { try scene("m-\($0)", on: "runner-3", began: began + 1) }
    #expect(try Shelf(runs + many).answer(under: day).answer == (answer == .yes ? .yes : answer))
  }

  @Test func `knows a clock that is ahead by its end as well`() throws {
    var ahead = try scene("ahead", began: 30)
    ahead.ended = -60
    #expect(try Shelf([ahead, scene("other", .cold, began: 90)]).answer(under: day).answer == .no)
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
    var counts: [Answer: Int] = [:]
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
    #expect(Answer.allCases.allSatisfy { counts[$0, default: 0] > 20 }, "\(counts)")
  }
}
