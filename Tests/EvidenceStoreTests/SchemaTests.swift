import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

@Suite struct `The schema` {
  @Test func `has each table in one place of the catalogue`() throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    let tables = try store.read { db in
      try String.fetchAll(
        db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    }
    let listed =
      ["run", "text", "derivation", "link"] + Catalogue.Dictionary.allCases.map(\.rawValue)
      + Catalogue.ofRun.map(\.table) + Catalogue.indexes
    #expect(tables.sorted() == listed.sorted())
  }

  @Test func `knows the columns and keys of the catalogue`() throws {
    let drawer = Drawer()
    try EvidenceStore(creatingAt: drawer.path).read { db in
      for dictionary in Catalogue.Dictionary.allCases {
        let columns = try TableShape(dictionary.rawValue, db).columns
        #expect(Set(columns) == Set(dictionary.columns + ["id"]))
      }
      for (table, key) in Catalogue.ofRun {
        let columns = try String.fetchAll(
          db, sql: "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", arguments: [table])
        #expect(columns == ["run"] + key, "\(table)")
      }
    }
  }

  /// The tables of an earlier step, with all that the views of the present one say.
  private func earlier(_ step: Int, of store: EvidenceStore, at path: String) throws {
    let old = try DatabaseQueue(path: path)
    try old.writeWithoutTransaction { db in
      try db.execute(sql: Schema.steps[..<step].joined())
      try db.execute(
        sql: "PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(step)")
      try db.execute(sql: "ATTACH ? AS present; PRAGMA foreign_keys = OFF", arguments: [store.path])
      let tables = try String.fetchAll(
        db, sql: "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      for table in tables {
        let columns = try db.columns(in: table, in: "main").map(\.name).joined(separator: ", ")
        let rest =
          switch table {
          case "output", "offer": "ORDER BY position"
          case "mark" where step == 3: "WHERE kind IN ('target', 'warm', 'verdict', 'from')"
          default: ""
          }
        try db.execute(
          sql: """
            INSERT INTO main.\(table) (\(columns)) SELECT \(columns) FROM present.\(table) \(rest)
            """)
      }
    }
    try old.close()
  }

  /// A beginning that asks for what the scene is about: the first step tells targets by that alone.
  private func begun(_ id: String, _ scene: Scene, at seconds: Double) throws -> RunStart {
    let some = try start(id, at: seconds)
    return RunStart(
      id: some.id, started: some.started, version: some.version, runner: some.runner,
      installables: scene.targets.map(\.installable), policy: scene.policy)
  }

  @Test(arguments: [1, 2, 3, 4, 5])
  func `of an earlier step is read, and brought forward, without losing anything`(step: Int) throws {
    let drawer = Drawer()
    let store = try EvidenceStore(creatingAt: drawer.path)
    // What the fourth step added has no place in the others.
    let scenes = try variousScenes().map { scene in
      var scene = scene
      scene.timeTaken = nil
      (scene.baseline, scene.before) = (nil, try Scene().before)
      return scene
    }
    for (number, scene) in scenes.enumerated() {
      try store.record(try begun("r-\(number)", scene, at: 1_777_809_600 + Double(number)), scene)
    }
    try store.begin(try begun("r-cut-off", scenes[0], at: 1_777_809_600))
    #expect(try faults(of: store).isEmpty)
    let path = "\(drawer.directory)/earlier.sqlite"
    try earlier(step, of: store, at: path)
    let bytes = FileManager.default.contents(atPath: path)

    func everything(_ store: EvidenceStore) throws -> [Testimony] {
      try store.runs(limit: 10).map { try store.testimony(of: $0.start.id) }
    }
    let read = try EvidenceStore(reading: path)
    #expect(try read.runs(limit: 10) == store.runs(limit: 10))
    if step >= 2 { #expect(try everything(read) == everything(store)) }
    let before = try everything(read)
    let outputs = RunFilter(paths: [.path(try Scene().qemu)])
    #expect(try read.paths(matching: outputs, limit: 9) == store.paths(matching: outputs, limit: 9))
    #expect(FileManager.default.contents(atPath: path) == bytes)

    let forward = try EvidenceStore(creatingAt: path)
    #expect(try forward.runs(limit: 10) == store.runs(limit: 10))
    #expect(try everything(forward) == before)
    #expect(try forward.latestRun(about: "qemu_kvm")?.start.id.text == "r-2")
    #expect(
      try forward.runs(matching: RunFilter(verdicts: [.warm]), limit: 9).map(\.start.id.text) == ["r-0"])
    #expect(try faults(of: forward).isEmpty)
    guard step >= 2 else { return }
    // What is known already is not added a second time; the first step lacks some of it.
    let answers = try forward.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM answer") }
    try forward.record(try begun("r-9", scenes[2], at: 1_777_809_700), scenes[2])
    let afterwards = try forward.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM answer") }
    #expect(afterwards == answers)
  }
}
