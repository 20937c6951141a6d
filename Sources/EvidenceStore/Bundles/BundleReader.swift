import Foundation
import GRDB
import NixModel

/// Makes a store of a bundle, line by line.
final class BundleReader {
  private let db: Database
  private let chain: Chain
  private let canon: Canon
  private let lexicon: Lexicon
  private let shapes: [String: TableShape]
  private var entries: [String: [String: Int64]] = [:]
  private var derivations: [String] = []
  private var run: OpenRun?
  private var sealed: (id: RunID, seq: Int64, content: EvidenceDigest)?
  private var count = 0
  private let path: String
  private var number = 0
  private var rest: [UInt8] = []
  private var state = State.new

  private enum State { case new, begun, ended }

  /// A run whose rows are being read.
  private struct OpenRun {
    let seq: Int64
    let id: RunID
    var lines: [ArraySlice<UInt8>]
  }

  private typealias Flaw = CanonicalRecord.Flaw

  /// - Parameter path: what errors name.
  init(_ db: Database, path: String) throws {
    self.db = db
    self.path = path
    chain = try Chain(db)
    canon = try Canon(db)
    lexicon = Lexicon(db)
    let tables =
      ["run", "derivation"] + Catalogue.ofRun.map(\.table) + Catalogue.Dictionary.allCases.map(\.rawValue)
    shapes = Dictionary(uniqueKeysWithValues: try tables.map { ($0, try TableShape($0, db)) })
  }

