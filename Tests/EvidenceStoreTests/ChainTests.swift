import Evidence
import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

@Suite final class `The chain` {
  private let drawer = Drawer()

  private func filled() throws -> EvidenceStore {
    let store = try EvidenceStore(creatingAt: drawer.path)
    for (number, scene) in try variousScenes().enumerated() {
      let begun = try start("r-\(number)", at: 1_777_809_600 + Double(number), shard: someShard())
      try store.record(begun, scene)
    }
    let cutOff = try start("r-cut-off")
    try store.begin(cutOff)
    try store.record(
      [.presence(.unavailable("no database")), .registrations(.unavailable("no database"))], for: cutOff.id)
    return store
  }

  @Test func `of a store that nobody touched verifies`() throws {
    let verification = try filled().verify()
    #expect(verification.defects.isEmpty)
    #expect(verification.runs == 4)
    #expect(verification.links == 3 * 3 + 2)
    #expect(verification.head?.link == 11)
  }

  @Test func `refuses to change or remove what was recorded`() throws {
    let store = try filled()
    try store.importSummary(Make.summary())
    let database = try DatabaseQueue(path: drawer.path)
    for table in Schema.guarded {
      let column = try database.read { db in try db.columns(in: table)[0].name }
      for sql in ["UPDATE \(table) SET \(column) = \(column)", "DELETE FROM \(table)"] {
        let error = #expect(throws: DatabaseError.self) { try database.write { try $0.execute(sql: sql) } }
        #expect(error?.message?.hasPrefix("what was recorded is never") == true, "\(sql)")
      }
    }
    #expect(try store.verify().isIntact)
  }

  /// Changes a record and extends the chain for it, as a writer of the file can.
  private func forge(_ change: (one: String, other: String)) throws {
    try tamper(with: drawer.path) { db in
      let library = try Library(db)
      let entries = try library.parts(of: 1).map { part in
        let line = String(decoding: try library.entry(part.entry).line, as: UTF8.self)
        return try Entry(line: Array(line.replacing(change.one, with: change.other).utf8))
      }
      let line = RecordLine(id: RunID("r-0"), kind: .proof, entries: entries.map(\.digest))
      try db.execute(sql: "DELETE FROM record_entry WHERE record = 1")
      let (shelf, place) = (try Shelf(db), try #require(try library.place(of: 1)))
      try shelf.add(entries, to: place)
      try Chain(db).append(.testimony) { ($0.record, $0.content) = (1, line.content) }
    }
  }

  @Test func `shows that a concluded run was changed, even by another link`() throws {
    let store = try filled()
    let head = try store.verify().head?.digest
    try forge(("runner-1", "elsewhere"))
    let findings = try EvidenceStore(reading: drawer.path).verify(expecting: head).defects
    #expect(findings.first == .linkChanged(12))
  }

  @Test func `shows that a run is said to be dropped without a checkpoint`() throws {
    let store = try filled()
    try tamper(with: store.path) { db in
      for table in ["record_entry", "mark", "tally"] {
        try db.execute(sql: "DELETE FROM \(table) WHERE record = 1")
      }
      try db.execute(sql: "DELETE FROM record WHERE seq = 1")
      try Chain(db).append(.dropped) { $0.record = 1 }
    }
    #expect(try !EvidenceStore(reading: drawer.path).verify().isIntact)
  }

  @Test func `does not let a run be found by another time or target than its own`() throws {
    let store = try filled()
    try tamper(with: store.path) { db in
      try db.execute(
        sql:
          "UPDATE record SET at = 9999999999999 WHERE seq = 2; UPDATE mark SET at = 9999999999999 WHERE record = 2"
      )
    }
    #expect(try !EvidenceStore(reading: drawer.path).verify().isIntact)
    // A gate that demands signatures reads the time in the signed lines.
    let mended = try EvidenceStore(reading: drawer.path).distilled([RunID("r-1")])
    #expect(try mended.runs(limit: 1) == store.runs(limit: 9).filter { $0.start.id.text == "r-1" })

    let clean = try EvidenceStore(reading: drawer.path).distilled([RunID("r-0")])
    #expect(try clean.runs(limit: 9) == store.runs(limit: 9).filter { $0.start.id.text == "r-0" })
    #expect(throws: EvidenceError.self) {
      try clean.recordedRuns(about: clean.topic("libguestfs"), limit: 1, expecting: [RunID("r-0")])
    }
  }

  @Test func `is not led astray by another schema in which the same lines are found`() throws {
    let key = try SigningKey(named: "collector-1")
    let store = try EvidenceStore(creatingAt: drawer.path)
    let scene = try Scene()
    let begun = try start("r-0")
    try store.begin(begun)
    try store.record(depositions(scene), for: begun.id)
    try store.conclude(
      begun.id, Conclusion(finished: begun.started, judgment: try scene.judged(), memoryPeak: 7), signing: key
    )
    // Another table in the place of `mark` gives other answers, and the lines stay the same.
    try tamper(with: drawer.path) { db in
      try db.execute(
        sql: """
          CREATE TABLE other AS SELECT * FROM mark;
          INSERT INTO text (value) VALUES ('hello');
          UPDATE other SET word = (SELECT id FROM text WHERE value = 'hello') WHERE kind = 'target';
          PRAGMA legacy_alter_table = ON;
          DROP TABLE mark;
          ALTER TABLE other RENAME TO mark;
          """)
    }
    let forged = try EvidenceStore(reading: drawer.path)
    #expect(try forged.signers(of: begun.id, among: [key.publicKey]) == [key.publicKey])
    #expect(try !forged.verify().isIntact)
    // The distilled store finds the run by its lines alone.
    let clean = try forged.distilled([begun.id])
    #expect(try clean.signers(of: begun.id, among: [key.publicKey]) == [key.publicKey])
    #expect(try clean.recordedRuns(about: "qemu_kvm^out,dev", limit: 1).count == 1)
    #expect(try clean.recordedRuns(about: "hello", limit: 1).isEmpty)
  }
}
