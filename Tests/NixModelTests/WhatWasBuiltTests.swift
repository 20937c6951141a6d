import NixModel
import TestSupport
import Testing

/// What is said of builds: which output, of which derivation, and how many.
@Suite struct `What was built` {
  /// A second output of the target's derivation, chosen too.
  private func sceneOfTwo() throws -> (scene: Scene, dev: StorePath) {
    var scene = try Scene()
    let dev = try Make.path("qemu-host-cpu-only-10.0.2-dev")
    scene.targets = [
      Target(
        installable: .flake(reference: "nixpkgs", attribute: "qemu_kvm", outputs: .all),
        resolution: .derivation(
          scene.drv, system: "x86_64-linux",
          outputs: [.init(name: "out", path: scene.qemu), .init(name: "dev", path: dev)]))
    ]
    scene.graph = DerivationGraph([
      scene.drv: Derivation(
        outputs: ["out": scene.qemu, "dev": dev], inputDerivations: [scene.glibDrv: ["out"]]),
      scene.glibDrv: Derivation(outputs: ["out": scene.glib]),
    ])
    scene.before[dev] = .absent
    scene.survey.answers[dev] = [.init(cache: scene.cache, kind: .absent)]
    scene.policy.builds = .observe
    scene.events += [.buildStarted(derivation: scene.drv), .buildStopped(derivation: scene.drv)]
    scene.after[dev] = try scene.registration(of: dev, isUltimate: true, isSigned: false)
    return (scene, dev)
  }

  private func built(_ judgment: Judgment) -> [Reason.Fact] {
    judgment.targets.flatMap(\.ruling.reasons).map(\.fact).filter { $0.code == .builtLocally }
  }

  @Test func `is the output that was built and not its sibling that was copied`() throws {
    let (scene, dev) = try sceneOfTwo()
    let judgment = try scene.judged()
    #expect(built(judgment) == [.builtLocally(derivation: scene.drv, path: dev, line: 3)])
    #expect(
      judgment.targets[0].outputs.map(\.outcome) == [
        .substituted(from: "http://cache.example/main"), .builtLocally,
      ])
    #expect(judgment.closure.builtLocally == 1)
  }

  @Test func `is the derivation alone where an output was built that nobody chose`() throws {
    var (scene, dev) = try sceneOfTwo()
    scene.after[dev] = try scene.registration(of: dev)
    scene.survey.answers[dev] = [.init(cache: scene.cache, kind: try scene.offer(of: dev))]
    scene.events.append(.copyStarted(path: dev, from: "http://cache.example/main"))
    #expect(built(try scene.judged()) == [.builtLocally(derivation: scene.drv, path: nil, line: 3)])
  }

  @Test func `is what a resolved derivation was before`() throws {
    var scene = try Scene()
    let resolved = try Make.path("qemu-host-cpu-only-10.0.2.drv", salt: "resolved")
    scene.survey.answers[scene.qemu] = [.init(cache: scene.cache, kind: .absent)]
    scene.policy.builds = .observe
    scene.events = [
      .copyStarted(path: scene.glib, from: "http://cache.example/main"),
      .resolved(derivation: scene.drv, to: resolved), .buildStarted(derivation: resolved),
      .buildStopped(derivation: resolved),
    ]
    scene.after[scene.qemu] = try scene.registration(of: scene.qemu, isUltimate: true, isSigned: false)
    let judgment = try scene.judged()
    #expect(built(judgment) == [.builtLocally(derivation: scene.drv, path: scene.qemu, line: 3)])
    #expect(judgment.closure.builtLocally == 1)
    // One that the policy allows is allowed by the name of the original, which it shares.
    scene.policy.allowBuild = [DerivationGlob("qemu-*")]
    #expect(try scene.judged().verdict == .warm)
  }

  /// Evaluated code can write to the log: a record of it must not have another blamed for a build.
  @Test func `is not what somebody says that it was resolved from`() throws {
    let other = try Make.path("innocent-1.0.drv")
    let namesake = try Make.path("glib-2.84.drv", salt: "other")
    let changes: [@Sendable (inout Scene) -> Void] = [
      // Of another name, of the same name before the realization, and of one that a target is made of.
      { $0.events.insert(.resolved(derivation: other, to: $0.glibDrv), at: 0) },
      {
        $0.events.insert(.resolved(derivation: namesake, to: $0.glibDrv), at: 0)
        $0.graph = DerivationGraph()
        $0.evaluationLines = 1
      },
      { $0.events.insert(.resolved(derivation: namesake, to: $0.glibDrv), at: 0) },
    ]
    for change in changes {
      var scene = try Scene()
      scene.policy.allowBuild = [DerivationGlob("innocent-*")]
      scene.events = [.buildStarted(derivation: scene.glibDrv), scene.events[1]]
      change(&scene)
      scene.after[scene.glib] = try scene.registration(of: scene.glib, isUltimate: true, isSigned: false)
      let judgment = try scene.judged()
      #expect(judgment.verdict == .cold)
      #expect(
        judgment.targets[0].ruling.reasons.map(\.fact).contains(
          .forbiddenBuild(derivation: scene.glibDrv, line: 2)))
    }
  }

  @Test func `is counted by derivations, those included that no target needs to run`() throws {
    var scene = try Scene()
    scene.policy.builds = .observe
    let tool = try Make.path("compiler-1.drv")
    let failing = try Make.path("failing-1.drv")
    scene.events = [
      .buildStarted(derivation: tool), .buildStopped(derivation: tool),
      .buildStarted(derivation: failing), .buildStopped(derivation: failing),
      .complaint(Complaint(subject: .buildFailed(derivation: failing), text: "failed")),
      .buildStartedRemotely(derivation: scene.glibDrv, machine: "ssh://builder"),
      .buildStopped(derivation: scene.glibDrv),
      .buildStarted(derivation: scene.drv), .buildStopped(derivation: scene.drv),
    ]
    scene.ending = .exited(code: 1)
    let closure = try scene.judged().closure
    #expect(closure.builtLocally == 2)
    #expect(closure.builtRemotely == 1)
    // What was ended is not built.
    scene.ending = .stopped(at: scene.drv)
    scene.after = [:]
    #expect(try scene.judged().closure.builtLocally == 1)
  }
}

