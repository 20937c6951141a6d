import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

@Suite final class `Merging stores` {
  private let directory = Drawer()
  /// Made once for all stores, because each scene has keys of its own.
  private let scenes: [Scene]

  init() throws { scenes = try variousScenes() }

  private func store(_ name: String, _ runs: ClosedRange<Int>) throws -> EvidenceStore {
    let store = try EvidenceStore(creatingAt: "\(directory.directory)/\(name).sqlite")
    for number in runs {
      try store.record(
        try start("r-\(number)", number % 2 == 0 ? "qemu" : "glib", at: 1_777_809_600 + Double(number * 60)),
        scenes[number % 3])
    }
    return store
  }

  /// The content of a store, without its own numbers.
  private func content(_ store: EvidenceStore) throws -> [String: Testimony] {
    Dictionary(
      uniqueKeysWithValues: try store.runs(limit: 1000).map {
        ("\($0)", try store.testimony(of: $0.start.id))
      })
  }

  private func reader(_ store: EvidenceStore) throws -> EvidenceStore {
    try EvidenceStore(reading: store.path)
  }

  @Test func `is a union, in whatever order`() throws {
    let (one, other) = (try store("one", 0...5), try store("other", 4...9))
    let bytes = FileManager.default.contents(atPath: other.path)
    #expect(try one.merge(reader(other)) == MergeSummary(imported: 4, completed: 0, known: 2))
    #expect(FileManager.default.contents(atPath: other.path) == bytes)
    #expect(try one.merge(reader(other)) == MergeSummary(known: 6))

    let (reversed, first) = (try store("reversed", 4...9), try store("first", 0...5))
    _ = try reversed.merge(reader(first))
    #expect(try one.runs(limit: 99) == reversed.runs(limit: 99))
    #expect(try content(one) == content(reversed))
    #expect(try content(one) == content(try store("all", 0...9)))
    #expect(try one.latestRun(about: "glib^out,dev")?.start.id.text == "r-9")
    #expect(
      try one.paths(matching: RunFilter(), limit: 99).count
        == reversed.paths(matching: RunFilter(), limit: 99).count)
    #expect(try faults(of: one).isEmpty)
  }

  @Test func `into an empty store is a copy`() throws {
    let other = try store("other", 0...5)
    let copy = try EvidenceStore(creatingAt: "\(directory.directory)/copy.sqlite")
    #expect(try copy.merge(reader(other)) == MergeSummary(imported: 6))
    #expect(try content(copy) == content(other))
  }

  @Test func `completes what was copied while it was under way`() throws {
    let scene = scenes[2]
    let all = try depositions(scene)
    for known in 0...all.count {
      let whole = try EvidenceStore(creatingAt: "\(directory.directory)/whole-\(known).sqlite")
      let part = try EvidenceStore(creatingAt: "\(directory.directory)/part-\(known).sqlite")
      let begun = try start("r-1")
      try part.begin(begun)
      try part.record(Array(all.prefix(known)), for: begun.id)
      try whole.record(begun, scene)
      // The part adds nothing to the whole, and the whole completes the part.
      #expect(try whole.merge(reader(part)) == MergeSummary(known: 1))
      #expect(try part.merge(reader(whole)) == MergeSummary(completed: 1))
      #expect(try content(part) == content(whole))
      #expect(try part.merge(reader(whole)) == MergeSummary(known: 1))
    }
  }

  @Test(arguments: [
    (#""host":"runner-1""#, #""host":"elsewhere""#, "proof"),
    (#""since":"before""#, #""since":"evaluation""#, "presence"),
    (#""paths":2"#, #""paths":99"#, "conclusion"),
    (#""machine":"ssh://b""#, #""machine":"ssh://c""#, "events"),
    (#""code":0"#, #""code":1"#, "log"), (#""url":"nar/"#, #""url":"ran/"#, "offers"),
    (#""system":"x86_64-linux","allows"#, #""system":"y","allows"#, "derivations"),
    (#""branch":"speed-"#, #""branch":"slow-"#, "occasion"),
    (#""milliseconds":1200"#, #""milliseconds":1201"#, "log"),
    (#"-glib-2.84","narHash""#, #"-glib-2.84","ultimate":true,"narHash""#, "registrations"),
  ])
  func `refuses what contradicts, and adds nothing`(one old: String, other new: String, kind: String) throws {
    let (one, other) = (try store("one", 0...5), try store("other", 3...9))
    // The chain is made anew, as a writer of the file can.
    try reseal(other, (old, new))
    let before = FileManager.default.contents(atPath: one.path)
    let theirs = try reader(other)
    let error = #expect(throws: EvidenceError.self) { try one.merge(theirs) }
    guard case .disagreement(_, _, let found) = error?.flaw else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found == kind)
    #expect(error?.description.contains(other.path) == true)
    #expect(FileManager.default.contents(atPath: one.path) == before)
  }

  @Test(arguments: [
    "DELETE FROM entry WHERE id = (SELECT entry FROM record_entry WHERE record = 4 LIMIT 1)",
    "DELETE FROM entry", "UPDATE record_entry SET entry = 99999 WHERE record = 2",
  ])
  func `takes nothing from a store that lacks what it refers to, and names it`(damage: String) throws {
    let (one, other) = (try store("one", 0...0), try store("other", 1...5))
    try tamper(with: other.path) { db in try db.execute(sql: damage) }
    let error = #expect(throws: EvidenceError.self) { try one.merge(reader(other)) }
    #expect(error?.path == other.path, "\(String(describing: error))")
    #expect(try one.runs(limit: 9).count == 1)
    #expect(try faults(of: one).isEmpty)
  }

  @Test func `knows its own file`() throws {
    let one = try store("one", 0...0)
    let link = "\(directory.directory)/link.sqlite"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: one.path)
    #expect(one.isSame(as: try EvidenceStore(reading: link)))
    #expect(!one.isSame(as: try store("other", 0...0)))
  }
}
