import Foundation
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

extension EvidenceStore {
  /// The topic of a gate that is asked for a name with one meaning.
  func topic(_ name: String) throws -> GateTopic {
    try gateSubjects(of: GateName(name), limit: 9).first.map { .subject($0) } ?? .outputs([])
  }

  func recordedRuns(about name: String, limit: Int) throws -> [RecordedRun] {
    try recordedRuns(about: topic(name), limit: limit)
  }

  func recordedProof(by run: RunID, of name: String, for policy: GatePolicy) throws -> RecordedProof {
    try recordedProof(by: run, of: topic(name), for: policy)
  }
}

/// The evidence that a gate gets is the testimony that was recorded.
@Suite struct `A gate's evidence` {
  private let target = "qemu^out,dev"

  /// A scene whose target is the one of runs that `start` begins.
  private func scene() throws -> Scene {
    var scene = try Scene()
    let asked = try start("r").installables[0]
    scene.targets = [Target(installable: asked, resolution: scene.targets[0].resolution)]
    return scene
  }

  private func begun(_ id: String, at seconds: Double = 1_777_809_600) throws -> RunStart {
    try start(id, "qemu", at: seconds)
  }

  /// The scene with the target that `begun` was asked about.
  private func named(_ scene: Scene, _ begun: RunStart) -> Scene {
    var scene = scene
    scene.targets[0] = Target(
      installable: begun.installables[0], resolution: scene.targets[0].resolution)
    return scene
  }

  private func record(_ scene: Scene, _ begun: RunStart, in store: EvidenceStore) throws {
    try store.record(begun, named(scene, begun))
  }

  private func everything(_ scene: Scene) throws -> GatePolicy {
    GatePolicy(
      maximumAge: 60, acceptedCaches: [scene.cache], trustedKeys: [try scene.key.trusted()], builds: Policy())
  }

