import Foundation
import GRDB
import NixModel

/// A store as it was at one moment, in a file of our own that goes away with this value.
///
/// An examination of everything takes too long to keep others from writing, and what a bundle says is asked for as
/// what a store says is.
final class Snapshot: Sendable {
  let path: String
  /// The file, to be worked on: nobody else sees it.
  let database: DatabaseQueue

  /// - Parameter original: the store, open for reading; `place` is where it is, for errors.
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

  /// - Parameter publication: all that is in it; `place` is where it was told, for errors.
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

  /// - Parameter log: a log that holds whole bundles.
  convenience init(ofLog log: BundleLog, at place: String) throws(EvidenceError) {
    let bundles = try log.bundles()
    try self.init(at: place) { database in
      try database.write { db in
        try Schema.bringUp(db)
        if let first = bundles.first { try log.read(first, into: db) }
      }
    }
    // Bundles that come from one list of targets repeat much, which a merge keeps once.
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

  /// - Parameter fill: makes it of an empty file.
  init(at place: String, _ fill: (DatabaseQueue) throws -> Void) throws(EvidenceError) {
    path = EvidenceStore.plain(
      FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString).sqlite").path)
    do {
      var configuration = EvidenceStore.configuration()
      // This copy may be damaged, and finding the damage is the point.
      configuration.foreignKeysEnabled = false
      configuration.prepareDatabase { db in
        // Nobody needs what a killed process leaves of it.
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

  // What cannot be removed lies among other temporary files, and harms nobody.
  deinit { try? FileManager.default.removeItem(atPath: path) }
}
