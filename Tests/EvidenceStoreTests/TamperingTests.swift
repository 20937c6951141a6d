import Foundation
import GRDB
import NixModel
import TestSupport
import Testing

@testable import EvidenceStore

/// Changes to a store, each of one value, row or pair of rows, by the `sqlite3` program.
private struct Mutation: Sendable {
  let table: String
  let name: String
  let sql: String
}

/// One table as the mutations need it.
private struct Mutable {
  let table: String
  let columns: [(name: String, type: String)]
  let key: [String]
  let rows: [Row]

  init(_ table: String, _ db: Database, rows count: Int) throws {
    self.table = table
    let info = try Row.fetchAll(
      db, sql: "SELECT name, type, pk FROM pragma_table_info(?)", arguments: [table])
    columns = info.map { ($0["name"], $0["type"]) }
    let keyed = info.filter { $0["pk"] != 0 }.sorted { ($0["pk"] as Int) < $1["pk"] }
    key = keyed.map { $0["name"] }
    rows = try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY random() LIMIT \(count)")
  }

  private func literal(_ value: DatabaseValue) -> String {
    switch value.storage {
    case .null: "NULL"
    case .int64(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): "'\(text.replacing("'", with: "''"))'"
    case .blob(let data): "x'\(data.map { String(format: "%02x", $0) }.joined())'"
    }
  }

  private func place(_ row: Row) -> String {
    key.map { "\($0) IS \(literal(row[$0]))" }.joined(separator: " AND ")
  }

  /// Another value of the same type.
  private func other(_ value: DatabaseValue, _ type: String) -> [String] {
    switch value.storage {
    case .null: [type == "INTEGER" ? "1" : type == "BLOB" ? "zeroblob(32)" : "'x'"]
    case .int64(let number): ["\(number &+ 1)", "NULL"]
    case .double: []
    case .string(let text):
      [
        "\(literal((text + "x").databaseValue))", "\(literal(text.databaseValue)) || char(0) || 'x'",
        text.isEmpty ? "char(0)" : literal(String(text.dropLast()).databaseValue), "NULL",
      ]
    case .blob(var data):
      [
        literal(
          {
            data[data.startIndex] ^= 1; return data.databaseValue
          }()), "NULL",
      ]
    }
  }

  var mutations: [Mutation] {
    var all: [Mutation] = []
    for row in rows {
      for (column, type) in columns {
        for value in other(row[column], type) {
          all.append(
            Mutation(
              table: table, name: "flip of \(column) to \(value)",
              sql: "UPDATE \(table) SET \(column) = \(value) WHERE \(place(row))"))
        }
      }
      all.append(Mutation(table: table, name: "deletion", sql: "DELETE FROM \(table) WHERE \(place(row))"))
      all.append(contentsOf: insertions(like: row))
    }
    for (one, other) in zip(rows, rows.dropFirst()) { all += swaps(one, other) }
    return all
  }

  /// A row like this one with another key.
  private func insertions(like row: Row) -> [Mutation] {
    key.flatMap { changed in
      other(row[changed], "").filter { $0 != "NULL" }.prefix(1).map { value in
        let values = columns.map { $0.name == changed ? value : literal(row[$0.name]) }
        return Mutation(
          table: table, name: "insertion with another \(changed)",
          sql: "INSERT INTO \(table) VALUES (\(values.joined(separator: ", ")))")
      }
    }
  }

  /// Swaps of one column, or of all columns that are no key, between two rows.
  private func swaps(_ one: Row, _ other: Row) -> [Mutation] {
    let values = columns.map(\.name).filter { !key.contains($0) }
    let groups = values.map { [$0] } + (values.count > 1 ? [values] : [])
    return groups.compactMap { group in
      guard group.contains(where: { (one[$0] as DatabaseValue) != other[$0] }) else { return nil }
      func set(_ row: Row) -> String { group.map { "\($0) = \(literal(row[$0]))" }.joined(separator: ", ") }
      return Mutation(
        table: table, name: "swap of \(group.joined(separator: ", "))",
        sql:
          "UPDATE \(table) SET \(set(other)) WHERE \(place(one)); UPDATE \(table) SET \(set(one)) WHERE \(place(other))"
      )
    }
  }
}