  /// Fills `db` with what the lines of the file at `path` say.
  ///
  /// - Throws: ``EvidenceError`` naming the first line that is not as it must be.
  static func read(_ path: String, into db: Database) throws {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw EvidenceError(path, .unreadable(String(cString: strerror(errno))))
    }
    defer { try? file.close() }
    let reader = try BundleReader(db, path: path)
    while let chunk = try file.read(upToCount: 1 << 18), !chunk.isEmpty { try reader.take(chunk) }
    try reader.end()
  }

  /// A line of a run says what one narinfo or one derivation does; what is longer is none.
  private static let longestLine = 64 << 20

  /// Takes the next bytes, which may end in the middle of a line.
  func take(_ chunk: Data) throws {
    var start = 0
    var searched = rest.count
    rest += chunk
    while let end = rest[searched...].firstIndex(of: UInt8(ascii: "\n")) {
      try takeLine(rest[start...end])
      start = end + 1
      searched = start
    }
    rest.removeFirst(start)
    guard rest.count <= Self.longestLine else {
      throw EvidenceError(path, .malformed(line: number + 1, "the line does not end"))
    }
  }

  /// Says that there are no more bytes.
  func end() throws {
    guard rest.isEmpty, state == .ended else {
      throw EvidenceError(path, .malformed(line: number + 1, "the bundle ends before its end"))
    }
  }

  private func takeLine(_ line: ArraySlice<UInt8>) throws {
    number += 1
    do { try take(line) } catch let flaw as Flaw {
      throw EvidenceError(path, .malformed(line: number, flaw.words))
    } catch let error as DatabaseError
      where [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG].contains(error.resultCode)
    {
      // A value that the schema does not allow.
      throw EvidenceError(path, .malformed(line: number, error.message ?? "it cannot be stored"))
    } catch let flaw as CanonFlaw {
      let words =
        switch flaw {
        case .notText: "a text holds a NUL"
        case .dangling: "an entry is referred to that is not there"
        case .misplaced: "a run is half a proof and half a publication"
        }
      throw EvidenceError(path, .malformed(line: number, words))
    }
  }

  private func take(_ line: ArraySlice<UInt8>) throws {
    let record = try CanonicalRecord(line.dropLast())
    switch (record.kind, state) {
    case ("bundle", .new): try begin(record)
    case (_, .new): throw Flaw(words: "it is no bundle")
    case (_, .ended): throw Flaw(words: "something follows the end")
    case ("entry", .begun): try addEntry(record, line)
    case ("row", .begun): try addRow(record, line)
    case ("seal", .begun): try seal(record)
    case ("signature", .begun): try sign(record)
    case ("end", .begun): try end(record)
    case (let kind, .begun): throw Flaw(words: "'\(kind.prefix(20))' is no record of a bundle")
    }
  }

  private func begin(_ record: CanonicalRecord) throws {
    guard record.name == Bundle.format, case .number(let schema)? = record.fields.first?.value else {
      throw Flaw(words: "it is no bundle of a kind that this warmth knows; upgrade warmth")
    }
    guard schema <= Schema.version else {
      throw Flaw(
        words:
          "it was written by a newer warmth (schema \(schema), this one knows \(Schema.version)); upgrade warmth"
      )
    }
    state = .begun
  }

  private func addEntry(_ record: CanonicalRecord, _ line: ArraySlice<UInt8>) throws {
    guard run == nil else { throw Flaw(words: "an entry stands between the rows of a run") }
    if record.name == "derivation" {
      try insert(record, into: "derivation", [("link", chain.next.databaseValue)])
      return derivations.append(try record.text("path"))
    }
    guard Catalogue.Dictionary(rawValue: record.name) != nil else {
      throw Flaw(words: "'\(record.name.prefix(20))' is no kind of entry")
    }
    let digest = EvidenceDigest(of: line).description
    guard entries[record.name]?[digest] == nil else { throw Flaw(words: "the entry is there twice") }
    try insert(record, into: record.name, [])
    entries[record.name, default: [:]][digest] = db.lastInsertedRowID
  }

  private func addRow(_ record: CanonicalRecord, _ line: ArraySlice<UInt8>) throws {
    if record.name == "run" {
      guard run == nil else { throw Flaw(words: "a run begins before the seal of the one before it") }
      guard case .number(let at)? = record.fields.first(where: { $0.name == "at" })?.value,
        try Instant.agree(record.text("started"), milliseconds: at)
      else { throw Flaw(words: "the run is not found by when it started") }
      try insert(record, into: "run", [])
      run = OpenRun(seq: db.lastInsertedRowID, id: RunID(try record.text("id")), lines: [line])
      sealed = nil
      return
    }
    guard let seq = run?.seq else { throw Flaw(words: "a row belongs to no run") }
    let table = [record.name, "\(record.name)_row"].first { name in
      Catalogue.ofRun.contains { $0.table == name }
    }
    guard let table else { throw Flaw(words: "'\(record.name.prefix(20))' is no kind of row") }
    try insert(record, into: table, [("run", seq.databaseValue)])
    run?.lines.append(line)
  }

  private func insert(
    _ record: CanonicalRecord, into table: String, _ own: [(column: String, value: DatabaseValue)]
  ) throws {
    guard let shape = shapes[table] else { return }
    var columns = own.map(\.column)
    var values: [(any DatabaseValueConvertible)?] = own.map(\.value)
    for (name, value) in record.fields {
      guard shape.columns.contains(name), !columns.contains(name), name != "seq" || table != "run",
        name != "id" || table == "run"
      else { throw Flaw(words: "'\(name.prefix(20))' has no place in '\(record.name)'") }
      columns.append(name)
      switch (value, shape.references[name]) {
      case (.number(let number), nil): values.append(number)
      case (.text(let text), nil): values.append(text)
      case (.text(let text), "text"): values.append(try lexicon.text(text))
      case (.text(let digest), let dictionary?):
        guard let id = entries[dictionary]?[digest] else {
          throw Flaw(words: "no entry before it has the digest that '\(name)' names")
        }
        values.append(id)
      case (.number, _?): throw Flaw(words: "'\(name)' is a number")
      }
    }
    try Table(table, columns, db).insert(values)
  }

  private func seal(_ record: CanonicalRecord) throws {
    guard let open = run, record.name == open.id.text else {
      throw Flaw(words: "the seal is of no run before it")
    }
    run = nil
    let content = EvidenceDigest(ofLines: open.lines)
    // What was read is what is stored, in the one order that is canonical.
    guard try record.text("content") == content.description,
      try canon.lines(ofRun: open.seq).digest == content
    else { throw Flaw(words: "run \(open.id) is not what was sealed") }
    do { try Legibility(db: db, path: path).require(open.seq) } catch let error as EvidenceError {
      guard case .contradiction(_, let how) = error.flaw else { throw error }
      throw Flaw(words: "run \(open.id) contradicts itself: \(how)")
    }
    for (table, _) in Catalogue.ofRun { try Indexing.update(table, ofRuns: "= ?", db, [open.seq]) }
    let digest = try derivations.isEmpty ? nil : canon.lines(ofDerivations: derivations).digest
    derivations = []
    guard record.fields.contains(where: { $0.name == "derivations" }) == (digest != nil),
      try digest == nil || record.text("derivations") == digest?.description
    else { throw Flaw(words: "the derivations of run \(open.id) are not what was sealed") }
    try chain.append(.imported) { ($0.run, $0.content, $0.derivations) = (open.seq, content, digest) }
    sealed = (open.id, open.seq, content)
    count += 1
  }

  private func sign(_ record: CanonicalRecord) throws {
    guard let sealed, try record.text("run") == sealed.id.text,
      let signature = try? Signature(asWritten: record.name)
    else { throw Flaw(words: "the signature is none, or of no run before it") }
    try chain.append(.signed) {
      ($0.run, $0.content, $0.signature) = (sealed.seq, sealed.content, signature.description)
    }
  }

  private func end(_ record: CanonicalRecord) throws {
    guard run == nil, derivations.isEmpty, record.name == Bundle.format, record.fields.count == 1,
      let field = record.fields.first, field.name == "runs", case .number(let runs) = field.value,
      runs == count
    else { throw Flaw(words: "the bundle has not the runs that its end tells") }
    state = .ended
  }
}
