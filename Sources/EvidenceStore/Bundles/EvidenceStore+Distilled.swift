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
        try Schema.bringUp(db)
        let reader = try BundleReader(db, path: path)
        try database.read { source in
          let library = try Library(source)
          try BundleWriter(library) { try reader.take(Data($0)) }
            .write(try runs.compactMap { try library.seq(of: $0) })
        }
        try reader.end()
      }
    }
    return EvidenceStore(path, snapshot.database, copy: snapshot, isAlive: isAlive)
  }
}
