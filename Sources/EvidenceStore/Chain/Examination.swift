import Evidence
import Foundation
import GRDB
import NixModel

/// Recomputes the digests, chain, signatures and search tables of a snapshot.
final class Examination {
  private(set) var result = Verification()
  /// The recomputed content of each record, by its number.
  private(set) var contents: [Int64: EvidenceDigest] = [:]
  /// The error about the first record that an import could not read.
  private(set) var illegible: EvidenceError?
  /// The signatures in the links of each record that have its present content.
  private(set) var signatures: [Int64: [Signature]] = [:]

  private let db: Database
  private let file: String
  private let keys: [PublicKey]
  private var located: [(place: Int64, finding: Verification.Defect)] = []

  /// One record in the chain.
  private struct Sealed {
    var last: Int64
    var content: EvidenceDigest?
    var isDropped = false
    var isFinal = false
    var signatures: [(content: EvidenceDigest?, text: String)] = []
  }

  /// - Parameter file: the path of the snapshot.
  init(_ db: Database, at file: String, trusting keys: [PublicKey]) {
    self.db = db
    self.file = file
    self.keys = keys
  }

  /// - Parameters:
  ///   - head: a digest that the chain must have.
  ///   - reader: whether an import can read the records is examined, too. Errors about that name this store.
  ///   - progress: told the numbers of finished and of all records.
  func run(
    expecting head: String?, legibleFor reader: String?, _ progress: @Sendable (Int, Int) -> Void
  ) throws {
    guard try examineSchema() else { return conclude() }
    try examineFile()
    let sealed = try examineLinks(expecting: head)
    try examineRecords(sealed, legibleFor: reader, progress)
    conclude()
  }

  private func conclude() {
    result.defects = located.enumerated().sorted {
      ($0.element.place, $0.offset) < ($1.element.place, $1.offset)
    }
    .map(\.element.finding)
  }

  private func find(_ finding: Verification.Defect, at place: Int64) { located.append((place, finding)) }

  // Findings without a place in the chain stand behind those with one.
  private static let nowhere = Int64.max

  private func examineFile() throws {
    for word in try String.fetchAll(db, sql: "PRAGMA integrity_check(5)") where word != "ok" {
      find(.damaged(word), at: Self.nowhere)
    }
  }

  // MARK: The schema

  /// - Returns: whether queries of the file can be trusted, because foreign views, triggers and indexes could
  ///   give any answer.
  private func examineSchema() throws -> Bool {
    let expected = try Self.schema.get()
    let found = try Self.definitions(db)
    var isOurs = true
    for name in Set(expected.keys).union(found.keys).sorted() where expected[name] != found[name] {
      find(.schemaChanged(name: name), at: Self.nowhere)
      // A missing trigger changes no answer.
      isOurs = isOurs && found[name] == nil && expected[name]?.hasPrefix("CREATE TRIGGER") == true
    }
    return isOurs
  }

  /// The definitions of a new store.
  private static let schema = Result<[String: String], any Error> {
    try DatabaseQueue().write { db in
      try Schema.bringUp(db)
      return try definitions(db)
    }
  }

  private static func definitions(_ db: Database) throws -> [String: String] {
    let query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    let pairs = try Row.fetchAll(db, sql: query).map { row in
      // A store that was restored from a dump differs in white space.
      let sql = try row.decode(String?.self, forColumn: "sql") ?? ""
      return (
        try row.decode(String.self, forColumn: "name"),
        sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      )
    }
    // A second object of a name, such as a trigger called like a table, matches no definition of a new store.
    return Dictionary(pairs) { "\($0); \($1)" }
  }

  // MARK: The chain

  private func examineLinks(expecting head: String?) throws -> [Int64: Sealed] {
    var sealed: [Int64: Sealed] = [:]
    var last: (seq: Int64, digest: EvidenceDigest) = (0, .none)
    var isHeadFound = head == nil || head == "\(EvidenceDigest.none)"
    var droppedSince: Int64 = 0

    let rows = try Row.fetchCursor(db, sql: Self.links)
    while let row = try rows.next() {
      let (read, digest) = try Self.link(row, after: last.digest)
      var link = read
      result.links += 1
      if result.links == 1, link.seq > 1 {
        // Of the links that were cut off, a later checkpoint has the last digest.
        let cut = try Self.digestBeforeCut(link.seq - 1, db)
        if cut == nil { find(.linksRemoved(1...link.seq - 1), at: 1) }
        last = (link.seq - 1, cut ?? .none)
        link.previous = last.digest
      }
      if link.seq - 1 > last.seq { find(.linksRemoved(last.seq + 1...link.seq - 1), at: last.seq + 1) }
      if link.digest != digest { find(.linkChanged(link.seq), at: link.seq) }
      last = (link.seq, digest)
      if let head, digest.description == head { isHeadFound = true }
      switch link.kind {
      case .checkpoint:
        let total = link.dropped ?? 0
        // A checkpoint's total must be at least the number of drops that were counted. It may be higher,
        // because earlier links were cut off.
        if total < Int64(result.dropped) &+ droppedSince { find(.linkChanged(link.seq), at: link.seq) }
        result.dropped = Int(clamping: total)
        droppedSince = 0
      case .dropped:
        droppedSince += 1
        if let record = link.record { sealed[record, default: Sealed(last: link.seq)].isDropped = true }
      case .begun, .testimony, .concluded, .imported, .fragment, .signed:
        guard let record = link.record else { continue }
        // A concluded record is never added to.
        if let known = sealed[record], known.isFinal, known.content != link.content {
          find(.linkChanged(link.seq), at: link.seq)
        }
        sealed[record, default: Sealed(last: link.seq)].last = link.seq
        sealed[record]?.content = link.content
        if link.kind.isFinal { sealed[record]?.isFinal = true }
        if let signature = link.signature { sealed[record]?.signatures.append((link.content, signature)) }
      }
    }
    if droppedSince > 0 { find(.endRemoved(last: last.seq, of: last.seq &+ 1), at: last.seq) }
    let count = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'link'") ?? 0
    if count != last.seq { find(.endRemoved(last: last.seq, of: count), at: last.seq &+ 1) }
    if !isHeadFound, let head { find(.headMissing(head), at: Self.nowhere) }
    if last.seq > 0 { result.head = .init(link: last.seq, digest: last.digest.description) }
    return sealed
  }