/// Applies each mutation to a copy of its own.
///
/// - Returns: the changed copies, each with its mutation.
private func apply(_ mutations: ArraySlice<Mutation>, to path: String, in directory: String) throws -> [(
  path: String, mutation: Mutation
)] {
  let guards = try DatabaseQueue(path: path).read { db in
    let all = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return (
      all.map { "DROP TRIGGER \($0[0] as String);" }.joined(separator: "\n"),
      all.map { "\($0[1] as String);" }.joined(separator: "\n")
    )
  }
  var script = ""
  var copies: [(path: String, mutation: Mutation)] = []
  for (number, mutation) in zip(mutations.indices, mutations) {
    let copy = "\(directory)/\(number).sqlite"
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    copies.append((copy, mutation))
    script += """
      .open \(copy)
      PRAGMA foreign_keys = OFF;
      PRAGMA ignore_check_constraints = ON;
      PRAGMA synchronous = OFF;
      PRAGMA journal_mode = MEMORY;
      \(guards.0)
      \(mutation.sql);
      SELECT changes();
      \(guards.1)

      """
  }
  let file = "\(directory)/script"
  try script.write(toFile: file, atomically: true, encoding: .utf8)
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["sqlite3", "-batch"]
  process.standardInput = FileHandle(forReadingAtPath: file)
  // A value that a constraint refuses is an error of `sqlite3`, and makes no mutation.
  process.standardError = FileHandle.nullDevice
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let told = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  try #require(process.terminationStatus != 127, "sqlite3 is not there: scripts/setup --for test installs it")
  // The output has lines with the journal mode as well.
  let changes = String(decoding: told, as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
  try #require(changes.count == copies.count)
  return zip(copies, changes).filter { $0.1 > 0 }.map(\.0)
}

private func isFound(_ path: String) -> Bool {
  (try? EvidenceStore(reading: path).verify().isIntact) != true
}

@Suite final class `Tampering` {
  private let drawer = Drawer()

  /// The mutations of every table.
  private func mutations(_ path: String) throws -> [Mutation] {
    try DatabaseQueue(path: path).read { db in
      let tables = try String.fetchAll(
        db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%'")
      return try tables.flatMap { table in try Mutable(table, db, rows: Effort.share(of: 18)).mutations }
    }
  }

  private func store() throws -> String {
    let store = try EvidenceStore(creatingAt: drawer.path)
    let key = try SigningKey(named: "collector-1")
    for (number, scene) in try variousScenes().enumerated() {
      let begun = try start("r-\(number)", at: 1_777_809_600 + Double(number), shard: someShard())
      try store.begin(begun)
      try store.record(depositions(scene), for: begun.id)
      let end = Conclusion(finished: begun.started, judgment: try scene.judged(), memoryPeak: 7)
      try store.conclude(begun.id, end, signing: key)
    }
    try store.importSummary(Make.summary())
    let cutOff = try start("r-cut-off", at: 1_777_809_700)
    try store.begin(cutOff)
    try store.record(
      [.presence(.unavailable("no database")), .registrations(.unavailable("none"))], for: cutOff.id)
    return drawer.path
  }

  @Test func `with any table or column is found`() async throws {
    let path = try store()
    #expect(try EvidenceStore(reading: path).verify().isIntact)
    let all = try mutations(path)
    let directory = drawer.directory
    let chunks = stride(from: 0, to: all.count, by: 100).map { all[$0..<min($0 + 100, all.count)] }
    let cores = Turnstile(2)
    let (found, missed, tables) = try await withThrowingTaskGroup(
      of: (Int, [String], Set<String>).self
    ) { group in
      for (number, chunk) in chunks.enumerated() {
        group.addTask {
          try await cores.pass {
            try await onThreadOfItsOwn {
              let place = "\(directory)/\(number)"
              try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
              var (found, missed, tables) = (0, [String](), Set<String>())
              for (copy, mutation) in try apply(chunk, to: path, in: place) {
                if isFound(copy) {
                  found += 1
                  tables.insert(mutation.table)
                } else {
                  missed.append("\(mutation.table): \(mutation.name): \(mutation.sql)")
                }
              }
              try FileManager.default.removeItem(atPath: place)
              return (found, missed, tables)
            }
          }
        }
      }
      return try await group.reduce(into: (0, [String](), Set<String>())) { sum, part in
        sum = (sum.0 + part.0, sum.1 + part.1, sum.2.union(part.2))
      }
    }
    #expect(missed.isEmpty, "\(missed.joined(separator: "\n"))")
    #expect(found > Effort.share(of: 1500), "\(found) of \(all.count)")
    #expect(tables.isSuperset(of: Schema.guarded))
  }
}
