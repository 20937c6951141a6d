import Evidence
import Foundation
import GRDB

/// The end of a store's chain, within one transaction.
final class Chain {
  private let db: Database
  private let now: Int64
  private(set) var last: (seq: Int64, digest: EvidenceDigest)

  convenience init(_ db: Database, at now: Date = .now) throws {
    let row = try Row.fetchOne(db, sql: "SELECT seq, digest FROM link ORDER BY seq DESC LIMIT 1")
    let last = try row.map { row -> (Int64, EvidenceDigest) in
      (try row.decode(forColumn: "seq"), try row.decode(forColumn: "digest"))
    }
    self.init(after: last ?? (0, .none), db, at: now)
    // A sequence number this large can only come from a damaged or forged store.
    guard self.last.seq < Int64.max / 2 else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
  }

  /// Begins behind a link that is known.
  init(after last: (seq: Int64, digest: EvidenceDigest), _ db: Database, at now: Date = .now) {
    self.db = db
    self.now = Instant.milliseconds(now)
    self.last = last
  }

  /// The content of a record in its last link; `nil` where it has none.
  static func content(of record: Int64, _ db: Database) throws -> EvidenceDigest? {
    let last = try db.cachedStatement(
      sql: "SELECT content FROM main.link WHERE record = ? ORDER BY seq DESC LIMIT 1")
    return try EvidenceDigest.fetchOne(last, arguments: [record])
  }

  /// Adds a link, whose members `fill` sets.
  func append(_ kind: Link.Kind, _ fill: (inout Link) -> Void) throws {
    var link = Link(seq: last.seq + 1, kind: kind, at: now, previous: last.digest)
    fill(&link)
    let digest = link.digest
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO link (seq, kind, record, content, signature, cut, dropped, at, digest)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(arguments: [
      link.seq, link.kind.rawValue, link.record, link.content, link.signature, link.cut, link.dropped,
      link.at, digest,
    ])
    last = (link.seq, digest)
  }
}
