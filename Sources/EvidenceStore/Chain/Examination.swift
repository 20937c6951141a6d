import Foundation
import GRDB
import NixModel

/// Recomputes everything that a snapshot says of itself.
final class Examination {
  private(set) var result = Verification()
  /// What the runs are, and what they refer to.
  private(set) var digests = RunDigests()
  /// The signatures under each run as it is.
  private(set) var signatures: [Int64: [Signature]] = [:]

  private let db: Database
  private let file: String
  private let keys: [PublicKey]
  private var located: [(place: Int64, finding: Verification.Defect)] = []

  /// What the chain says of a run.
  private struct Sealed {
    var last: Int64
    var content: EvidenceDigest?
    var isDropped = false
    var isFinal = false
    var signatures: [(content: EvidenceDigest?, text: String)] = []
  }

  /// - Parameter file: where the snapshot is.
  init(_ db: Database, at file: String, trusting keys: [PublicKey]) {
    self.db = db
    self.file = file
    self.keys = keys
  }

  /// What is recomputed.
  enum Scope {
    /// All that testifies: what an import takes from a store.
    case testimony
    /// The file, too, and the tables by which runs are found.
    case everything
  }

  /// - Parameters:
  ///   - head: a digest that the chain must have.
  ///   - progress: told how many runs of how many are done.
  func run(_ scope: Scope, expecting head: String?, _ progress: @Sendable (Int, Int) -> Void) throws {
    guard try examineSchema() else { return conclude() }
    if scope == .everything { try examineFile() }
    let sealed = try examineLinks(expecting: head)
    try examineRuns(sealed, progress)
    if scope == .everything {
      try examineStrays()
      try examineIndexes()
    }
    conclude()
  }

  private func conclude() {
    result.defects = located.enumerated().sorted {
      ($0.element.place, $0.offset) < ($1.element.place, $1.offset)
    }
    .map(\.element.finding)
  }

  private func find(_ finding: Verification.Defect, at place: Int64) { located.append((place, finding)) }

  // What has no place in the chain is told after what has.
  private static let nowhere = Int64.max

  private func examineFile() throws {
    for word in try String.fetchAll(db, sql: "PRAGMA integrity_check(5)") where word != "ok" {
      find(.damaged(word), at: Self.nowhere)
    }
  }

  /// - Returns: whether the file can be asked at all: views, triggers and indexes of somebody else could answer
  ///   anything.
  private func examineSchema() throws -> Bool {
    let expected = try Self.schema.get()
    let found = try Self.entries(db)
    var isOurs = true
    for name in Set(expected.keys).union(found.keys).sorted() where expected[name] != found[name] {
      find(.schemaChanged(name: name), at: Self.nowhere)
      // A guard that was lifted answers nothing.
      isOurs = isOurs && found[name] == nil && expected[name]?.hasPrefix("CREATE TRIGGER") == true
    }
    return isOurs
  }

  /// What a new store has.
  private static let schema = Result<[String: String], any Error> {
    try DatabaseQueue().write { db in
      try EvidenceStore.migrate(db)
      return try entries(db)
    }
  }

  private static func entries(_ db: Database) throws -> [String: String] {
    let query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    let pairs = try Row.fetchAll(db, sql: query).map { row in
      // A store that was restored from a dump has other white space.
      let sql = try row.decode(String?.self, forColumn: "sql") ?? ""
      return (
        try row.decode(String.self, forColumn: "name"),
        sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      )
    }
    // Two of one name, such as a trigger called like a table, are nobody's we know.
    return Dictionary(pairs) { "\($0); \($1)" }
  }

