import NixModel
import TestSupport
import Testing

/// One row of the rules' table: what is changed in a run that meets every rule, and what its rule then finds.
struct GateRow: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let rule: GateRuleName
  let standing: GateFinding.Standing
  let change: @Sendable (inout GateScene) throws -> Void

  init(
    _ name: String, _ rule: GateRuleName, _ standing: GateFinding.Standing,
    change: @escaping @Sendable (inout GateScene) throws -> Void
  ) {
    testDescription = name
    self.rule = rule
    self.standing = standing
    self.change = change
  }
}

@Suite struct `A gate's rules` {
  /// A policy that asks for everything that a single run can show.
  private static func policy(of scene: GateScene, signedBy collector: LabKey) throws -> GatePolicy {
    GatePolicy(
      maximumAge: 3600, acceptedCaches: [try SubstituterURL(parsing: "http://cache.example/main/")],
      trustedKeys: [try scene.key.trusted()],
      builds: Policy(allowBuild: [DerivationGlob("vm-test-*")], forbidBuild: [DerivationGlob("vm-test-big")]),
      collectors: [try collector.trusted()])
  }

  @Test func `are all met by a run that has everything`() throws {
    var scene = try GateScene()
    let collector = LabKey("collector-1")
    scene.proof.signers = [try collector.trusted()]
    let findings = scene.findings(under: try Self.policy(of: scene, signedBy: collector))
    #expect(
      findings == [
        .warm, .recent(age: 60, limit: 3600), .fromAccepted(paths: 2), .vouchedFor(paths: 2), .nothingBuilt,
        .signed(by: "collector-1"),
      ])
  }

  @Test(arguments: [
    GateRow("a cold run", .latestRun, .notMet) { $0.verdict = .cold },
    GateRow("an inconclusive run", .latestRun, .unknown) { $0.verdict = .inconclusive },
    GateRow("a run that was cut off", .latestRun, .unknown) { $0.verdict = nil },
    GateRow("a run under way", .latestRun, .unknown) {
      $0.verdict = nil
      $0.unfinished = .running
    },
    GateRow("a warm verdict with reasons against it", .latestRun, .unknown) { $0.proof.reasons = 1 },
    GateRow("a warm verdict without outputs", .latestRun, .unknown) { $0.proof.outputs = [:] },
    GateRow("a warm verdict where Nix did not end", .latestRun, .unknown) { $0.proof.exitCode = nil },
    GateRow("a warm verdict of a half-read log", .latestRun, .unknown) { $0.proof.unreadable = 1 },
    GateRow("a warm verdict of a runner that could write", .latestRun, .unknown) {
      $0.proof.couldWrite = true
    },
    GateRow("a warm verdict of what was there before", .latestRun, .unknown) {
      $0.proof.outputs[$0.qemu] = .presentBefore
    },
    GateRow("a warm verdict of what failed", .latestRun, .unknown) { $0.proof.outputs[$0.qemu] = .failed },
    GateRow("a warm verdict of what was not realized", .latestRun, .unknown) {
      $0.proof.outputs[$0.qemu] = .notRealized
    },
    GateRow("what is not realized where nothing can be built", .latestRun, .met) {
      $0.proof.outputs[$0.qemu] = .notRealized
      $0.proof.mode = .forbid
    },
    GateRow("a warm target of a run in which another failed", .latestRun, .met) { $0.proof.exitCode = 1 },

    GateRow("a run of just that age", .age, .met) { $0.ended = 3600 },
    GateRow("a run a second too old", .age, .unknown) { $0.ended = 3601 },
    GateRow("a clock that is a little ahead", .age, .met) { $0.ended = -300 },
    GateRow("a run that ended in the future", .age, .unknown) { $0.ended = -301 },
    GateRow("a run that began in the future", .age, .unknown) { $0.began = -301 },
    GateRow("a run without an end", .age, .unknown) { $0.verdict = nil },

    GateRow("a path from another cache", .caches, .notMet) {
      $0.proof.paths[1] = RecordedPath($0.glib, copiedFrom: "http://other.example", registration: nil)
    },
    GateRow("a path from an address that cannot be read", .caches, .notMet) {
      $0.proof.paths[1] = RecordedPath($0.glib, copiedFrom: "", registration: nil)
    },
    GateRow("a path from nobody knows where", .caches, .unknown) {
      $0.proof.paths[1] = RecordedPath($0.glib, copiedFrom: nil, registration: nil)
    },
    GateRow("no paths, for caches", .caches, .unknown) { $0.proof.paths = [] },
    GateRow("a dependency that was there before", .caches, .met) {
      $0.proof.paths[1] = RecordedPath($0.glib, wasPresent: true, copiedFrom: nil, registration: nil)
    },
    GateRow("an address with credentials", .caches, .met) {
      $0.proof.paths[1] = RecordedPath(
        $0.glib, copiedFrom: "http://u:p@cache.example/main", registration: nil)
    },

    GateRow("a path that another key signed", .keys, .notMet) {
      $0.proof.paths[1] = RecordedPath(
        $0.glib, copiedFrom: "x",
        registration: try GateScene.registration(of: $0.glib, signedBy: [LabKey("other-1")]))
    },
    GateRow("a path signed by another key of the same name", .keys, .notMet) {
      $0.proof.paths[1] = RecordedPath(
        $0.glib, copiedFrom: "x",
        registration: try GateScene.registration(of: $0.glib, signedBy: [LabKey("lab-1")]))
    },
    GateRow("a signature of other references", .keys, .notMet) {
      let signed = try GateScene.registration(of: $0.glib, signedBy: [$0.key])
      $0.proof.paths[1] = RecordedPath(
        $0.glib, copiedFrom: "x",
        registration: Registration(
          narHash: signed.narHash, narSize: signed.narSize, isUltimate: false,
          signatures: signed.signatures, contentAddress: nil, references: [$0.qemu]))
    },
    GateRow("a path without a registration", .keys, .unknown) {
      $0.proof.paths[1] = RecordedPath($0.glib, copiedFrom: "x", registration: nil)
    },
    GateRow("a path that was built", .keys, .met) {
      $0.proof.paths[1] = RecordedPath(
        $0.glib, wasBuilt: true, copiedFrom: nil,
        registration: try GateScene.registration(of: $0.glib, isUltimate: true))
    },
    GateRow("no paths, for keys", .keys, .unknown) { $0.proof.paths = [] },

    GateRow("an allowed build", .builds, .met) { $0.proof.builds = [try Make.path("vm-test-run.drv")] },
    GateRow("another build", .builds, .notMet) { $0.proof.builds = [try Make.path("libguestfs-1.54.drv")] },
    GateRow("a forbidden build", .builds, .notMet) { $0.proof.builds = [try Make.path("vm-test-big.drv")] },
    GateRow("a log that was not read in full", .builds, .unknown) { $0.proof.unreadable = 2 },
    GateRow("a log without an end", .builds, .unknown) { $0.proof.exitCode = nil },
    GateRow("an output built without a word of it", .builds, .unknown) {
      $0.proof.outputs[$0.qemu] = .builtLocally
    },
    GateRow("a dependency built without a word of it", .builds, .unknown) {
      $0.proof.paths[1] = RecordedPath($0.glib, wasBuilt: true, copiedFrom: nil, registration: nil)
    },

    GateRow("evidence that nobody signed", .signature, .unknown) { $0.proof.signers = [] },
    GateRow("evidence that another signed", .signature, .unknown) {
      $0.proof.signers = [try LabKey("collector-1").trusted()]
    },
    GateRow("evidence of a run without an end", .signature, .unknown) { $0.verdict = nil },
  ])
  func `find`(row: GateRow) throws {
    var scene = try GateScene()
    let collector = LabKey("collector-1")
    scene.proof.signers = [try collector.trusted()]
    try row.change(&scene)
    let findings = scene.findings(under: try Self.policy(of: scene, signedBy: collector))
    let found = findings.filter { $0.rule == row.rule }
    #expect(found.map(\.standing) == [row.standing], "\(found)")
  }

  @Test func `speak of the first in order, and count the others`() throws {
    var scene = try GateScene()
    let policy = GatePolicy(
      maximumAge: 3600, acceptedCaches: [try SubstituterURL(parsing: "http://only.example")], builds: Policy()
    )
    let first = min(scene.qemu, scene.glib)
    scene.proof.builds = try ["b.drv", "a.drv", "c.drv"].map { try Make.path($0) }
    let least = try #require(scene.proof.builds.min())
    let findings = scene.findings(under: policy)
    #expect(findings.contains(.fromElsewhere(first, from: "http://cache.example/main", others: 1)))
    #expect(findings.contains(.builtWithoutLeave(least, others: 2)))
  }

  @Test func `are left out where the policy does not ask`() throws {
    #expect(try GateScene().findings(under: GatePolicy(maximumAge: 60)).map(\.rule) == [.latestRun, .age])
  }
}

