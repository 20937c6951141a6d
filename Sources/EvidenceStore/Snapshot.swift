import Foundation
import GRDB

/// A store as it was at one moment, in the present schema, in a file of our own that goes away with this value.
///
/// Whoever reads a store leaves it as it is. One of an earlier schema would have to be asked every question in
/// the words of that schema; and an examination of everything takes too long to keep others from writing.
final class Snapshot: Sendable {
  let path: String

  /// - Parameter original: the store, open for reading; `place` is where it is, for errors.
  init(of original: DatabaseQueue, at place: String) throws(EvidenceError) {
    path = FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString).sqlite").path
    do {
      let copy = try open()
      try original.backup(to: copy)
      try copy.write { db in try EvidenceStore.migrate(db) }
      try copy.close()
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw EvidenceError(place, error)
    }
  }

  /// The file, to be worked on: nobody else sees it, and nobody needs what a killed process leaves of it.
  func open() throws -> DatabaseQueue {
    var configuration = EvidenceStore.configuration()
    configuration.prepareDatabase { db in
      try db.execute(
        sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  // What cannot be removed lies among other temporary files, and harms nobody.
  deinit { try? FileManager.default.removeItem(atPath: path) }
}
