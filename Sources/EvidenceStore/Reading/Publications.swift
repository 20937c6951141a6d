import Evidence
import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// The publications that fit `filter`, the latest first. A filter with verdicts, reasons or caches finds
  /// none, because a publication has no such thing.
  ///
  /// - Throws: ``EvidenceError``.
  public func publications(
    matching filter: RunFilter = RunFilter(), limit: Int
  ) throws(EvidenceError) -> [PublicationRecord] {
    guard filter.verdicts.isEmpty, filter.reasons.isEmpty, filter.origins.isEmpty else { return [] }
    return try read { db in
      let library = try Library(db)
      return try RunSearch(db: db, filter: filter, for: .publications).runs(limit: limit).map { hit in
        try reading(hit.run, library) {
          let publication = try library.contents(
            of: hit.run, .publication, .occasion, .shard, .published
          ).publication()
          return PublicationRecord(
            head: publication.head, targets: publication.targets.map(\.installable),
            counts: try counts(of: hit.run, db))
        }
      }
    }
  }

  /// The numbers of a publication's paths, which may be tens of thousands.
  private func counts(of seq: Int64, _ db: Database) throws -> PublicationCounts {
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT path.published, path.served, count(*) FROM record_entry AS said
          CROSS JOIN published_path AS path ON path.entry = said.entry
          WHERE said.record = ? AND said.kind = \(EntryKind.paths.number) GROUP BY path.published, path.served
          """), arguments: [seq])
    var counts = PublicationCounts()
    while let row = try rows.next() {
      guard let published = PublishedPath.Published(rawValue: row[0]) else { continue }
      counts.add(row[2], published, isServed: row[1])
    }
    return counts
  }

  /// The publication of that name, or whose name begins so; `nil` where there is no such record, or it is a
  /// proof.
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

  /// The places where publications wrote to caches, each as the latest publication states it.
  ///
  /// - Throws: ``EvidenceError``.
  public func publishingPlaces() throws(EvidenceError) -> PublishingPlaces {
    try read { db in
      let library = try Library(db)
      // There are few publications among the proofs, and those of some weeks name every place.
      let latest = try Int64.fetchAll(
        db, sql: "SELECT seq FROM record WHERE kind = 'publication' ORDER BY at DESC LIMIT 200")
      // A publication that cannot be read is left out.
      return PublishingPlaces(
        try latest.compactMap { seq in
          do { return try library.contents(of: seq, .publication).publication().head.destination } catch let
            error as DatabaseError
          { throw error } catch { return nil }
        })
    }
  }

  /// The latest publication of each of `paths`; a path that was never published is left out. So is a
  /// publication that cannot be read, because the record of a proof does not depend on it.
  ///
  /// - Throws: ``EvidenceError``.
  public func latestPublications(of paths: [StorePath]) throws(EvidenceError) -> [StorePath: PathPublication]
  {
    try read { db in
      let reader = PathReader(store: self, library: try Library(db))
      // Only entries of publications are followed, because most paths were never published, and many proofs
      // may have them.
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