  private func examineLinks(expecting head: String?) throws -> [Int64: Sealed] {
    var sealed: [Int64: Sealed] = [:]
    var derivations: [(link: Int64, digest: EvidenceDigest)] = []
    var last: (seq: Int64, digest: EvidenceDigest) = (0, .none)
    var isHeadFound = head == nil || head == "\(EvidenceDigest.none)"
    var lastCheckpoint: Int64 = 0
    var droppedSince: Int64 = 0

    let rows = try Row.fetchCursor(db, sql: Self.links)
    while let row = try rows.next() {
      let (read, digest) = try Self.link(row, after: last.digest)
      var link = read
      result.links += 1
      if result.links == 1, link.seq > 1 {
        // What was cut off is known by its last digest, which a later checkpoint holds.
        let cut = try Self.digestBeforeCut(link.seq - 1, db)
        if cut == nil { find(.linksRemoved(1...link.seq - 1), at: 1) }
        last = (link.seq - 1, cut ?? .none)
        link.previous = last.digest
      }
      if link.seq - 1 > last.seq { find(.linksRemoved(last.seq + 1...link.seq - 1), at: last.seq + 1) }
      if link.digest != digest { find(.linkChanged(link.seq), at: link.seq) }
      last = (link.seq, digest)
      if let head, digest.description == head { isHeadFound = true }
      if let digest = link.derivations { derivations.append((link.seq, digest)) }
      switch link.kind {
      case .checkpoint:
        let total = link.dropped ?? 0
        // As many as the links before it tell, or more, where their links were cut off.
        if total < Int64(result.dropped) &+ droppedSince { find(.linkChanged(link.seq), at: link.seq) }
        result.dropped = Int(clamping: total)
        droppedSince = 0
        lastCheckpoint = link.seq
      case .dropped:
        droppedSince += 1
        if let run = link.run {
          sealed[run, default: Sealed(last: link.seq)].isDropped = true
        }
      case .derivations: break
      case .begun, .testimony, .concluded, .imported, .fragment, .signed, .adopted:
        guard let run = link.run else { continue }
        // What was concluded is never added to.
        if let known = sealed[run], known.isFinal, known.content != link.content {
          find(.linkChanged(link.seq), at: link.seq)
        }
        sealed[run, default: Sealed(last: link.seq)].last = link.seq
        sealed[run]?.content = link.content
        if link.kind.isFinal { sealed[run]?.isFinal = true }
        if let signature = link.signature { sealed[run]?.signatures.append((link.content, signature)) }
      }
    }
    if droppedSince > 0 { find(.endRemoved(last: last.seq, of: last.seq &+ 1), at: last.seq) }
    let count = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'link'") ?? 0
    if count != last.seq { find(.endRemoved(last: last.seq, of: count), at: last.seq &+ 1) }
    if !isHeadFound, let head { find(.headMissing(head), at: Self.nowhere) }
    if last.seq > 0 { result.head = .init(link: last.seq, digest: last.digest.description) }
    try examineDerivations(derivations.filter { $0.link >= lastCheckpoint })
    return sealed
  }

  private static func digestBeforeCut(_ cut: Int64, _ db: Database) throws -> EvidenceDigest? {
    try EvidenceDigest.fetchOne(
      db, sql: "SELECT content FROM link WHERE kind = 'checkpoint' AND cut = ? ORDER BY seq LIMIT 1",
      arguments: [cut])
  }

  private static let links = """
    SELECT seq, CAST(kind AS BLOB) AS kind, run, content, CAST(signature AS BLOB) AS signature, derivations, cut,
      dropped, at, digest
    FROM link ORDER BY seq
    """

  /// A text of a link; what is none makes another digest than the link has.
  private static func text(_ row: Row, _ column: String) throws -> String? {
    try row.decode(Data?.self, forColumn: column).map { (try? CanonText.string($0)) ?? "no text" }
  }

  private static func link(
    _ row: Row, after previous: EvidenceDigest
  ) throws -> (link: Link, digest: EvidenceDigest) {
    let word = try text(row, "kind") ?? ""
    let link = Link(
      seq: try row.decode(forColumn: "seq"), kind: Link.Kind(rawValue: word) ?? .testimony,
      run: try row.decode(forColumn: "run"), content: try row.decode(forColumn: "content"),
      signature: try text(row, "signature"),
      derivations: try row.decode(forColumn: "derivations"), cut: try row.decode(forColumn: "cut"),
      dropped: try row.decode(forColumn: "dropped"), at: try row.decode(forColumn: "at"), previous: previous)
    return (link, try row.decode(forColumn: "digest"))
  }

  private func examineDerivations(_ sealed: [(link: Int64, digest: EvidenceDigest)]) throws {
    let canon = try Canon(db)
    var paths: [Int64: [String]] = [:]
    let rows = try Row.fetchCursor(db, sql: "SELECT link, path FROM derivation")
    while let row = try rows.next() {
      paths[try row.decode(Int64?.self, forColumn: "link") ?? 0, default: []]
        .append(try row.decode(forColumn: "path"))
    }
    for (link, digest) in sealed {
      let lines = try canon.lines(ofDerivations: paths.removeValue(forKey: link) ?? [])
      if lines.digest != digest { find(.derivationsChanged(link: link), at: link) }
    }
    // Those of a link that was sealed without any.
    for link in paths.keys.sorted() { find(.derivationsChanged(link: link), at: link) }
  }

