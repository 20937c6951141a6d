import Evidence
import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// The publications that fit `filter`, the latest first. They have no verdicts, reasons or origins: a filter that
  /// asks for one finds none.
  public func publications(
    matching filter: RunFilter = RunFilter(), limit: Int
  ) throws(EvidenceError) -> [PublicationRecord] {
    guard filter.verdicts.isEmpty, filter.reasons.isEmpty, filter.origins.isEmpty else { return [] }
    return try read { db in
      let library = try Library(db)
      return try RunSearch(db: db, filter: filter, for: .publications).runs(limit: limit).map { hit in
        try reading(hit.run, library) {
          let publication = try library.contents(of: hit.run).publication()
          return PublicationRecord(
            head: publication.head, targets: publication.targets.map(\.installable),
            counts: publication.counts)
        }
      }
    }
  }

  /// The publication of that name, or whose name begins so; `nil` where there is no such record, or it is a proof.
  ///
  /// - Throws: ``EvidenceError``, also where several names begin so.
  public func publication(_ id: RunID) throws(EvidenceError) -> Publication? {
    guard let name = try name(of: id) else { return nil }
    return try read { db in
      let library = try Library(db)
      guard let seq = try library.seq(of: name), try library.kind(of: seq) == .publication else { return nil }
      return try reading(seq, library) { try library.contents(of: seq).publication() }
    }
  }

  /// Where the caches can be written to that publications went to, as the latest of each say.
  public func publishingPlaces() throws(EvidenceError) -> PublishingPlaces {
    try read { db in
      let library = try Library(db)
      // There are few publications beside the proofs; those of some weeks know every place.
      let latest = try Int64.fetchAll(
        db, sql: "SELECT seq FROM record WHERE kind = 'publication' ORDER BY at DESC LIMIT 200")
      // One that cannot be read is passed over.
      return PublishingPlaces(
        try latest.compactMap { seq in
          do { return try library.contents(of: seq, .publication).item(.publication).destination() } catch let
            error as DatabaseError
          { throw error } catch { return nil }
        })
    }
  }

  /// The latest publication that says anything of each of `paths`, of those that one says anything of. One that
  /// cannot be read is passed over: what a proof says does not depend on it.
  public func latestPublications(of paths: [StorePath]) throws(EvidenceError) -> [StorePath: PathPublication]
  {
    try read { db in
      let reader = PathReader(store: self, library: try Library(db))
      // Most paths were never published, and there may be many proofs of them: of entries, only publications' are followed.
      let latest = try db.cachedStatement(
        sql: """
          SELECT has.record FROM sighting AS said
          CROSS JOIN record_entry AS has ON has.entry = said.entry
          WHERE said.path = (SELECT id FROM text WHERE value = ?)
            AND (EXISTS (SELECT 1 FROM published_path AS one WHERE one.entry = said.entry AND one.path = said.path)
              OR EXISTS (SELECT 1 FROM published_target AS one WHERE one.entry = said.entry))
          ORDER BY has.at DESC, has.record DESC
          """)
      var found: [StorePath: PathPublication] = [:]
      for path in Set(paths) {
        let records = try Int64.fetchCursor(latest, arguments: [path.description])
        while found[path] == nil, let record = try records.next() {
          found[path] = try reader.publication(record, of: path)
        }
      }
      return found
    }
  }
}
