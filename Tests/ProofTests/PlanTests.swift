import NixModel
import Proof
import Synchronization
import TestSupport
import Testing

@Suite struct `A plan` {
  /// `app` needs `lib` and `tool` to be built, and refers to `lib`; `lib` needs `base`, and refers to it.
  private struct World {
    let scene: Scene
    var graph: [StorePath: Derivation] = [:]
    var answers: [StorePath: [Survey.Answer]] = [:]
    var caches: [Survey.Cache]
    private(set) var outputs: [String: StorePath] = [:]

    init() throws {
      scene = try Scene()
      caches = scene.survey.caches
      try add("base", needing: [], referringTo: [])
      try add("lib", needing: ["base"], referringTo: ["base"])
      try add("tool", needing: [], referringTo: [])
      try add("app", needing: ["lib", "tool"], referringTo: ["lib"])
    }

    mutating func add(_ name: String, needing inputs: [String], referringTo references: [String]) throws {
      let path = try Make.path(name)
      outputs[name] = path
      graph[try drv(name)] = Derivation(
        outputs: ["out": path],
        inputDerivations: Dictionary(uniqueKeysWithValues: try inputs.map { (try drv($0), ["out"]) }))
      try offer(name, referringTo: references)
    }

    mutating func offer(_ name: String, referringTo references: [String]) throws {
      let path = try out(name)
      answers[path] = [
        .init(cache: scene.cache, kind: try scene.offer(of: path, references: references.map { try out($0) }))
      ]
    }

    mutating func lack(_ names: String...) throws {
      for name in names { answers[try out(name)] = [.init(cache: scene.cache, kind: .absent)] }
    }

    mutating func disallow(_ name: String) throws {
      guard let old = graph[try drv(name)] else { return }
      graph[try drv(name)] = Derivation(
        outputs: old.outputs, inputDerivations: old.inputDerivations, allowsSubstitutes: false)
    }

    func drv(_ name: String) throws -> StorePath { try Make.path("\(name).drv") }
    func out(_ name: String) throws -> StorePath { try #require(outputs[name]) }

    func target(_ name: String) throws -> Target {
      Target(
        installable: .flake(reference: "pkgs", attribute: name, outputs: .selected),
        resolution: .derivation(
          try drv(name), system: "x86_64-linux", outputs: [.init(name: "out", path: try out(name))]))
    }

    func plan(
      _ habit: HoleHabit = .builds, _ policy: Policy = Policy(), having present: [String] = [],
      always: Bool = false
    ) throws -> Plan {
      Planning(
        of: [try target("app")], in: DerivationGraph(graph, alwaysSubstitutes: always),
        given: Survey(caches: caches, answers: answers), having: Set(try present.map { try out($0) }),
        under: policy, habit
      ).plan
    }
  }

  private struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let built: [String]
    let fetched: Set<String>
    var answer = Answer.no
    var habit = HoleHabit.builds
    var policy = Policy()
    var present: [String] = []
    var always = false
    let change: @Sendable (inout World) throws -> Void
  }

  @Test(arguments: [
    Case(testDescription: "all is there", built: [], fetched: ["app", "lib", "base"], answer: .yes) { _ in },
    Case(
      testDescription: "inputs are looked at only where an output is missing", built: ["app"],
      fetched: ["lib", "base", "tool"]
    ) { try $0.lack("app") },
    Case(
      testDescription: "a build that the policy allows", built: ["app"], fetched: ["lib", "base", "tool"],
      answer: .yes, policy: Policy(allowBuild: [DerivationGlob("app")])
    ) { try $0.lack("app") },
    Case(
      testDescription: "a hole, to a Nix that builds what leads to it", built: ["base", "lib", "app"],
      fetched: ["tool"]
    ) { try $0.lack("base") },
    Case(
      testDescription: "a hole, to a Nix that tries again", built: ["base"], fetched: ["tool", "lib", "app"],
      habit: .triesAgain
    ) { try $0.lack("base") },
    Case(
      testDescription: "what disallows substitutes is built, whoever offers it", built: ["app"],
      fetched: ["lib", "base", "tool"]
    ) { try $0.disallow("app") },
    Case(
      testDescription: "always-allow-substitutes overrides that", built: [], fetched: ["app", "lib", "base"],
      answer: .yes, always: true
    ) { try $0.disallow("app") },
    Case(
      testDescription: "what the store has", built: ["app"], fetched: ["tool"], present: ["lib", "base"]
    ) { try $0.lack("app", "lib", "base") },
    Case(
      testDescription: "a cache that did not answer", built: ["app"], fetched: ["lib", "base", "tool"],
      answer: .unknown
    ) { world in
      world.answers[try world.out("app")] = [.init(cache: world.scene.cache, kind: .failed(.status(503)))]
    },
    Case(
      testDescription: "an output whose path nobody knows", built: ["app"], fetched: ["lib", "base", "tool"],
      answer: .unknown
    ) { world in
      guard let old = world.graph[try world.drv("app")] else { return }
      world.graph[try world.drv("app")] = Derivation(
        outputs: ["out": nil], inputDerivations: old.inputDerivations)
    },
  ]) private func `tells what would be built and copied`(_ row: Case) throws {
    var world = try World()
    try row.change(&world)
    let plan = try world.plan(row.habit, row.policy, having: row.present, always: row.always)
    #expect(plan.builds.map { String($0.derivation.derivationName) } == row.built)
    #expect(Set(plan.fetches.map { String($0.path.name) }) == row.fetched)
    #expect(plan.answer == row.answer)
  }

