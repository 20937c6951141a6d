import Foundation
import GRDB

/// A store of an earlier schema as the present one has it, in a file of our own that goes away with this value.
///
/// Whoever reads a store leaves it as it is, and every question would otherwise have to be asked in the words of
/// each schema. Recording into the store brings it forward for good.
final class MigratedCopy: Sendable {
  let path: String

  /// - Parameter original: the store, open for reading; `place` is where it is, for errors.
  init(of original: DatabaseQueue, at place: String) throws(EvidenceError) {
    path = FileManager.default.temporaryDirectory.appending(path: "warmth-\(UUID().uuidString).sqlite").path
    do {
      let copy = try DatabaseQueue(path: path, configuration: EvidenceStore.configuration())
      // Nobody needs what a killed process leaves of it.
      try copy.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
      }
      try original.backup(to: copy)
      try copy.write { db in try EvidenceStore.migrate(db) }
      try copy.close()
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw EvidenceError(place, error)
    }
  }

  // What cannot be removed lies among other temporary files, and harms nobody.
  deinit { try? FileManager.default.removeItem(atPath: path) }
}
