import NixModel
import TestSupport
import Testing

/// What the log and the settings of Nix add to a verdict, beside copies and builds.
@Suite struct `A verdict on how Nix was run` {
  private let scene: Scene
  init() throws { scene = try Scene() }

  private func codes(_ scene: Scene) throws -> [ReasonCode] {
    try scene.judged().targets.flatMap(\.ruling.reasons).map(\.code)
  }

  @Test func `counts a post-build hook that ran as a means of writing, whoever set it`() throws {
    var scene = scene
    scene.events.append(.postBuildHook(derivation: scene.glibDrv))
    #expect(try codes(scene) == [.writeTokenPresent])
    #expect(try scene.judged().verdict == .inconclusive)
  }

  @Test(arguments: [(0, 1), (1, 1), (3, 2)])
  func `is never warm where some of the log is missing`(unreadable: Int, dropped: Int) throws {
    var scene = scene
    (scene.unreadable, scene.dropped) = (unreadable + dropped, dropped)
    let reasons = try scene.judged().targets.flatMap(\.ruling.reasons)
    #expect(reasons.allSatisfy { $0.code == .witnessMissing })
    #expect(reasons.count == (unreadable > 0 ? 2 : 1))
  }

  @Test func `is inconclusive where Nix could not be started`() throws {
    var scene = scene
    scene.ending = .failedToStart("no such file")
    (scene.events, scene.after) = ([], [:])
    #expect(try scene.judged().verdict == .inconclusive)
    #expect(try codes(scene) == [.witnessMissing])
  }

  @Test(arguments: [false, true])
  func `takes a derivation's word on substitutes, unless Nix does not`(always: Bool) throws {
    var scene = scene
    scene.alwaysSubstitutes = always
    scene.graph = DerivationGraph(
      [scene.drv: Derivation(outputs: ["out": scene.qemu], system: "x86_64-linux", allowsSubstitutes: false)],
      alwaysSubstitutes: always)
    #expect(try codes(scene) == (always ? [] : [.substitutesDisallowed]))
  }

  @Test func `names no reason of evaluation where nothing was evaluated`() throws {
    var scene = scene
    scene.means = [MeansOfWriting(.atticToken, at: "ATTIC_TOKEN", .writes("main: w"))]
    var testimony = try scene.testimony()
    testimony.unresolved = scene.targets.map { UnresolvedTarget(installable: $0.installable, error: "") }
    testimony.targets = []
    let judgment = judge(testimony, under: scene.policy)
    #expect(judgment.targets.flatMap(\.ruling.reasons).map(\.code) == [.writeTokenPresent])
    #expect(judgment.verdict == .inconclusive)
  }

  @Test(arguments: [
    (Installable.flake(reference: "nixpkgs", attribute: "x", outputs: .selected), true),
    (.file("default.nix", attribute: "x", outputs: .selected), true),
  ])
  func `knows what has to be evaluated`(installable: Installable, needs: Bool) throws {
    #expect(installable.needsEvaluation == needs)
    #expect(!Installable.path(scene.qemu).needsEvaluation)
  }
}
