import NixModel
import TestSupport
import Testing

/// What an explanation says that happened to targets and paths, and to which it says nothing of the kind.
@Suite struct `An explanation accuses` {
  /// What a later run of the scene can be, after a warm one.
  struct Later: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let standing: TargetStanding
    let earlier: @Sendable (inout Scene) throws -> Void
    let now: @Sendable (inout Scene) throws -> Void

    init(
      _ name: String, _ standing: TargetStanding,
      earlier: @escaping @Sendable (inout Scene) throws -> Void = { _ in },
      now: @escaping @Sendable (inout Scene) throws -> Void
    ) {
      testDescription = name
      self.standing = standing
      self.earlier = earlier
      self.now = now
    }
  }

  private static let cache = "http://cache.example/main"

  /// Nothing is realized, since a cache answers so for a path.
  private static func answering(
    _ kind: Survey.Answer.Kind, _ path: StorePath, _ scene: inout Scene, from cache: SubstituterURL? = nil
  ) {
    scene.survey.answers[path] = [.init(cache: cache ?? scene.cache, kind: kind)]
    scene.ending = .notStarted
    scene.events = []
  }

  @Test(arguments: [
    Later("warm again", .warmInBoth) { _ in },
    Later("warm after a cold run", .becameWarm(.cold), earlier: { answering(.absent, $0.qemu, &$0) }) { _ in
    },
    Later("cold in both", .neverWarm(.cold), earlier: { answering(.absent, $0.qemu, &$0) }) {
      answering(.absent, $0.qemu, &$0)
    },
    Later("the target's narinfo is gone", .lost(from: [cache])) { answering(.absent, $0.qemu, &$0) },
    Later("its archive is gone", .lost(from: [cache])) {
      answering(try $0.offer(of: $0.qemu, references: [$0.glib], nar: .missing(status: 404)), $0.qemu, &$0)
    },
    Later("a dependency is gone", .lost(from: [cache])) { answering(.absent, $0.glib, &$0) },
    Later("other caches were asked", .brokeOtherwise) { answering(.absent, $0.qemu, &$0, from: $0.other) },
    Later("the cache does not answer", .brokeOtherwise) {
      answering(.failed(.unreachable("refused")), $0.qemu, &$0)
    },
    Later("the cache has it, and the runner can write", .brokeOtherwise) {
      $0.means = [MeansOfWriting(.atticToken, at: "x", .unknown("opaque"))]
    },
    Later("the run was ended over another target", .unreached) {
      $0.events = []
      $0.ending = .stopped(at: $0.glibDrv)
      $0.after = [:]
      // Something else's build, that is.
      $0.graph = DerivationGraph([
        $0.drv: Derivation(outputs: ["out": $0.qemu], system: "x86_64-linux")
      ])
      let other = try Make.path("other.drv")
      $0.targets.append(
        Target(
          installable: try Installable(parsing: "nixpkgs#other"),
          resolution: .derivation(other, system: "x86_64-linux", outputs: [.init(name: "out", path: $0.glib)])
        ))
    },
    Later("the run was interrupted", .unreached) {
      $0.events = []
      $0.ending = .interrupted
      $0.after = [:]
    },
  ])
  func `a cache of a loss only where it had the path, was asked, and lacks it`(later: Later) throws {
    var (before, after) = (try Scene(), try Scene())
    try later.earlier(&before)
    try later.now(&after)
    let (theirs, ours) = (try before.testimony(), try after.testimony())
    let (old, new) = (judge(theirs, under: before.policy), judge(ours, under: after.policy))
    #expect(
      TargetStanding(new.targets[0], in: ours, since: old.targets[0], in: theirs) == later.standing,
      "\(new.targets[0].ruling)")
  }

  private func consequences(_ scene: Scene) throws -> [StorePath] {
    let testimony = try scene.testimony()
    return explain(testimony, judge(testimony, under: scene.policy), under: scene.policy).causes
      .flatMap(\.consequences).map(\.path)
  }

  /// What is not in the way from a goal to a cause did not fail: the run ended before anybody asked for it.
  @Test func `no path of not coming that every cache has`() throws {
    // qemu is gone, and what it refers to is there.
    var scene = try Scene()
    Self.answering(.absent, scene.qemu, &scene)
    #expect(try consequences(scene).isEmpty)
    // qemu's archive is gone; its narinfo tells what it refers to.
    scene = try Scene()
    Self.answering(
      try scene.offer(of: scene.qemu, references: [scene.glib, scene.qemu], nar: .missing(status: 404)),
      scene.qemu, &scene)
    #expect(try consequences(scene).isEmpty)
    // What refers to the missing path fails with it, on the whole way, and what stands beside the way does not.
    scene = try Scene()
    let (middle, beside) = (try Make.path("middle-1"), try Make.path("beside-1"))
    for (path, references) in [
      (scene.qemu, [middle, beside]), (middle, [scene.glib]), (beside, []),
    ] {
      scene.survey.answers[path] = [
        .init(cache: scene.cache, kind: try scene.offer(of: path, references: references))
      ]
      scene.before[path] = .absent
    }
    Self.answering(.absent, scene.glib, &scene)
    #expect(try Set(consequences(scene)) == [scene.qemu, middle])
  }
}
