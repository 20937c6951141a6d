import NixModel
import TestSupport
import Testing

/// Runs about many targets, whose closures share most of their paths.
@Suite struct `Many targets are judged` {
  /// What can be unusual about a path.
  private enum Oddity: CaseIterable {
    case lacking, untrusted, unanswered, presentBefore, ofEvaluation, archiveGone, built, uncopied,
      unregistered,
      otherContent, unasked
  }

  /// A run about `count` paths, each a target, of which a few are odd.
  private static func scene(_ random: inout SplitMix, of count: Int, odd: Int) throws -> Scene {
    var scene = try Scene()
    let paths = try (0..<count).map { try Make.path("package-\($0)") }
    let derivations = try (0..<count).map { try Make.path("package-\($0).drv") }
    scene.events = []
    scene.targets = []
    var graph: [StorePath: Derivation] = [:]
    for (number, path) in paths.enumerated() {
      let needed = (0..<number).shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random))
      let references = needed.map { paths[$0] } + (Bool.random(using: &random) ? [path] : [])
      graph[derivations[number]] = Derivation(
        outputs: ["out": path],
        inputDerivations: Dictionary(uniqueKeysWithValues: needed.map { (derivations[$0], ["out"]) }),
        system: "x86_64-linux")
      scene.survey.answers[path] = [
        .init(cache: scene.cache, kind: try scene.offer(of: path, references: references))
      ]
      scene.before[path] = .absent
      scene.after[path] = try scene.registration(of: path, references: references)
      scene.events.append(.copyStarted(path: path, from: scene.cache.canonical))
      scene.targets.append(
        Target(
          installable: .derivation(derivations[number], outputs: .all),
          resolution: .derivation(
            derivations[number], system: "x86_64-linux", outputs: [.init(name: "out", path: path)])))
    }
    scene.graph = DerivationGraph(graph)
    for _ in 0..<odd {
      let number = Int.random(in: 0..<count, using: &random)
      let oddity = Oddity.allCases.randomElement(using: &random) ?? .lacking
      try change(&scene, paths[number], derivations[number], oddity)
    }
    scene.targets.shuffle(using: &random)
    return scene
  }

  private static func change(
    _ scene: inout Scene, _ path: StorePath, _ derivation: StorePath, _ oddity: Oddity
  ) throws {
    func drop() {
      scene.events.removeAll { if case .copyStarted(path, _) = $0 { true } else { false } }
    }
    switch oddity {
    case .lacking:
      scene.survey.answers[path] = [.init(cache: scene.cache, kind: .absent)]
      scene.after[path] = nil
      drop()
    case .untrusted:
      scene.survey.answers[path] = [.init(cache: scene.cache, kind: .untrusted(try Make.narinfo(path)))]
      scene.after[path] = nil
      drop()
    case .unanswered:
      scene.survey.answers[path] = [.init(cache: scene.cache, kind: .failed(.status(503)))]
    case .presentBefore:
      scene.before[path] = try scene.present(path)
      drop()
    case .ofEvaluation:
      scene.before[path] = try scene.present(path, since: .evaluation(row: 7))
      drop()
    case .archiveGone:
      scene.events.append(
        .complaint(
          Complaint(
            subject: .narMissing(file: "nar/\(path.hashPart).nar.xz", cache: scene.cache.canonical),
            text: "gone")))
    case .built:
      drop()
      scene.events.append(.buildStarted(derivation: derivation))
      scene.after[path] = try scene.registration(of: path, isUltimate: true, isSigned: false)
    case .uncopied: drop()
    case .unregistered: scene.after[path] = nil
    case .otherContent: scene.after[path] = try scene.registration(of: path, isSigned: false)
    case .unasked: scene.survey.answers[path] = nil
    }
  }

  @Test(arguments: 0..<60)
  func `alike, whether all of their paths are looked at or only the remarkable ones`(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    var scene = try Self.scene(&random, of: 24, odd: seed % 6)
    scene.ending =
      [.exited(code: 0), .exited(code: 1), .notStarted, .exited(code: 0), .timedOut][seed % 5]
    if case .notStarted = scene.ending { scene.events = [] }
    scene.policy = Policy(
      builds: [.stop, .forbid, .observe][seed % 3],
      allowBuild: seed.isMultiple(of: 4) ? [DerivationGlob("package-1*")] : [],
      needsFreshStore: seed.isMultiple(of: 7))
    let testimony = try scene.testimony()
    let short = judge(testimony, under: scene.policy)
    let long = judgeAtLength(testimony, under: scene.policy)
    #expect(short.closure == long.closure)
    for (one, other) in zip(short.targets, long.targets) { #expect(one == other) }
    if seed % 6 == 0, scene.ending == .exited(code: 0) { #expect(short.verdict == .warm) }
  }

  /// Each is judged by a look at what is remarkable, and not by a look at all that all of them need.
  @Test func `in a time that does not grow with their square`() throws {
    func time(_ count: Int) throws -> Duration {
      var random = SplitMix(seed: 1)
      let scene = try Self.scene(&random, of: count, odd: 0)
      let testimony = try scene.testimony()
      let clock = ContinuousClock()
      return (0..<3).map { _ in
        clock.measure { #expect(judge(testimony, under: scene.policy).verdict == .warm) }
      }.min() ?? .zero
    }
    let (few, many) = (try time(200), try time(800))
    // Four times as many; with the square of their number it would be sixteen times as long.
    #expect(many < few * 9 + .milliseconds(20), "\(few) for 200, \(many) for 800")
  }
}
