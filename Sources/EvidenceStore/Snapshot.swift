import Foundation
import GRDB
import NixModel

/// A store as it was at one moment, in a temporary file that is removed with this value.
///
/// An examination works on one, because it takes too long to keep others from writing. A bundle is read into
/// one, so that it answers the same queries as a store.
final class Snapshot: Sendable {
  let path: String
  /// The database, which is this process's alone and may be changed.
  let database: DatabaseQueue

  /// - Parameter original: the store, open for reading. Errors name `place`.
  convenience init(of original: DatabaseQueue, at place: String) throws(EvidenceError) {
    try self.init(at: place) { database in try original.backup(to: database) }
  }

  /// - Parameter bundle: a file of whole runs (``Bundle``).
  convenience init(ofBundle bundle: String) throws(EvidenceError) {
    try self.init(at: bundle) { database in
      try database.write { db in
        try Schema.bringUp(db)
        try BundleReader.read(bundle, into: db)
      }
    }
  }

  /// - Parameter publication: the only record. Errors name `place`.
  convenience init(
    of publication: Publication, at place: String, signing key: SigningKey? = nil
  ) throws(EvidenceError) {
    try self.init(at: place) { database in
      try database.write { db in
        try Schema.bringUp(db)
        let recorder = try Recorder(db, path: place)
        try recorder.record(publication, signing: key)
        try recorder.seal()
      }
    }
  }

  /// - Parameter log: a log that holds whole bundles. Errors name `place`.
  convenience init(ofLog log: BundleLog, at place: String) throws(EvidenceError) {
    let bundles = try log.bundles()
    try self.init(at: place) { database in
      try database.write { db in
        try Schema.bringUp(db)
        if let first = bundles.first { try log.read(first, into: db) }
      }
    }
    // Bundles of one list of targets share many entries, which a merge keeps once.
    let whole = EvidenceStore(place, database, copy: self) { _ in false }
    for bundle in bundles.dropFirst() {
      let other = try Snapshot(at: place) { database in
        try database.write { db in
          try Schema.bringUp(db)
          try log.read(bundle, into: db)
        }
      }
      _ = try whole.merge(
        EvidenceStore(place, other.database, copy: other) { _ in false })
    }
  }

  /// - Parameter fill: makes the store in an empty file. Errors name `place`.
  init(at place: String, _ fill: (DatabaseQueue) throws -> Void) throws(EvidenceError) {
    path = EvidenceStore.plain(
      FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString).sqlite").path)
    do {
      var configuration = EvidenceStore.configuration()
      // This copy may be damaged, and finding the damage is the point.
      configuration.foreignKeysEnabled = false
      configuration.prepareDatabase { db in
        // A file that a killed process leaves behind is of no use, so no journal protects it.
        try db.execute(
          sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
      }
      database = try DatabaseQueue(path: path, configuration: configuration)
      try fill(database)
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw EvidenceError(place, error)
    }
  }

  // A file that cannot be removed is left among other temporary files.
  deinit { try? FileManager.default.removeItem(atPath: path) }
}