  @Test func `names the runs, the latest first, with their verdicts about the target`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    var cold = try scene()
    cold.survey.answers[cold.glib] = [.init(cache: cold.cache, kind: .absent)]
    cold.ending = .notStarted
    cold.events = []
    try record(try scene(), try begun("r-1", at: 100), in: store)
    try record(cold, try begun("r-3", at: 300), in: store)
    try store.begin(try begun("r-2", at: 200))
    try store.begin(try start("r-9", "glib", at: 900))
    let runs = try store.recordedRuns(about: target, limit: 10)
    #expect(runs.map(\.id.text) == ["r-3", "r-2", "r-1"])
    #expect(runs.map(\.saysWarm) == [false, false, true])
    #expect(runs[0].state == .finished(at: Date(timeIntervalSince1970: 312.5), .cold))
    #expect(runs[1].state == .interrupted)
    #expect(runs[0].runner == (try begun("r").runner))
    #expect(try store.recordedRuns(about: target, limit: 2).map(\.id.text) == ["r-3", "r-2"])
    #expect(
      try store.recordedRuns(about: "github:NixOS/nixpkgs#qemu^out,dev", limit: 1).map(\.id.text) == ["r-3"])
    #expect(try store.recordedRuns(about: "nobody", limit: 1).isEmpty)
    let alive = try EvidenceStore(reading: drawer.path) { _ in true }
    #expect(try alive.recordedRuns(about: target, limit: 2).map(\.state)[1] == .running)
  }

  @Test func `holds what was copied, from where, and who signed it`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let scene = try scene()
    try record(scene, try begun("r-1"), in: store)
    let policy = try everything(scene)
    let proof = try store.recordedProof(by: RunID("r-1"), of: target, for: policy)
    #expect(proof.outputs == [scene.qemu: .substituted(from: scene.cache.canonical)])
    #expect(proof.exitCode == 0)
    #expect(proof.mode == .observe)
    #expect(proof.builds.isEmpty && proof.reasons == 0 && !proof.couldWrite && proof.signers.isEmpty)
    #expect(Set(proof.paths.map(\.path)) == [scene.qemu, scene.glib])
    for path in proof.paths {
      #expect(path.registration == scene.after[path.path])
      #expect(path.copiedFrom == "http://cache.example/main")
      #expect(path.came)
    }
    // Only evidence that the policy asks for is read.
    let little = try store.recordedProof(by: RunID("r-1"), of: target, for: GatePolicy(maximumAge: 60))
    #expect(little.paths.isEmpty)
    #expect(throws: EvidenceError.self) {
      try store.recordedProof(by: RunID("r-2"), of: target, for: policy)
    }
  }

  @Test func `takes the last copy of a path, and tells what was there from what came`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    var scene = try scene()
    scene.before[scene.glib] = try scene.present(scene.glib)
    scene.events = [
      .copyStarted(path: scene.qemu, from: "http://cache.example/main"),
      .copyStarted(path: scene.qemu, from: "http://other.example"),
    ]
    try record(scene, try begun("r-1"), in: store)
    let paths = try store.recordedProof(by: RunID("r-1"), of: target, for: try everything(scene)).paths
    #expect(paths.first { $0.path == scene.qemu }?.copiedFrom == "http://other.example")
    let glib = try #require(paths.first { $0.path == scene.glib })
    #expect(glib.wasPresent && !glib.came)
  }

  /// A run with a second target, whose build the run observed.
  private func sharedScene() throws -> (scene: Scene, hello: Target, drv: StorePath) {
    var scene = try scene()
    let path = try Make.path("hello-2.12.1")
    let drv = try Make.path("hello-2.12.1.drv")
    let hello = Target(
      installable: try begun("r").installables[1],
      resolution: .derivation(drv, system: "x86_64-linux", outputs: [.init(name: "out", path: path)]))
    scene.targets.append(hello)
    scene.graph.merge(DerivationGraph([drv: Derivation(outputs: ["out": path], system: "x86_64-linux")]))
    scene.survey.answers[path] = [.init(cache: scene.cache, kind: .absent)]
    scene.before[path] = .absent
    scene.after[path] = try scene.registration(of: path, isUltimate: true, isSigned: false)
    scene.events.append(.buildStarted(derivation: drv))
    scene.policy.builds = .observe
    return (scene, hello, drv)
  }

  @Test func `does not charge a target with the build of another`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let (scene, hello, drv) = try sharedScene()
    try record(scene, try begun("r-1"), in: store)
    let policy = try everything(scene)
    #expect(try store.recordedRuns(about: target, limit: 1).map(\.saysWarm) == [true])
    #expect(try store.recordedProof(by: RunID("r-1"), of: target, for: policy).builds.isEmpty)
    let other = try store.recordedProof(
      by: RunID("r-1"), of: hello.installable.description, for: policy)
    #expect(other.builds == [drv])
    #expect(other.reasons > 0)
    // A build that belongs to no target bears on all.
    var stray = scene
    let unknown = try Make.path("stray.drv")
    stray.events.append(.buildStartedRemotely(derivation: unknown, machine: "ssh://b"))
    try record(stray, try begun("r-2", at: 1_777_809_700), in: store)
    #expect(try store.recordedProof(by: RunID("r-2"), of: target, for: policy).builds == [unknown])
  }

  @Test func `tells of a runner that could write, and of a log that was not read in full`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    var scene = try scene()
    scene.means = [MeansOfWriting(.atticToken, at: "x", .unknown("opaque"))]
    scene.unreadable = 3
    scene.ending = .signalled(number: 9)
    try record(scene, try begun("r-1"), in: store)
    let proof = try store.recordedProof(by: RunID("r-1"), of: target, for: try everything(scene))
    #expect(proof.couldWrite)
    #expect(proof.unreadable == 3)
    #expect(proof.exitCode == nil)
    #expect(proof.reasons > 0)
  }

  /// A run under a laxer policy than the gate's is warm by its own verdict, and does not pass.
  @Test func `shows a laxer policy for what it is`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    var scene = try scene()
    scene.policy.builds = .observe
    scene.policy.allowBuild = [DerivationGlob("*")]
    // The cache lacks the target itself. The run may build it from paths that the cache has.
    scene.survey.answers[scene.qemu] = [.init(cache: scene.cache, kind: .absent)]
    scene.after[scene.qemu] = try scene.registration(
      of: scene.qemu, references: [scene.glib], isUltimate: true, isSigned: false)
    scene.events = [
      .copyStarted(path: scene.glib, from: "http://cache.example/main"), .buildStarted(derivation: scene.drv),
    ]
    try record(scene, try begun("r-1"), in: store)
    let run = try #require(try store.recordedRuns(about: target, limit: 1).first)
    try #require(run.saysWarm)
    func answer(_ policy: GatePolicy) throws -> [GateFinding] {
      findings(
        in: run, try store.recordedProof(by: run.id, of: target, for: policy), under: policy,
        at: Date(timeIntervalSince1970: 1_777_809_620))
    }
    #expect(try answer(GatePolicy(maximumAge: 60)).allSatisfy { $0.standing == .met })
    #expect(try answer(everything(scene)).contains(.builtWithoutLeave(scene.drv, others: 0)))
    var lax = try everything(scene)
    lax.builds = Policy(allowBuild: [DerivationGlob("qemu-*")])
    #expect(try answer(lax).allSatisfy { $0.standing == .met })
  }
}

