import Foundation
import NixModel
import TestSupport
import Testing

@testable import Reporting

/// What a gate leaves behind, whole, as of a run (see ``What a run leaves behind``).
@Suite struct `What a gate leaves behind` {
  private static let formats: [RunFormat] = [.markdown, .junit, .github, .githubOutput, .gitlab]

  /// Three targets: proved, refused, and changed since its proof.
  private static func report(noise: String = "") throws -> GateReport {
    var scene = try GateScene()
    let proved = GateAnswer.Target(
      target: "nixpkgs#qemu\(noise)", run: scene.run, age: 60,
      findings: scene.findings(under: GatePolicy(maximumAge: 3600)))
    scene.verdict = .cold
    let refused = GateAnswer.Target(
      target: "nixpkgs#glib\(noise)", run: scene.run, age: 60,
      findings: scene.findings(under: GatePolicy(maximumAge: 3600)))
    let installable = Installable.flake(reference: ".", attribute: "hello\(noise)", outputs: .selected)
    let unproved = GateAnswer.Target(unproved: installable.description, outputs: [scene.glib])
    let old = try Make.path("1", "hello-1.drv")
    let new = try Make.path("2", "hello-2.drv")
    var warm = try Scene()
    warm.targets = [
      Target(
        installable: installable,
        resolution: .derivation(old, system: "x86_64-linux", outputs: [.init(name: "out", path: scene.qemu)]))
    ]
    let target = Target(
      installable: installable,
      resolution: .derivation(new, system: "x86_64-linux", outputs: [.init(name: "out", path: scene.glib)]))
    let changes = try [
      GateChange(of: target, in: DerivationGraph([:]), since: RunID("r-0"), warm.testimony())
    ].compactMap(\.self)
    return GateReport(
      GateAnswer(targets: [proved, refused, unproved]), changes, at: GateScene.now, on: "runner-1")
  }

  @Test(arguments: formats) func `looks as it is kept`(format: RunFormat) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/gate.\(format.rawValue)")
    let rendered = try Self.report().render(format)
    if ProcessInfo.processInfo.environment["WARMTH_WRITE_SNAPSHOTS"] != nil {
      try Data(rendered.utf8).write(to: file)
    }
    #expect(try Data(rendered.utf8) == Data(contentsOf: file), "\(rendered)")
  }

  @Test(arguments: RunFormat.allCases.filter { $0 != .github })
  func `has no command for a runner that reads it`(format: RunFormat) throws {
    let rendered = try Self.report(noise: "\n::set-output name=a::b\n##[add-mask]x").render(format)
    #expect(WorkflowReader.commands(in: WorkflowLog.inert(rendered)) == [])
  }

  @Test func `names what keeps the gate closed, and only that`() throws {
    let reader = WorkflowReader.commands(in: try Self.report().render(.github))
    #expect(reader.count == 2)
    #expect(try Self.report().render(.githubOutput).contains("not-proved<<END\nnixpkgs#glib\n.#hello\nEND\n"))
  }
}
