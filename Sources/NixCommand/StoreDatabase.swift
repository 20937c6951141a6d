import GRDB
import NixModel

/// The database in which a store registers its valid paths.
///
/// Source of the schema: Nix, `src/libstore/schema.sql`, the same from 2.3 to 2.34.
struct StoreDatabase {
  /// The file.
  let path: String

  /// The highest row of `ValidPaths`. Nix gives no row's number a second time, because the table says
  /// `autoincrement`. So every path that is registered later has a higher one.
  func highestRow() throws -> Int64 {
    try read { db in try Int64.fetchOne(db, sql: "SELECT max(id) FROM ValidPaths") ?? 0 }
  }

  /// Every valid path.
  func validPaths() throws -> Set<StorePath> {
    try read { db in
      Set(
        try String.fetchAll(db, sql: "SELECT path FROM ValidPaths").compactMap { try? StorePath(parsing: $0) }
      )
    }
  }

  /// The valid paths that were added last and carry signatures, at most `limit`.
  func latestSigned(_ limit: Int) throws -> [StorePath] {
    try read { db in
      try String.fetchAll(
        db, sql: "SELECT path FROM ValidPaths WHERE sigs IS NOT NULL AND sigs <> '' ORDER BY id DESC LIMIT ?",
        arguments: [limit]
      ).compactMap { try? StorePath(parsing: $0) }
    }
  }

  /// The row of each valid path, and how it is registered there; paths that are not valid are missing.
  func entries(of paths: [StorePath]) throws -> [StorePath: (row: Int64, registration: Registration)] {
    try read { db in
      let one = try db.makeStatement(
        sql: "SELECT id, hash, narSize, ultimate, sigs, ca FROM ValidPaths WHERE path = ?")
      let references = try db.makeStatement(
        sql: "SELECT path FROM Refs JOIN ValidPaths ON reference = id WHERE referrer = ?")
      var found: [StorePath: (row: Int64, registration: Registration)] = [:]
      for path in Set(paths) {
        guard let row = try ValidPath.fetchOne(one, arguments: [path.description]) else { continue }
        guard let narHash = NarHash(row.hash) else {
          throw NixError.unreadable(question: "the store's database", cause: "\(path) has no readable hash")
        }
        let names = try String.fetchAll(references, arguments: [row.id])
        let registration = Registration(
          narHash: narHash, narSize: UInt64(max(0, row.narSize ?? 0)), isUltimate: row.ultimate == 1,
          signatures: (row.sigs ?? "").split(separator: " ").compactMap { try? Signature(parsing: $0) },
          contentAddress: row.ca.flatMap { ContentAddress($0) },
          references: try names.map { try StorePath(parsing: $0, in: path.directory) })
        found[path] = (row.id, registration)
      }
      return found
    }
  }

  private func read<Value>(_ question: (Database) throws -> Value) throws -> Value {
    // Never read-write: the database is Nix's. Never immutable: that would miss rows that are still in the WAL.
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    return try DatabaseQueue(path: path, configuration: configuration).read(question)
  }
}

/// A row of `ValidPaths`. False and empty are `NULL` there, never 0.
private struct ValidPath: Decodable, FetchableRecord {
  let id: Int64
  let hash: String
  let narSize: Int64?
  let ultimate: Int64?
  let sigs: String?
  let ca: String?
}
