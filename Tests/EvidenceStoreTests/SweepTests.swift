import Evidence
import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

/// Shards of one proof, as they are recorded, carried in bundles, and joined.
@Suite final class `A recorded sweep` {
  private let drawer = Drawer()
  private let name: SweepName
  private let list: TargetList
  private let scene: Scene

  init() throws {
    name = try SweepName(parsing: "nightly")
    scene = try Scene()
    // Each shard has a target of its own, and the scene's witnesses saw one target.
    list = TargetList(
      [try #require(scene.targets.first?.installable)]
        + (try ["b", "c"].map { try Installable(parsing: "nixpkgs#\($0)") }))
  }

  private func store(_ file: String) throws -> EvidenceStore {
    try EvidenceStore(creatingAt: "\(drawer.directory)/\(file).sqlite")
  }

  private func begun(_ index: Int, _ id: String? = nil, at second: Double = 0) throws -> RunStart {
    let some = try start(id ?? "shard-\(index)", at: 1_777_809_600 + second)
    return RunStart(
      id: some.id, started: some.started, version: some.version, runner: some.runner,
      installables: list.part(index, of: 3), policy: scene.policy,
      shard: Shard(index, of: 3, of: list, in: name))
  }

  /// Records a shard as warm. For each target, the testimony is that of the scene.
  private func prove(
    _ index: Int, _ id: String? = nil, at second: Double = 0, in store: EvidenceStore,
    signing key: SigningKey? = nil
  ) throws {
    let begun = try begun(index, id, at: second)
    try store.begin(begun)
    let judged = try scene.judged()
    let judgment = Judgment(
      targets: try begun.installables.map { target in
        TargetJudgment(
          installable: target, derivation: nil, ruling: .warm,
          outputs: try #require(judged.targets.first?.outputs))
      }, closure: judged.closure)
    try store.conclude(
      begun.id, Conclusion(finished: begun.started, judgment: judgment, memoryPeak: nil), signing: key)
  }

  private func bundle(_ store: EvidenceStore, _ file: String) throws -> String {
    let path = "\(drawer.directory)/\(file).bundle"
    try Data().write(to: URL(filePath: path))
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try store.export(nil) { try handle.write(contentsOf: $0) }
    return path
  }

  @Test func `is told by each run from its first moment`() throws {
    let store = try store("one")
    try store.begin(try begun(1))
    let run = try #require(try store.latestRun())
    #expect(run.start == (try begun(1)))
    #expect(try store.sweeps() == [name])
    #expect(try store.sweep(name)?.shards.map(\.status) == [.missing, .interrupted, .missing])
    #expect(try store.sweep(SweepName(parsing: "other")) == nil)
    #expect(try faults(of: store).isEmpty)
    #expect(try store.verify().isIntact)
  }

  @Test func `is joined of bundles that come in any order, and again`() throws {
    let collected = try store("collected")
    for index in [2, 0, 1] {
      let pod = try store("pod-\(index)")
      try prove(index, in: pod)
      #expect(try collected.sweep(name)?.verdict != .warm)
      let bundle = try bundle(pod, "pod-\(index)")
      #expect(try EvidenceStore(reading: bundle).sweeps() == [name])
      for _ in 0..<2 { _ = try collected.merge(EvidenceStore(reading: bundle)) }
    }
    let verdict = try #require(try collected.sweep(name))
    #expect(verdict.verdict == .warm, "\(verdict)")
    #expect(verdict.shards.map(\.runs) == [1, 1, 1])
    #expect(try EvidenceStore(reading: bundle(collected, "all")).sweep(name) == verdict)
    #expect(try collected.verify().isIntact)
    #expect(try faults(of: collected).isEmpty)
    // The gate still answers for each target.
    for target in list.targets {
      #expect(try collected.recordedRuns(about: target.description, limit: 9).map(\.saysWarm) == [true])
    }
  }

  @Test func `counts only what a trusted key signed, where one is asked for`() throws {
    let (key, stranger) = (try SigningKey(named: "pod-1"), try SigningKey(named: "pod-1"))
    let store = try store("one")
    for index in 0..<3 { try prove(index, in: store, signing: index == 2 ? nil : key) }
    #expect(try store.sweep(name)?.verdict == .warm)
    let signed = try #require(try store.sweep(name, trusting: [key.publicKey]))
    #expect(signed.verdict == .inconclusive)
    #expect(signed.shards.map(\.status) == [.warm, .warm, .missing])
    #expect(signed.disregarded.map(\.text) == ["shard-2"])
    try prove(2, "again", at: 9, in: store, signing: key)
    #expect(try store.sweep(name, trusting: [key.publicKey])?.verdict == .warm)
    let strange = try #require(try store.sweep(name, trusting: [stranger.publicKey]))
    #expect(strange.verdict == .inconclusive)
    #expect(strange.reasons == [.nothing])
    #expect(strange.disregarded.count == 4)
  }

  @Test func `is not changed without being noticed`() throws {
    let store = try store("one")
    try prove(0, in: store)
    try amend(store.path, ("\"index\":0", "\"index\":1"))
    #expect(try !store.verify().isIntact)
    try tamper(with: store.path) { db in
      try db.execute(sql: "DELETE FROM record_entry WHERE kind = ?", arguments: [EntryKind.shard.number])
    }
    #expect(try !store.verify().isIntact)
  }

  @Test func `that cannot be is a contradiction`() throws {
    let store = try store("one")
    try prove(0, in: store)
    for change in [("\"targets\":3", "\"targets\":100001"), ("\"nightly\"", "\"No Name\"")] {
      try amend(store.path, change)
      #expect(throws: EvidenceError.self) { try store.runs(limit: 1) }
    }
  }

  /// If it were imported, every list that it belongs to would fail.
  @Test func `that cannot be is not taken in`() throws {
    for (number, change) in [
      ("\"targets\":3", "\"targets\":200000"), ("\"sweep\":\"nightly\"", "\"sweep\":\"Bad Name\""),
      ("\"list\":\"\(list.digest)\"", "\"list\":\"x\""),
    ].enumerated() {
      let pod = try store("pod-\(number)")
      try prove(0, in: pod)
      let path = try bundle(pod, "pod-\(number)")
      let (forged, collected) = (try forge(path, change), try store("collected-\(number)"))
      let error = #expect(throws: EvidenceError.self, "\(change)") { try EvidenceStore(reading: forged) }
      guard case .contradiction(run: "shard-0", _)? = error?.flaw else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(try collected.merge(EvidenceStore(reading: path)).imported == 1)
    }
    // A store that has it, and whose chain was made anew, is refused as well.
    let source = try store("source")
    try prove(0, in: source)
    try reseal(source, ("\"targets\":3", "\"targets\":200000"))
    #expect(try source.verify().isIntact)
    let target = try store("target")
    let error = #expect(throws: EvidenceError.self) { try target.merge(source) }
    guard case .contradiction(run: "shard-0", _)? = error?.flaw else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try target.runs(limit: 9).isEmpty)
  }

  @Test func `is dropped with its runs`() throws {
    let store = try store("one")
    for index in 0..<3 { try prove(index, at: Double(index), in: store) }
    _ = try store.prune(startedBefore: Date(timeIntervalSince1970: 1_777_809_601))
    #expect(try store.sweep(name)?.shards.map(\.status) == [.missing, .warm, .warm])
    #expect(try store.verify().isIntact)
    #expect(try faults(of: store).isEmpty)
  }

  @Test func `is found without reading every run`() throws {
    let store = try store("one")
    try prove(0, in: store)
    let plan = try store.read { db in
      try Row.fetchAll(
        db,
        sql: """
          EXPLAIN QUERY PLAN SELECT record.id FROM mark CROSS JOIN record ON record.seq = mark.record
          WHERE mark.kind = 'sweep' AND mark.word = (SELECT id FROM text WHERE value = 'nightly')
          """
      ).map { row -> String in row["detail"] }
    }
    #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(plan)")
  }
}
