import Foundation
import GRDB
import NixModel

/// One link of a store's chain: what was added by one transaction about one record, sealed together with the link
/// before it.
struct Link {
  let seq: Int64
  let kind: Kind
  /// The record's number in this store.
  var record: Int64?
  /// The digest of everything that was recorded of it by then (``RecordLine``).
  var content: EvidenceDigest?
  /// A signature over the record as it was then.
  var signature: String?
  /// The last of the links that were cut off, whose digest `content` is then.
  var cut: Int64?
  /// How many records were dropped.
  var dropped: Int64?
  /// When, in milliseconds since 1970.
  let at: Int64
  var previous: EvidenceDigest

  /// What a link is about.
  enum Kind: String {
    /// A run began.
    case begun
    /// Witnesses were heard.
    case testimony
    /// A record came to its end.
    case concluded
    /// A record came from another store, with its end.
    case imported
    /// What another store knew of a run by then came, without its end.
    case fragment
    /// Nothing but a signature came from another store.
    case signed
    /// A record was dropped because of its age.
    case dropped
    /// Links before were cut off.
    case checkpoint

    /// Whether nothing can be added to the record any more.
    var isFinal: Bool {
      switch self {
      case .concluded, .imported: true
      case .begun, .testimony, .fragment, .signed, .dropped, .checkpoint: false
      }
    }
  }

  /// The line that is sealed.
  var line: [UInt8] {
    let line = JSON.item { item in
      item.add("link", kind.rawValue)
      item.add("seq", seq)
      item.add("record", record)
      item.add("content", content?.description)
      item.add("signature", signature)
      item.add("cut", cut)
      item.add("dropped", dropped)
      item.add("at", at)
      item.add("previous", previous.description)
    }
    return line.bytes + [UInt8(ascii: "\n")]
  }

  var digest: EvidenceDigest { EvidenceDigest(of: line) }
}

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

  /// The end of a chain that is known.
  init(after last: (seq: Int64, digest: EvidenceDigest), _ db: Database, at now: Date = .now) {
    self.db = db
    self.now = Instant.milliseconds(now)
    self.last = last
  }

  /// What a record was when it was sealed last; `nil` where it never was.
  static func content(of record: Int64, _ db: Database) throws -> EvidenceDigest? {
    let last = try db.cachedStatement(
      sql: "SELECT content FROM main.link WHERE record = ? ORDER BY seq DESC LIMIT 1")
    return try EvidenceDigest.fetchOne(last, arguments: [record])
  }

  /// Adds a link; `fill` says what it holds.
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
