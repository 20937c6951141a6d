import Foundation
import GRDB
import NixModel

/// A store as it was at one moment, in the present schema, in a file of our own that goes away with this value.
///
/// Whoever reads a store leaves it as it is. One of an earlier schema would have to be asked every question in
/// the words of that schema; and an examination of everything takes too long to keep others from writing.
final class Snapshot: Sendable {
  let path: String
  /// The file, to be worked on: nobody else sees it.
  let database: DatabaseQueue

  /// - Parameter original: the store, open for reading; `place` is where it is, for errors.
  convenience init(of original: DatabaseQueue, at place: String) throws(EvidenceError) {
    try self.init(at: place) { database in
      try original.backup(to: database)
      try database.write { db in try EvidenceStore.migrate(db) }
    }
  }

  /// - Parameter bundle: a file of whole runs (``Bundle``).
  convenience init(ofBundle bundle: String) throws(EvidenceError) {
    try self.init(at: bundle) { database in
      try database.write { db in
        try EvidenceStore.migrate(db)
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
        try EvidenceStore.migrate(db)
        let recorder = try Recorder(db, path: place)
        try recorder.record(publication, signing: key)
        try recorder.ledger.seal()
      }
    }
  }

  /// - Parameter log: a log that holds whole bundles.
  convenience init(ofLog log: BundleLog, at place: String) throws(EvidenceError) {
    let bundles = try log.bundles()
    try self.init(at: place) { database in
      try database.write { db in
        try EvidenceStore.migrate(db)
        if let first = bundles.first { try log.read(first, into: db) }
      }
    }
    // Bundles that come from one list of targets repeat much, which a merge keeps once.
    let whole = EvidenceStore(place, database, copy: self, schema: Schema.version) { _ in false }
    for bundle in bundles.dropFirst() {
      let other = try Snapshot(at: place) { database in
        try database.write { db in
          try EvidenceStore.migrate(db)
          try log.read(bundle, into: db)
        }
      }
      _ = try whole.merge(
        EvidenceStore(place, other.database, copy: other, schema: Schema.version) { _ in false })
    }
  }

  /// - Parameter fill: makes it of an empty file.
  init(at place: String, _ fill: (DatabaseQueue) throws -> Void) throws(EvidenceError) {
    path = EvidenceStore.plain(
      FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString).sqlite").path)
    do {
      var configuration = EvidenceStore.configuration()
      // A copy is worked on freely; what is wrong with it is what is asked.
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