/// Who is to blame where a path is nowhere.
@Suite struct `A path that no accepted cache has` {
  @Test func `is told with the cache that has it and does not count`() throws {
    var scene = try Scene()
    scene.policy.expectFrom = [scene.cache]
    scene.survey.caches.append(.init(url: scene.other, state: .open(priority: 50)))
    for path in [scene.qemu, scene.glib] {
      scene.survey.answers[path] = [
        .init(cache: scene.cache, kind: .absent), .init(cache: scene.other, kind: try scene.offer(of: path)),
      ]
    }
    scene.ending = .notStarted
    scene.events = []
    let facts = try scene.judged().targets.flatMap(\.ruling.reasons).map(\.fact)
    #expect(
      facts == [
        .notInSubstituter(
          path: scene.qemu, caches: ["http://cache.example/main"], others: ["http://other.example"])
      ])
  }

  @Test func `is named as lacking by those that answered alone`() throws {
    var scene = try Scene()
    scene.survey.caches.append(.init(url: scene.other, state: .open(priority: 50)))
    scene.survey.answers[scene.qemu] = [
      .init(cache: scene.cache, kind: .absent), .init(cache: scene.other, kind: .failed(.status(500))),
    ]
    scene.ending = .notStarted
    scene.events = []
    let facts = try scene.judged().targets.flatMap(\.ruling.reasons).map(\.fact)
    #expect(facts.contains(.notInSubstituter(path: scene.qemu, caches: ["http://cache.example/main"])))
  }

  @Test func `is lacking for certain where there is no cache at all`() throws {
    var scene = try Scene()
    scene.survey.caches = []
    scene.survey.answers[scene.qemu] = []
    scene.ending = .notStarted
    scene.events = []
    let ruling = try scene.judged().targets[0].ruling
    #expect(ruling.verdict == .cold)
    #expect(ruling.reasons.map(\.code) == [.notInSubstituter])
  }
}

@Suite struct `A path that only a build tells` {
  private func derivation(_ algorithm: String, _ hash: String, path: String = "") -> [UInt8] {
    Array(#"Derive([("out","\#(path)","\#(algorithm)","\#(hash)")],[],[],"x","/bin/sh",[],[])"#.utf8)
  }

  @Test func `is called by its kind`() {
    #expect(UnknownPath(of: "out", in: derivation("r:sha256", "")) == .floating)
    #expect(UnknownPath(of: "out", in: derivation("", "")) == .deferred)
    #expect(UnknownPath(of: "out", in: derivation("r:sha256", "impure")) == .impure)
    #expect(UnknownPath(of: "dev", in: derivation("", "")) == nil)
    #expect(UnknownPath(of: "out", in: derivation("", "", path: "/nix/store/x")) == nil)
    #expect(UnknownPath(of: "out", in: Array("Derive([".utf8)) == nil)
  }

  @Test(arguments: UnknownPath.allCases)
  func `is known again by its sentence`(kind: UnknownPath) {
    #expect(UnknownPath.isTold(by: kind.sentence(about: "out")))
    #expect(!UnknownPath.isTold(by: "error: \(kind.sentence(about: "out"))"))
  }
}
