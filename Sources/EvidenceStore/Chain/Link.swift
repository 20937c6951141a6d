import Foundation
import GRDB
import NixModel

/// One link of a store's chain: what was added by one transaction about one run, sealed together with the link
/// before it.
struct Link {
  let seq: Int64
  let kind: Kind
  /// The run's number in this store.
  var run: Int64?
  /// The digest of everything that was recorded of the run by then.
  var content: EvidenceDigest?
  /// A signature over the run as it was then.
  var signature: String?
  /// The digest of the derivations that came with it.
  var derivations: EvidenceDigest?
  /// The last of the links that were cut off, whose digest `content` is then.
  var cut: Int64?
  /// How many runs were dropped.
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
    /// A run came to its end.
    case concluded
    /// A run came from another store, with its end.
    case imported
    /// What another store knew of a run by then came, without its end.
    case fragment
    /// Nothing but a signature came from another store.
    case signed
    /// A run was recorded before there were chains, with its conclusion; one without is a fragment.
    case adopted
    /// Derivations came from another store.
    case derivations
    /// A run was dropped because of its age.
    case dropped
    /// Links before were cut off.
    case checkpoint
  }

  /// The line that is sealed.
  var line: [UInt8] {
    var line = CanonicalLine("link", kind.rawValue)
    line.add("seq", seq)
    if let run { line.add("run", run) }
    if let content { line.add("content", content.description) }
    if let signature { line.add("signature", signature) }
    if let derivations { line.add("derivations", derivations.description) }
    if let cut { line.add("cut", cut) }
    if let dropped { line.add("dropped", dropped) }
    line.add("at", at)
    line.add("previous", previous.description)
    line.end()
    return line.bytes
  }

  var digest: EvidenceDigest { EvidenceDigest(of: line) }
}

extension Link.Kind {
  /// Whether nothing can be added to the run any more.
  var isFinal: Bool {
    switch self {
    case .concluded, .imported, .adopted: true
    case .begun, .testimony, .fragment, .signed, .derivations, .dropped, .checkpoint: false
    }
  }
}

/// The end of a store's chain, within one transaction.
final class Chain {
  private let db: Database
  private let now: Int64
  private(set) var last: (seq: Int64, digest: EvidenceDigest)

  init(_ db: Database, at now: Date = .now) throws {
    self.db = db
    self.now = Instant.milliseconds(now)
    let row = try Row.fetchOne(db, sql: "SELECT seq, digest FROM link ORDER BY seq DESC LIMIT 1")
    last = try row.map { (try $0.decode(forColumn: "seq"), try $0.decode(forColumn: "digest")) } ?? (0, .none)
    // Nobody comes to that number by counting.
    guard last.seq < Int64.max / 2 else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
  }

  /// Asks whether a run came to its end.
  static let isConcluded = "SELECT \(Catalogue.hasEnded("?1", in: "main"))"

  /// The number of the link that comes next.
  var next: Int64 { last.seq + 1 }

  /// The end of a chain that is known.
  init(after last: (seq: Int64, digest: EvidenceDigest), _ db: Database, at now: Date = .now) {
    self.db = db
    self.now = Instant.milliseconds(now)
    self.last = last
  }

  /// What a run was when it was sealed last; `nil` where it never was.
  static func content(ofRun seq: Int64, _ db: Database) throws -> EvidenceDigest? {
    let last = try db.cachedStatement(
      sql: "SELECT content FROM main.link WHERE run = ? ORDER BY seq DESC LIMIT 1")
    return try EvidenceDigest.fetchOne(last, arguments: [seq])
  }

  /// Seals what was recorded before there were chains, as it is: derivations first, then run after run.
  func adoptEverything() throws {
    let canon = try Canon(db)
    let derivations = try String.fetchAll(db, sql: "SELECT path FROM derivation")
    if !derivations.isEmpty {
      let digest = try canon.lines(ofDerivations: derivations).digest
      try append(.derivations) { $0.derivations = digest }
    }
    for seq in try Int64.fetchAll(db, sql: "SELECT seq FROM run ORDER BY seq") {
      let content = try canon.lines(ofRun: seq).digest
      let isConcluded = try Bool.fetchOne(db, sql: Self.isConcluded, arguments: [seq]) ?? false
      try append(isConcluded ? .adopted : .fragment) { ($0.run, $0.content) = (seq, content) }
    }
  }

  /// Adds a link; `fill` says what it holds.
  func append(_ kind: Link.Kind, _ fill: (inout Link) -> Void) throws {
    var link = Link(seq: next, kind: kind, at: now, previous: last.digest)
    fill(&link)
    let digest = link.digest
    try Table(
      "link",
      ["seq", "kind", "run", "content", "signature", "derivations", "cut", "dropped", "at", "digest"],
      db
    ).insert([
      link.seq, link.kind.rawValue, link.run, link.content, link.signature, link.derivations, link.cut,
      link.dropped, link.at, digest,
    ])
    last = (link.seq, digest)
  }
}
