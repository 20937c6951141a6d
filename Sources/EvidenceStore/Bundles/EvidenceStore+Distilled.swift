import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// Some runs in a store of their own, which is made from nothing but their canonical lines.
  ///
  /// A signature is over those lines. Whoever may write a store's file can also give it a schema of their own, in
  /// which the very same lines are found by other questions; here, the questions are asked of our schema.
  ///
  /// - Throws: ``EvidenceError``, also where a run is not what was sealed.
  public func distilled(_ runs: [RunID]) throws(EvidenceError) -> EvidenceStore {
    let snapshot = try Snapshot(at: path) { target in
      try target.write { db in
        try Self.migrate(db)
        let reader = try BundleReader(db, path: path)
        try database.read { source in
          try BundleWriter(source) { try reader.take($0) }
            .write(try runs.compactMap { try Self.seq(of: $0, source) })
        }
        try reader.end()
      }
    }
    return EvidenceStore(path, snapshot.database, copy: snapshot, schema: Schema.version, isAlive: isAlive)
  }
}
