import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

@Suite final class `Pruning` {
  private let drawer = Drawer()
  private let scenes: [Scene]

  init() throws { scenes = try variousScenes() }

  private func time(_ number: Int) -> Date {
    Date(timeIntervalSince1970: 1_777_809_600 + Double(number * 60))
  }

  private func store(_ name: String, _ runs: some Sequence<Int>) throws -> EvidenceStore {
    let store = try EvidenceStore(creatingAt: "\(drawer.directory)/\(name).sqlite")
    for number in runs {
      try store.record(
        try start("r-\(number)", at: time(number).timeIntervalSince1970), scenes[number % 3])
    }
    return store
  }

  private func names(_ store: EvidenceStore) throws -> [String] {
    try store.runs(limit: 99).map(\.start.id.text).sorted()
  }

  @Test func `leaves nothing of what it drops, and a chain that verifies`() throws {
    let pruned = try store("pruned", 0...7)
    let head = try pruned.verify().head
    let rehearsal = try pruned.rehearsePruning(startedBefore: time(5))
    #expect(try pruned.verify().head == head)
    let summary = try pruned.prune(startedBefore: time(5))
    #expect(summary == rehearsal)
    #expect(summary.dropped.map(\.text) == (0...4).map { "r-\($0)" })
    #expect(summary.kept == 3)
    #expect(summary.links == 5 * 3)
    #expect(try names(pruned) == ["r-5", "r-6", "r-7"])
    let verification = try pruned.verify(expecting: head?.digest)
    #expect(verification.defects.isEmpty)
    #expect(verification.dropped == 5)
    #expect(try faults(of: pruned).isEmpty)

    // The store has as many rows as one that never had the dropped runs.
    let fresh = try store("fresh", 5...7)
    func counts(_ store: EvidenceStore) throws -> [String: Int] {
      try store.read { db in
        Dictionary(
          uniqueKeysWithValues: try Schema.guarded.filter { $0 != "link" }.map { table in
            (table, try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0)
          })
      }
    }
    #expect(try counts(pruned) == counts(fresh))
    for number in 5...7 {
      let run = RunID("r-\(number)")
      #expect(try pruned.testimony(of: run) == fresh.testimony(of: run))
    }
    // The triggers are back.
    #expect(throws: DatabaseError.self) {
      try DatabaseQueue(path: pruned.path).write { try $0.execute(sql: "DELETE FROM record") }
    }
  }

  @Test func `goes on after new runs, and after runs that were imported late`() throws {
    let pruned = try store("pruned", [3, 4])
    _ = try pruned.merge(EvidenceStore(reading: try store("old", 0...1).path))
    #expect(try pruned.prune(startedBefore: time(3)).dropped.count == 2)
    #expect(try pruned.verify().isIntact)
    try pruned.record(try start("r-5", at: time(5).timeIntervalSince1970), scenes[0])
    #expect(try pruned.prune(startedBefore: time(5)).dropped.count == 2)
    let verification = try pruned.verify()
    #expect(verification.defects.isEmpty)
    #expect(verification.dropped == 4)
    #expect(try pruned.prune(startedBefore: time(9)).kept == 0)
    #expect(try pruned.verify().isIntact)
    try pruned.record(try start("r-9", at: time(9).timeIntervalSince1970), scenes[1])
    #expect(try pruned.verify().isIntact)
    #expect(try pruned.prune(startedBefore: time(9)).dropped.isEmpty)
  }

  @Test(arguments: [
    "UPDATE link SET cut = cut - 1 WHERE kind = 'checkpoint'",
    "UPDATE link SET dropped = 1 WHERE kind = 'checkpoint'",
    "DELETE FROM link WHERE kind = 'checkpoint'",
    "DELETE FROM link WHERE seq = (SELECT min(seq) FROM link)",
    "UPDATE entry SET bytes = CAST(bytes || x'20' AS BLOB) WHERE id = (SELECT max(id) FROM entry)",
  ])
  func `is no way to hide a change`(forgery: String) throws {
    let pruned = try store("pruned", 0...7)
    _ = try pruned.prune(startedBefore: time(5))
    try tamper(with: pruned.path) { try $0.execute(sql: forgery) }
    #expect(try !EvidenceStore(reading: pruned.path).verify().isIntact)
  }
}
