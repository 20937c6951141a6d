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
      try store.record(try start("r-\(number)", at: 1_777_809_600 + Double(number)), scene)
    }
    let cutOff = try start("r-cut-off")
    try store.begin(cutOff)
    try store.record(
      [.presence(.unavailable("no database")), .registrations(.unavailable("no database"))], for: cutOff.id)
    return store
  }

  @Test func `of a store that nobody touched verifies`() throws {
    let verification = try filled().verify()
    #expect(verification.findings.isEmpty)
    #expect(verification.runs == 4)
    #expect(verification.links == 3 * 3 + 2)
    #expect(verification.head?.link == 11)
  }

  @Test func `refuses to change or remove what was recorded`() throws {
    let store = try filled()
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
}
