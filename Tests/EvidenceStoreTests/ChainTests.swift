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
    let tables = try store.read { db in
      try String.fetchAll(
        db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    }
    #expect(Set(tables) == Set(Schema.guarded))
    let database = try DatabaseQueue(path: drawer.path)
    for table in tables {
      let column = try database.read { db in try db.columns(in: table)[0].name }
      for sql in ["UPDATE \(table) SET \(column) = \(column)", "DELETE FROM \(table)"] {
        let error = #expect(throws: DatabaseError.self) { try database.write { try $0.execute(sql: sql) } }
        #expect(error?.message?.hasPrefix("what was recorded is never") == true, "\(sql)")
      }
    }
    #expect(try store.verify().isIntact)
  }

  /// Whoever can write the file can go on with its chain as well.
  private func forge(_ change: String, _ link: @escaping (inout Link) -> Void, _ kind: Link.Kind) throws {
    try tamper(with: drawer.path) { db in
      try db.execute(sql: change)
      let content = try Canon(db).lines(ofRun: 1).digest
      try Chain(db).append(kind) { new in
        new.run = 1
        new.content = content
        link(&new)
      }
    }
  }

  @Test func `shows that a concluded run was changed, even by another link`() throws {
    let store = try filled()
    let head = try store.verify().head?.digest
    try forge("UPDATE run SET host = 'elsewhere' WHERE seq = 1", { _ in }, .testimony)
    let findings = try EvidenceStore(reading: drawer.path).verify(expecting: head).defects
    #expect(findings.first == .linkChanged(12))
  }

  @Test func `shows that a run is said to be dropped without a checkpoint`() throws {
    let store = try filled()
    let tables = (["run"] + Catalogue.ofRun.map(\.table) + Catalogue.indexesByRun).map {
      "DELETE FROM \($0) WHERE \($0 == "run" ? "seq" : "run") = 1"
    }
    try tamper(with: store.path) { db in
      try db.execute(sql: tables.joined(separator: ";"))
      try Chain(db).append(.dropped) { $0.run = 1 }
    }
    #expect(try !EvidenceStore(reading: drawer.path).verify().isIntact)
  }

  @Test func `does not let a run be found by another time or target than its own`() throws {
    let store = try filled()
    try tamper(with: store.path) { db in
      try db.execute(
        sql:
          "UPDATE run SET at = 9999999999999 WHERE seq = 2; UPDATE mark SET at = 9999999999999 WHERE run = 2")
    }
    #expect(try !EvidenceStore(reading: drawer.path).verify().isIntact)
    #expect(throws: EvidenceError.self) { try EvidenceStore(reading: drawer.path).distilled([RunID("r-1")]) }

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
    // A table that spells its texts out gives the same lines, and other answers.
    try tamper(with: drawer.path) { db in
      try db.execute(
        sql: """
          CREATE TABLE other (run, position, installable TEXT, attribute TEXT, spec TEXT);
          INSERT INTO other SELECT run, position, (SELECT value FROM text WHERE id = installable),
            (SELECT value FROM text WHERE id = attribute), (SELECT value FROM text WHERE id = spec)
            FROM requested_row;
          PRAGMA legacy_alter_table = ON;
          DROP VIEW requested;
          DROP TABLE requested_row;
          ALTER TABLE other RENAME TO requested_row;
          """)
    }
    let forged = try EvidenceStore(reading: drawer.path)
    #expect(try forged.signers(of: begun.id, among: [key.publicKey]) == [key.publicKey])
    #expect(try !forged.verify().isIntact)
    // What it was about is asked of the lines alone.
    let clean = try forged.distilled([begun.id])
    #expect(try clean.signers(of: begun.id, among: [key.publicKey]) == [key.publicKey])
    #expect(try clean.recordedRuns(about: "qemu_kvm^out,dev", limit: 1).count == 1)
    #expect(try clean.recordedRuns(about: "hello", limit: 1).isEmpty)
  }
}