  @Test func `tells which cold input drags which others along`() throws {
    var world = try World()
    try world.lack("base", "lib", "app")
    let plan = try world.plan()
    let base = try #require(plan.builds.first)
    #expect(base.isFirst && base.neededFor == 2 && base.needs == 0 && base.targets == 1)
    #expect(plan.builds.map(\.isFirst) == [true, false, false])
    #expect(plan.builds.last?.needs == 2)
  }

  /// A deep graph of which nothing is offered: each level costs a wait, unless more are asked for at once.
  @Test func `asks for more levels at once, the more are missing`() async throws {
    let (cache, caches) = (try Scene().cache, try Scene().survey.caches)
    var graph: [StorePath: Derivation] = [:]
    for level in 0..<200 {
      graph[try Make.path("p-\(level).drv")] = Derivation(
        outputs: ["out": try Make.path("p-\(level)")],
        inputDerivations: level == 199 ? [:] : [try Make.path("p-\(level + 1).drv"): ["out"]])
    }
    let all = DerivationGraph(graph)
    let waits = Mutex(0)
    let target = Target(
      installable: .path(try Make.path("p-0")),
      resolution: .derivation(
        try Make.path("p-0.drv"), system: "", outputs: [.init(name: "out", path: try Make.path("p-0"))]))
    let forecaster = PlanForecaster(
      resolve: { _, _ in Resolution(targets: [target]) }, derivations: { _, _ in all },
      survey: { paths, _, _ in
        waits.withLock { $0 += 1 }
        return Survey(
          caches: caches,
          answers: Dictionary(uniqueKeysWithValues: paths.map { ($0, [.init(cache: cache, kind: .absent)]) }))
      })
    let plan = await forecaster.plan([], alwaysSubstituting: false, under: Policy(), .builds).plan
    #expect(plan.builds.count == 200)
    #expect(waits.withLock { $0 } < 12, "\(waits.withLock { $0 })")
  }

  @Test func `tells what a change turns cold, and by what`() throws {
    var world = try World()
    let before = EarlierPlan(try world.plan(), in: DerivationGraph(world.graph), name: "main")
    try world.lack("lib", "app")
    let plan = try world.plan()
    let change = PlanChange(plan, in: DerivationGraph(world.graph), since: before)
    #expect(change.turned.map { String($0.build.derivation.derivationName) } == ["lib", "app"])
    #expect(change.answer(of: plan) == .no)
    let same = EarlierPlan(plan, in: DerivationGraph(world.graph), name: "main")
    let none = PlanChange(plan, in: DerivationGraph(world.graph), since: same)
    #expect(none.turned.isEmpty)
    #expect(none.answer(of: plan) == .yes)
  }

  @Test(arguments: [
    ("nixpkgs", "nixpkgs/abc"), ("nixpkgs/nixos-unstable", "nixpkgs/abc"),
    ("github:NixOS/nixpkgs/nixos-unstable", "github:NixOS/nixpkgs/abc"),
    ("github:NixOS/nixpkgs?dir=lib", "github:NixOS/nixpkgs/abc?dir=lib"),
    ("git+https://example.org/x?ref=main&dir=a", "git+https://example.org/x?dir=a&rev=abc"),
  ]) func `knows another revision of a source by its reference`(_ reference: String, _ moved: String) {
    let installable = Installable.flake(reference: reference, attribute: "a", outputs: .selected)
    #expect(
      installable.at("abc") == .fetched(.flake(reference: moved, attribute: "a", outputs: .selected)))
    #expect(
      Installable.flake(reference: "./lane", attribute: "a", outputs: .selected).at("abc")
        == .checkedOut(path: "./lane"))
  }
}