extension `A gate's evidence` {
  /// A scene whose target has another name and platform.
  private func scene(called installable: Installable, on system: String) throws -> Scene {
    var scene = try Scene()
    scene.targets = [
      Target(
        installable: installable,
        resolution: .derivation(scene.drv, system: system, outputs: [.init(name: "out", path: scene.qemu)]))
    ]
    return scene
  }

  private func record(_ scene: Scene, _ id: String, at seconds: Double, in store: EvidenceStore) throws {
    let some = try start(id, at: seconds)
    try store.record(
      RunStart(
        id: some.id, started: some.started, version: some.version, runner: some.runner,
        installables: scene.targets.map(\.installable), policy: scene.policy), scene)
  }

  @Test func `tells apart what bears one name`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let unstable = Installable.flake(
      reference: "github:NixOS/nixpkgs/nixos-unstable", attribute: "qemu", outputs: .selected)
    let own = Installable.flake(reference: ".", attribute: "qemu", outputs: .selected)
    // Two installables with one name: a flake in a directory, and a file there.
    let file = Installable.file(".", attribute: "qemu", outputs: .selected)
    try record(scene(called: unstable, on: "x86_64-linux"), "r-1", at: 100, in: store)
    try record(scene(called: unstable, on: "aarch64-linux"), "r-2", at: 200, in: store)
    try record(scene(called: own, on: "x86_64-linux"), "r-3", at: 300, in: store)
    try record(scene(called: file, on: "x86_64-linux"), "r-4", at: 400, in: store)
    func subjects(_ name: String) throws -> [String] {
      try store.gateSubjects(of: GateName(name), limit: 9).map { "\($0.name) \($0.system ?? "-")" }.sorted()
    }
    let names = [
      ".#qemu x86_64-linux", ".#qemu x86_64-linux", "\(unstable) aarch64-linux", "\(unstable) x86_64-linux",
    ]
    #expect(try subjects("qemu") == names)
    #expect(try subjects("\(unstable)") == Array(names.suffix(2)))
    #expect(try subjects(".#qemu") == Array(names.prefix(2)))
    #expect(try Set(store.gateSubjects(of: GateName(".#qemu"), limit: 9).map(\.record)).count == 2)
    #expect(try store.gateSubjects(of: GateName("qemu"), limit: 3).count == 3)
    for subject in try store.gateSubjects(of: GateName("qemu"), limit: 9) {
      let runs = try store.recordedRuns(about: .subject(subject), limit: 9)
      #expect(runs.count == 1 && runs[0].saysWarm && runs[0].subject == subject, "\(runs)")
      #expect(runs[0].outputs == [try Scene().qemu])
    }
    // A search by outputs finds all of them.
    let scene = try Scene()
    let topic = GateTopic.outputs([scene.qemu])
    #expect(
      try store.recordedRuns(about: topic, limit: 9).map(\.id.text) == ["r-4", "r-3", "r-2", "r-1"])
    #expect(try store.recordedProof(by: RunID("r-2"), of: topic, for: everything(scene)).outputs.count == 1)
    for other: Set<StorePath> in [[], [scene.glib], [scene.qemu, scene.glib], [try Make.path("other")]] {
      #expect(try store.recordedRuns(about: .outputs(other), limit: 9).isEmpty)
    }
    #expect(try faults(of: store).isEmpty)
    #expect(try store.verify().isIntact)
  }

  /// A run that was cut off before it knew the platform is about the target on all platforms.
  @Test func `does not pass over a run that came to evaluate nothing`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let asked = try start("r-2", "qemu", at: 500).installables[0]
    try record(scene(called: asked, on: "x86_64-linux"), "r-1", at: 100, in: store)
    try store.begin(try start("r-2", "qemu", at: 500))
    let subject = try #require(try store.gateSubjects(of: GateName("qemu^out,dev"), limit: 9).first)
    #expect(subject.system == "x86_64-linux")
    #expect(try store.recordedRuns(about: .subject(subject), limit: 1).map(\.state) == [.interrupted])
    // Where no run has evaluated the target, the latest run gives the subject.
    try store.begin(try start("r-3", "glib", at: 600))
    #expect(try store.recordedRuns(about: "glib^out,dev", limit: 1).map(\.id.text) == ["r-3"])
    #expect(try store.gateSubjects(of: GateName("nobody"), limit: 9).isEmpty)
  }

  @Test func `asks for exactly the outputs, of a target that has several`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    var scene = try Scene()
    let asked = Installable.flake(reference: "nixpkgs", attribute: "qemu", outputs: .all)
    let outputs = [Target.Output(name: "out", path: scene.qemu), .init(name: "lib", path: scene.glib)]
    scene.targets = [
      Target(installable: asked, resolution: .derivation(scene.drv, system: "x86_64-linux", outputs: outputs))
    ]
    try record(scene, "r-1", at: 100, in: store)
    let both = try store.recordedRuns(about: .outputs([scene.glib, scene.qemu]), limit: 9)
    #expect(both.map(\.outputs) == [[scene.qemu, scene.glib]])
    #expect(try store.recordedRuns(about: .outputs([scene.qemu]), limit: 9).isEmpty)
    #expect(try store.recordedRuns(about: .outputs([scene.glib]), limit: 9).isEmpty)
  }
}

/// Asks every question of a gate, so that its query plans can be checked with those of all others.
func askAsGate(_ store: EvidenceStore) throws {
  let scene = try Scene()
  let policy = GatePolicy(
    maximumAge: 60, acceptedCaches: [scene.cache], trustedKeys: [try scene.key.trusted()], builds: Policy(),
    collectors: [try scene.key.trusted()], runners: 2)
  let known = try store.gateSubjects(of: GateName("qemu^out,dev"), limit: 9)
  let bound = known.map { GateSubject(name: $0.name, record: $0.record, system: "x86_64-linux") }
  for topic in (known + bound).map({ GateTopic.subject($0) }) + [.outputs([scene.qemu])] {
    for run in try store.recordedRuns(about: topic, limit: 5) {
      guard case .finished = run.state else { continue }
      _ = try store.recordedProof(by: run.id, of: topic, for: policy)
    }
  }
}