  private func examineRuns(_ sealed: [Int64: Sealed], _ progress: @Sendable (Int, Int) -> Void) throws {
    try examineTimes()
    let runs = try Row.fetchAll(db, sql: "SELECT seq, id FROM run ORDER BY seq")
      .map { (seq: try $0.decode(Int64.self, forColumn: "seq"), id: RunID(try $0.decode(forColumn: "id"))) }
    digests = try RunDigests.read(runs.map(\.seq), at: file, db, progress)
    result.runs = runs.count
    result.publications =
      try Int.fetchOne(db, sql: "SELECT count(*) FROM run WHERE purpose IS NOT NULL") ?? 0
    if !keys.isEmpty { result.signed = 0 }
    for (seq, id) in runs {
      let content = digests.contents[seq]
      guard let known = sealed[seq] else {
        find(.runInserted(id), at: Self.nowhere)
        continue
      }
      if known.isDropped { find(.runReturned(id, link: known.last), at: known.last) }
      if content != known.content || content == nil {
        find(.runChanged(id, link: known.last), at: known.last)
      }
      try examineSignatures(of: seq, id, known, content)
    }
    let there = Set(runs.map(\.seq))
    for (run, known) in sealed where !there.contains(run) && !known.isDropped {
      find(.runRemoved(run, link: known.last), at: known.last)
    }
  }

  /// A run is found by `at`, which says nothing but when it started.
  private func examineTimes() throws {
    let rows = try Row.fetchCursor(db, sql: "SELECT started, at FROM run")
    var odd = 0
    while let row = try rows.next() {
      if try !Instant.agree(row.decode(forColumn: "started"), milliseconds: row.decode(forColumn: "at")) {
        odd += 1
      }
    }
    if odd > 0 { find(.indexChanged(table: "run", count: odd), at: Self.nowhere) }
  }

  private func examineSignatures(
    of seq: Int64, _ id: RunID, _ known: Sealed, _ content: EvidenceDigest?
  ) throws {
    guard let content else { return }
    let signatures = known.signatures.filter { $0.content == content }
      .compactMap { try? Signature(asWritten: $0.text) }
    self.signatures[seq] = signatures
    guard !keys.isEmpty else { return }
    let seal = RunSeal(run: id, content: content.description)
    if signatures.contains(where: { signature in keys.contains { $0.hasSigned(seal, with: signature) } }) {
      result.signed = (result.signed ?? 0) + 1
    } else {
      find(.unsigned(id), at: known.last)
    }
  }

  /// What no run refers to, or what refers to no run.
  private func examineStrays() throws {
    for (table, _) in Catalogue.ofRun {
      let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0
      let strays = count - digests.rows[table, default: 0]
      if strays != 0 {
        find(.strayRows(table: table.replacing("_row", with: ""), count: strays), at: Self.nowhere)
      }
    }
    let words = try Set(Int64.fetchAll(db, sql: "SELECT DISTINCT word FROM mark"))
    for dictionary in ["text"] + Catalogue.Dictionary.allCases.map(\.rawValue) {
      let ids = try Int64.fetchCursor(db, sql: "SELECT id FROM \(dictionary)")
      var strays = 0
      while let id = try ids.next() {
        if digests.met[dictionary]?.contains(id) != true, dictionary != "text" || !words.contains(id) {
          strays += 1
        }
      }
      if strays > 0 { find(.strayEntries(dictionary: dictionary, count: strays), at: Self.nowhere) }
    }
  }

  /// Makes the tables by which runs are found anew, from what the runs say.
  private func examineIndexes() throws {
    for table in Catalogue.indexes {
      try db.execute(
        sql: """
          DROP TRIGGER IF EXISTS \(table)_is_never_changed;
          DROP TRIGGER IF EXISTS \(table)_is_never_removed;
          CREATE TEMP TABLE said_\(table) AS SELECT * FROM main.\(table);
          DELETE FROM main.\(table);
          """)
    }
    for (table, _) in Catalogue.ofRun { try Indexing.update(table, ofRuns: "IS NOT NULL", db) }
    for table in Catalogue.indexes {
      let (said, meant) = ("SELECT * FROM temp.said_\(table)", "SELECT * FROM main.\(table)")
      let count = try Int.fetchOne(
        db,
        sql: """
          SELECT (SELECT count(*) FROM (\(said) EXCEPT \(meant))) + (SELECT count(*) FROM (\(meant) EXCEPT \(said)))
          """)
      if let count, count > 0 { find(.indexChanged(table: table, count: count), at: Self.nowhere) }
    }
  }
}
