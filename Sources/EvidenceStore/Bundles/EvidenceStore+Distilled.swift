import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// Some runs in a store of their own, which is made of their canonical lines alone.
  ///
  /// A signature covers those lines, and not the schema of the file. A writer of the file can change the
  /// schema so that queries find other answers in the same lines. In the distilled store, queries run on the
  /// schema of this program.
  ///
  /// - Throws: ``EvidenceError``, also where a line does not have the digest that its run names.
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