@Suite struct `A gate's answer` {
  private func target(_ findings: [GateFinding]) throws -> GateAnswer.Target {
    GateAnswer.Target(target: "qemu", run: try GateScene().run, age: 60, findings: findings)
  }

  @Test func `is no where a rule is not met`() throws {
    let path = try Make.path("a")
    #expect(try target([.cold, .recent(age: 1, limit: 2)]).answer == .no)
    #expect(try target([.warm, .fromElsewhere(path, from: "x", others: 0)]).answer == .no)
    #expect(try target([.inconclusive, .builtWithoutLeave(path, others: 0)]).answer == .no)
  }

  @Test func `is unknown where the evidence is too old or nobody's, whatever it says`() throws {
    #expect(try target([.cold, .tooOld(age: 2, limit: 1)]).answer == .unknown)
    #expect(try target([.cold, .fromTheFuture]).answer == .unknown)
    #expect(try target([.cold, .recent(age: 1, limit: 2), .unsigned]).answer == .unknown)
    #expect(try target([.warm, .recent(age: 1, limit: 2), .signedByOthers(["x"])]).answer == .unknown)
    #expect(GateAnswer.Target(unproved: "x").answer == .unknown)
    #expect(try target([]).answer == .unknown)
  }

  @Test func `is of all targets what the worst allows`() throws {
    let yes = try target([.warm, .recent(age: 1, limit: 2)])
    let no = try target([.cold, .recent(age: 1, limit: 2)])
    let none = GateAnswer.Target(unproved: "x")
    #expect(GateAnswer(targets: [yes, yes]).answer == .yes)
    #expect(GateAnswer(targets: [yes, no, none]).answer == .no)
    #expect(GateAnswer(targets: [yes, none]).answer == .unknown)
    #expect(GateAnswer(targets: []).answer == .unknown)
  }
}

@Suite struct `Runners` {
  @Test(arguments: [
    ("one pod", GateScene.runner("a", pod: "p"), GateScene.runner("b", pod: "p"), true),
    ("two pods of one machine", GateScene.runner("n", pod: "p"), GateScene.runner("n", pod: "q"), false),
    ("two machines", GateScene.runner("a"), GateScene.runner("b"), false),
    (
      "a machine that was booted again", GateScene.runner("a", boot: "1"), GateScene.runner("a", boot: "2"),
      true
    ),
    (
      "one machine under two names", GateScene.runner("a", boot: "1"), GateScene.runner("b", boot: "1"), true
    ),
    (
      "two whose kernels do not say", GateScene.runner("a", boot: ""), GateScene.runner("b", boot: ""), false
    ),
    (
      "a pod and its machine", GateScene.runner("a", pod: "p", boot: "1"), GateScene.runner("b", boot: "1"),
      true
    ),
  ])
  func `are distinct, or could be one`(name: String, one: Runner, other: Runner, same: Bool) {
    #expect(one.couldBe(other) == same)
    #expect(other.couldBe(one) == same)
  }
}