  private static func digestBeforeCut(_ cut: Int64, _ db: Database) throws -> EvidenceDigest? {
    try EvidenceDigest.fetchOne(
      db, sql: "SELECT content FROM link WHERE kind = 'checkpoint' AND cut = ? ORDER BY seq LIMIT 1",
      arguments: [cut])
  }

  // Texts are read as bytes, because a String would end at a NUL and repair bad UTF-8.
  private static let links = """
    SELECT seq, CAST(kind AS BLOB) AS kind, record, content, CAST(signature AS BLOB) AS signature, cut, dropped, at,
      digest
    FROM link ORDER BY seq
    """

  /// A text of a link. Bytes that are no text are replaced by `no text`, so that the digest of the link
  /// differs.
  private static func text(_ row: Row, _ column: String) throws -> String? {
    try row.decode(Data?.self, forColumn: column).map { bytes in
      bytes.contains(0) ? "no text" : String(validating: bytes, as: UTF8.self) ?? "no text"
    }
  }

  private static func link(
    _ row: Row, after previous: EvidenceDigest
  ) throws -> (link: Link, digest: EvidenceDigest) {
    let word = try text(row, "kind") ?? ""
    let link = Link(
      seq: try row.decode(forColumn: "seq"), kind: Link.Kind(rawValue: word) ?? .testimony,
      record: try row.decode(forColumn: "record"), content: try row.decode(forColumn: "content"),
      signature: try text(row, "signature"), cut: try row.decode(forColumn: "cut"),
      dropped: try row.decode(forColumn: "dropped"), at: try row.decode(forColumn: "at"), previous: previous)
    return (link, try row.decode(forColumn: "digest"))
  }

  // MARK: The records

  private func examineRecords(
    _ sealed: [Int64: Sealed], legibleFor reader: String?, _ progress: @Sendable (Int, Int) -> Void
  ) throws {
    let records = try Row.fetchAll(db, sql: "SELECT seq, id, kind FROM record ORDER BY seq").map { row in
      (
        seq: try row.decode(Int64.self, forColumn: "seq"), id: RunID(try row.decode(forColumn: "id")),
        kind: try row.decode(String.self, forColumn: "kind")
      )
    }
    let digests = try RecordDigests.read(records.map(\.seq), at: file, db, legibleFor: reader, progress)
    contents = digests.contents
    illegible = digests.illegible
    result.runs = records.count
    result.publications = records.count { $0.kind == RecordKind.publication.rawValue }
    result.builds = records.count { $0.kind == RecordKind.build.rawValue }
    if !keys.isEmpty { result.signed = 0 }
    for (seq, id, _) in records {
      let content = contents[seq]
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
    let there = Set(records.map(\.seq))
    for (record, known) in sealed where !there.contains(record) && !known.isDropped {
      find(.runRemoved(record, link: known.last), at: known.last)
    }
    // A record that cannot be read can have no facts.
    if illegible == nil { try examineFacts(digests) }
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

  /// Compares the search tables with the facts of the present entries.
  private func examineFacts(_ digests: RecordDigests) throws {
    for (table, count) in [("record_entry", digests.parts), ("entry", digests.entries)] {
      let strays = (try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0) - count
      if strays != 0 { find(.strayRows(table: table, count: strays), at: Self.nowhere) }
    }
    let texts = try TextHashes(db)
    for table in FactSum.Table.allCases {
      let said = try FactSum(of: table, texts, db)
      let meant = digests.sums[table] ?? FactSum()
      if said != meant {
        find(.indexChanged(table: table.name, count: max(1, abs(said.count - meant.count))), at: Self.nowhere)
      }
    }
    let strays =
      try Int.fetchOne(db, sql: "SELECT count(*) FROM text WHERE id NOT IN (\(TextUse.ids(db)))") ?? 0
    if strays > 0 { find(.strayEntries(dictionary: "text", count: strays), at: Self.nowhere) }
  }
}
