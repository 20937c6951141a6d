import Foundation
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

/// Nix's settings, its start, and the limits of its log survive recording, bundles and merging.
@Suite struct `What is recorded of Nix` {
  private static let changes: [(name: String, change: @Sendable (inout Scene) -> Void)] = [
    ("the sandbox", { $0.sandboxSetting = .always }), ("no sandbox", { $0.sandboxSetting = .never }),
    ("a relaxed sandbox", { $0.sandboxSetting = .relaxed }),
    (
      "caches that are always asked",
      {
        $0.alwaysSubstitutes = true; $0.graph.alwaysSubstitutes = true
      }
    ),
    ("events that were dropped", { ($0.unreadable, $0.dropped) = (7, 5) }),
    (
      "a Nix that could not be started",
      {
        $0.ending = .failedToStart("no such file")
        ($0.events, $0.after) = ([], [:])
      }
    ),
  ]

  @Test func `is given back by the store, by a bundle, and by what a bundle was merged into`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    var said: [RunID: Testimony] = [:]
    for (number, row) in Self.changes.enumerated() {
      var scene = try Scene()
      row.change(&scene)
      let begun = try start("r-\(number)", at: 1_777_809_600 + Double(number))
      try store.begin(begun)
      try store.record(depositions(scene), for: begun.id)
      try store.conclude(
        begun.id, Conclusion(finished: begun.started, judgment: try scene.judged(), memoryPeak: 7))
      said[begun.id] = try scene.testimony()
    }
    let bundle = "\(drawer.directory)/b.bundle"
    var bytes = Data()
    try store.export(nil) { bytes += $0 }
    try bytes.write(to: URL(filePath: bundle))
    let merged = try EvidenceStore(creatingAt: "\(drawer.directory)/merged.sqlite")
    _ = try merged.merge(EvidenceStore(reading: bundle))
    for reader in [store, try EvidenceStore(reading: bundle), merged] {
      #expect(try reader.verify().isIntact)
      for (id, testimony) in said {
        let read = try reader.testimony(of: id)
        #expect(read.environment == testimony.environment)
        #expect(read.log == testimony.log)
        #expect(read.graph.alwaysSubstitutes == testimony.environment.alwaysSubstitutes)
        #expect(read.after == testimony.after)
        #expect(try reader.run(id)?.nixSandbox == testimony.environment.sandboxSetting)
      }
    }
  }

  @Test(arguments: ["daemon", "local", "unix:///run/other.sock", "/var/cache", "cache.example.org", "auto"])
  func `keeps a substituter that is no address of a cache`(text: String) throws {
    var scene = try Scene()
    scene.survey.caches.append(Survey.Cache(url: SubstituterURL(anyStore: text), state: .unknown))
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let begun = try start("r-1")
    try store.record(begun, scene)
    #expect(try store.testimony(of: begun.id).survey == scene.survey)
  }
}
