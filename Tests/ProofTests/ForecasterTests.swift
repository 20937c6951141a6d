import NixModel
import Proof
import Synchronization
import TestSupport
import Testing

/// A forecast against scripted witnesses.
@Suite struct `A forecaster` {
  private let scene: Scene
  private let installable = Installable.flake(
    reference: "nixpkgs", attribute: "qemu_kvm", outputs: .selected)

  init() throws { scene = try Scene() }

  @Test func `asks the caches for the outputs of what resolved, as far as it is told`() async throws {
    let testimony = try scene.testimony()
    let asked = Mutex<[SurveyExtent]>([])
    let extent = SurveyExtent(isRecursive: true, archives: .none)
    let forecaster = Forecaster(
      resolve: { _, _ in Resolution(targets: testimony.targets) },
      survey: { paths, extent, _ in
        asked.withLock { $0.append(extent) }
        return paths == testimony.targets.flatMap { $0.outputs.map(\.path) } ? testimony.survey : Survey()
      })
    let forecast = await forecaster.forecast([installable], extent)
    #expect(forecast.answer == .yes)
    #expect(asked.withLock { $0 } == [extent])
  }

  @Test func `ends an evaluation that begins to build`() async throws {
    let derivation = scene.glibDrv
    let forecaster = Forecaster(
      resolve: { installables, event in
        let directive = event(LogEvent(line: 1, kind: .buildStarted(derivation: derivation)))
        return Resolution(
          unresolved: installables.map { UnresolvedTarget(installable: $0, error: "\(directive)") })
      },
      survey: { _, _, _ in Survey() })
    let forecast = await forecaster.forecast([installable], SurveyExtent(isRecursive: false, archives: .none))
    #expect(forecast.unresolved.map(\.error) == ["\(Directive.end(derivation))"])
    #expect(forecast.answer == .unknown)
  }
}
