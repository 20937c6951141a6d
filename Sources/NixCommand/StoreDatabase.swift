import Foundation
import GRDB
public import NixModel

/// What the store knows of paths: from its database, or through `nix path-info` where that cannot be read.
///
/// Source of the schema: Nix, `src/libstore/schema.sql`, the same from 2.8 to 2.34.
public struct StoreWitness: Sendable {
  private let program: NixProgram

  /// A witness of the store that `program` works on.
  public init(_ program: NixProgram) { self.program = program }

  /// What the store holds of each path, in its database and on disk.
  public func presence(of paths: [StorePath]) async -> Heard<[StorePath: Presence]> {
    switch await registrations(of: paths) {
    case .notAsked: .notAsked
    case .unavailable(let cause): .unavailable(cause)
    case .said(let valid):
      .said(
        Dictionary(
          uniqueKeysWithValues: Set(paths).map {
            ($0, Presence(isValid: valid[$0] != nil, isOnDisk: program.location.isOnDisk($0)))
          }))
    }
  }

  /// How each valid path is registered; paths that are not valid are missing.
  public func registrations(of paths: [StorePath]) async -> Heard<[StorePath: Registration]> {
    do {
      return .said(try read(paths))
    } catch {
      // A daemon's store may not be readable for us, and a store may lie elsewhere: Nix itself knows.
      do throws(NixError) { return .said(try await program.pathInfo(paths)) } catch {
        return .unavailable(error.description)
      }
    }
  }

  private func read(_ paths: [StorePath]) throws -> [StorePath: Registration] {
    // Never read-write: the database is Nix's. Never immutable: that misses what is still in the WAL.
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    let queue = try DatabaseQueue(path: program.location.database, configuration: configuration)
    return try queue.read { db in
      let one = try db.makeStatement(
        sql: "SELECT id, hash, narSize, ultimate, sigs, ca FROM ValidPaths WHERE path = ?")
      let references = try db.makeStatement(
        sql: "SELECT path FROM Refs JOIN ValidPaths ON reference = id WHERE referrer = ?")
      var found: [StorePath: Registration] = [:]
      for path in Set(paths) {
        guard let row = try ValidPath.fetchOne(one, arguments: [path.description]) else { continue }
        guard let narHash = NarHash(row.hash) else {
          throw NixError.unreadable(question: "the store's database", cause: "\(path) has no readable hash")
        }
        let names = try String.fetchAll(references, arguments: [row.id])
        found[path] = Registration(
          narHash: narHash, narSize: UInt64(max(0, row.narSize ?? 0)), isUltimate: row.ultimate == 1,
          signatures: (row.sigs ?? "").split(separator: " ").compactMap { try? Signature(parsing: $0) },
          contentAddress: row.ca.flatMap { ContentAddress($0) },
          references: try names.map { try StorePath(parsing: $0, in: path.directory) })
      }
      return found
    }
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
