import Foundation
import NixModel
import Proof
import Synchronization
import TestSupport
import Testing

/// The whole proof against scripted witnesses.
@Suite struct `A prover` {
  private let scene: Scene
  private let installables: [Installable]
  init() throws {
    scene = try Scene()
    installables = [.flake(reference: "nixpkgs", attribute: "qemu_kvm", outputs: .selected)]
  }

  /// What was asked and recorded, in order.
  private final class Diary: Sendable {
    private let lines = Mutex<[String]>([])
    func note(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
  }

  private func witnesses(_ scene: Scene, _ diary: Diary) throws -> Witnesses {
    let testimony = try scene.testimony()
    let registrations = scene.after
    return Witnesses(
      environment: { () async throws(WitnessError) in
        diary.note("environment")
        return testimony.environment
      },
      baseline: {
        diary.note("baseline")
        return testimony.baseline.map { .said($0) } ?? .unavailable("nobody knows")
      },
      resolve: { _, _ in
        diary.note("resolve")
        return Resolution(targets: testimony.targets)
      },
      derivations: { roots, whole in
        diary.note(whole ? "derivations, whole" : "derivations")
        return testimony.graph
      },
      presence: { _ in
        diary.note("presence")
        return testimony.before
      },
      survey: { _, _, _ in
        diary.note("survey")
        return testimony.survey
      },
      realize: { request, event in
        diary.note("realize \(request.goals.count)")
        var seen: [LogEvent] = []
        for one in testimony.log.events {
          seen.append(one)
          if case .end(let derivation) = event(one) {
            return LogTestimony(events: seen, lines: seen.count, bytes: 0, ending: .stopped(at: derivation))
          }
        }
        return LogTestimony(events: seen, lines: seen.count, bytes: 0, ending: testimony.log.ending)
      },
      registrations: { _ in
        diary.note("registrations")
        return .said(registrations)
      })
  }

  private func prove(_ scene: Scene, cancelled: NixEnding? = nil) async throws -> (Judgment, [String]) {
    let diary = Diary()
    let prover = Prover(
      witnesses: try witnesses(scene, diary),
      record: { depositions in
        for deposition in depositions { diary.note("record \("\(deposition)".prefix { $0 != "(" })") }
      },
      cancellation: { cancelled })
    return (try await prover.prove(installables, under: scene.policy), diary.all)
  }

  @Test func `asks every witness and has each recorded before it asks the next`() async throws {
    let (judgment, diary) = try await prove(scene)
    #expect(judgment.verdict == .warm)
    #expect(
      // What the targets are built from is read and recorded beside Nix's work, at whatever moment.
      diary.filter { $0 != "derivations, whole" && $0 != "record derivations" } == [
        "environment", "baseline", "record environment", "record baseline", "resolve", "record resolution",
        "derivations", "survey", "presence", "record survey", "record presence", "realize 1", "record log",
        "registrations",
        "record registrations", "record outcomes",
      ])
    #expect(diary.filter { $0 == "record derivations" }.count == 1)
  }

  @Test(arguments: [false, true])
  func `evaluates nothing beside what could write, unless it is told to`(anyway: Bool) async throws {
    var scene = scene
    scene.means = [MeansOfWriting(.atticToken, at: "ATTIC_TOKEN", .writes("main: w"))]
    let diary = Diary()
    let prover = Prover(
      witnesses: try witnesses(scene, diary), record: { _ in }, evaluatesAnyway: anyway)
    let judgment = try await prover.prove(installables, under: scene.policy)
    #expect(diary.all.contains("resolve") == anyway)
    #expect(judgment.verdict == .inconclusive)
    #expect(judgment.targets.map(\.installable) == installables)
    #expect(judgment.targets.flatMap(\.ruling.reasons).map(\.code) == [.writeTokenPresent])
  }

  @Test func `downloads nothing where the survey decides`() async throws {
    var scene = scene
    scene.survey.answers[scene.glib] = [.init(cache: scene.cache, kind: .absent)]
    let (judgment, diary) = try await prove(scene)
    #expect(judgment.verdict == .cold)
    #expect(!diary.contains { $0.hasPrefix("realize") })
    #expect(!diary.contains("registrations"))
  }

  @Test func `asks for the archives of what Nix will not copy`() async throws {
    var scene = scene
    scene.before[scene.glib] = try scene.present(scene.glib)
    let (judgment, diary) = try await prove(scene)
    #expect(diary.filter { $0 == "survey" }.count == 2)
    // The scripted substituters do not say more when they are asked again.
    #expect(judgment.targets[0].ruling.reasons.map(\.code) == [.witnessMissing])

    scene.policy.needsFreshStore = true
    #expect(try await prove(scene).1.filter { $0 == "survey" }.count == 1)
  }

  @Test func `goes on where builds are only observed`() async throws {
    var scene = scene
    scene.policy.builds = .observe
    scene.survey.answers[scene.glib] = [.init(cache: scene.cache, kind: .absent)]
    let (_, diary) = try await prove(scene)
    #expect(diary.contains("realize 1"))
  }

  @Test func `ends Nix at the first build that is not allowed`() async throws {
    var scene = scene
    scene.events.insert(.buildStarted(derivation: scene.glibDrv), at: 1)
    scene.after = [:]
    let (judgment, diary) = try await prove(scene)
    #expect(judgment.verdict == .cold)
    #expect(judgment.targets[0].ruling.reasons.map(\.code) == [.forbiddenBuild])
    #expect(diary.contains("derivations, whole"))
  }

  @Test(arguments: [(NixEnding.timedOut, ReasonCode.timedOut), (.interrupted, .interrupted)])
  func `that is cut off proves nothing`(ending: NixEnding, code: ReasonCode) async throws {
    let (judgment, _) = try await prove(scene, cancelled: ending)
    #expect(judgment.verdict == .inconclusive)
    #expect(judgment.targets.flatMap(\.ruling.reasons).map(\.code) == [code])
  }

  @Test func `without a usable Nix proves nothing, and says so`() async throws {
    let diary = Diary()
    var witnesses = try witnesses(scene, diary)
    witnesses.environment = { () async throws(WitnessError) in throw WitnessError("there is no Nix") }
    let judgment = try await Prover(witnesses: witnesses, record: { _ in })
      .prove(installables, under: Policy())
    #expect(judgment.targets.flatMap(\.ruling.reasons).map(\.code) == [.witnessMissing])
  }

  @Test func `whose evidence cannot be written ends at once`() async throws {
    struct Full: Error {}
    let diary = Diary()
    let prover = Prover(witnesses: try witnesses(scene, diary), record: { _ in throw Full() })
    await #expect(throws: Full.self) { try await prover.prove(installables, under: Policy()) }
    #expect(diary.all == ["environment", "baseline"])
  }
}
