import Evidence
import Foundation
import GRDB
import NixModel

/// Fills a store from a bundle, line by line.
final class BundleReader {
  private let shelf: Shelf
  private let library: Library
  private let tallies: TallyBook
  private let legibility: Legibility
  private let chain: Chain
  private let path: String
  private var unpacker: Unpacker?
  private var entries: [EvidenceDigest: Shelf.Kept] = [:]
  private var used: Set<EvidenceDigest> = []
  private var last: (line: RecordLine, seq: Int64)?
  private var count = 0
  private var number = 0
  private var rest: [UInt8] = []
  private var state = State.new

  private enum State { case new, begun, ended }

  /// - Parameter path: the file that errors name.
  init(_ db: Database, path: String) throws {
    self.path = path
    shelf = try Shelf(db)
    library = try Library(db)
    tallies = TallyBook(library)
    legibility = Legibility(library, path: path)
    chain = try Chain(db)
    unpacker = nil
    unpacker = try Unpacker { [unowned self] bytes in try self.takeUnpacked(bytes) }
  }

  /// Fills `db` from the bundle at `path`.
  ///
  /// - Throws: ``EvidenceError`` naming the first malformed line.
  static func read(_ path: String, into db: Database) throws {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw EvidenceError(path, .unreadable(String(cString: strerror(errno))))
    }
    defer { try? file.close() }
    let reader = try BundleReader(db, path: path)
    while let chunk = try file.read(upToCount: 1 << 18), !chunk.isEmpty { try reader.take(chunk) }
    try reader.end()
  }

  /// Takes the next bytes, which may end in the middle of a line.
  func take(_ chunk: Data) throws { try naming { try unpacker?.take(chunk) } }

  /// Ends the bundle.
  ///
  /// - Throws: ``EvidenceError`` where its last line is missing.
  func end() throws {
    try naming { try unpacker?.end() }
    guard rest.isEmpty, state == .ended else {
      throw EvidenceError(path, .malformed(line: number + 1, "the bundle ends before its end"))
    }
  }

  /// Turns errors into ones that name the current line.
  private func naming(_ work: () throws -> Void) throws {
    do { try work() } catch let error as EvidenceError { throw error } catch let error as DatabaseError {
      guard [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG].contains(error.resultCode) else {
        throw error
      }
      // The schema does not allow a value.
      throw EvidenceError(path, .malformed(line: number, error.message ?? "it cannot be stored"))
    } catch {
      throw EvidenceError(path, .malformed(line: max(1, number), JSON.words(of: error)))
    }
  }

  private func takeUnpacked(_ chunk: Data) throws {
    var start = 0
    var searched = rest.count
    rest += chunk
    while let end = rest[searched...].firstIndex(of: UInt8(ascii: "\n")) {
      number += 1
      try takeLine(Array(rest[start...end]))
      start = end + 1
      searched = start
    }
    rest.removeFirst(start)
    guard rest.count <= Packing.longestLine else {
      number += 1
      throw JSON.Flaw(words: "the line does not end")
    }
  }

  private func takeLine(_ line: [UInt8]) throws {
    let json = try JSON(parsing: line.dropLast())
    guard case .object(let members) = json, let kind = members.first?.name else {
      throw JSON.Flaw(words: "it is no line of a bundle")
    }
    let item = try Item(json)
    switch (kind, state) {
    case ("bundle", .new): try begin(item)
    case (_, .new): throw JSON.Flaw(words: "it is no bundle")
    case (_, .ended): throw JSON.Flaw(words: "something follows the end")
    case ("record", .begun): try add(item)
    case ("signature", .begun): try sign(item)
    case ("end", .begun): try end(item)
    case (_, .begun):
      let entry = try Entry(json, line: line, digest: EvidenceDigest(of: line))
      guard entries.updateValue(try shelf.keep(entry), forKey: entry.digest) == nil else {
        throw JSON.Flaw(words: "an entry is there twice")
      }
    }
    // Only entries have digests. Other lines must be canonical, so that a bundle has one spelling.
    if EntryKind(rawValue: kind) == nil, json.bytes != Array(line.dropLast()) {
      throw JSON.Flaw(words: "it is not written as it is by warmth")
    }
  }

  private func begin(_ item: Item) throws {
    guard (try? item.text("bundle")) == Bundle.format, let schema: Int = try? item.number("schema") else {
      throw JSON.Flaw(words: "it is no bundle of a kind that this warmth knows; upgrade warmth")
    }
    guard schema <= Schema.version else {
      throw JSON.Flaw(
        words:
          "it was written by a newer warmth (schema \(schema), this one knows \(Schema.version)); upgrade warmth"
      )
    }
    guard item.names == ["bundle", "schema"], schema == Schema.version else {
      throw JSON.Flaw(words: "it does not begin as a bundle does")
    }
    state = .begun
  }

  private func add(_ item: Item) throws {
    guard item.names == ["record", "kind", "entries"] else { throw JSON.Flaw(words: "it is no record") }
    let id = RunID(try item.text("record"))
    let digests = try item.texts("entries").map { text in
      guard let digest = EvidenceDigest(text) else {
        throw JSON.Flaw(words: "'\(text.excerpt)' is no digest")
      }
      return digest
    }
    let line = RecordLine(id: id, kind: try item.word("kind"), entries: digests)
    let said = try digests.map { digest in
      guard let entry = entries[digest] else {
        throw JSON.Flaw(words: "a record has an entry that is not there")
      }
      used.insert(digest)
      return entry
    }
    try line.kind.require(said.map(\.kind))
    guard let first = said.first else { throw JSON.Flaw(words: "a record has no entry") }
    let beginning = try Contents([library.entry(first.id)]).item(line.kind.beginning)
    guard try beginning.text("id") == id.text else {
      throw JSON.Flaw(words: "it says that it is run \(try beginning.text("id").excerpt)")
    }
    let place = try shelf.begin(id, line.kind, at: try beginning.instant("started"))
    try shelf.add(said, to: place)
    let parts = try library.parts(of: place.seq)
    try legibility.require(place.seq, line.kind, parts)
    try shelf.add(tallies.tallies(of: parts), to: place)
    let isWhole = said.contains { $0.kind == line.kind.end }
    try chain.append(isWhole ? .imported : .fragment) { link in
      link.record = place.seq
      link.content = line.content
    }
    last = (line, place.seq)
    count += 1
  }

  private func sign(_ item: Item) throws {
    guard let last, item.names == ["signature", "record"], try item.text("record") == last.line.id.text else {
      throw JSON.Flaw(words: "a signature does not follow its record")
    }
    let text = try item.text("signature")
    do { _ = try Signature(asWritten: text) } catch {
      throw JSON.Flaw(words: "a signature is none: \(error)")
    }
    try chain.append(.signed) { link in
      link.record = last.seq
      link.content = last.line.content
      link.signature = text
    }
  }

  private func end(_ item: Item) throws {
    guard item.names == ["end", "records"], try item.text("end") == Bundle.format,
      try item.number("records") == count
    else { throw JSON.Flaw(words: "it does not have the records that its end tells of") }
    guard used.count == entries.count else {
      throw JSON.Flaw(words: "it has entries that no record has")
    }
    state = .ended
  }
}
