import Evidence
import Foundation
import GRDB
import NixModel

/// A record of another store, read and ready to be added.
struct IncomingRecord: Sendable {
  let seq: Int64
  let line: RecordLine
  let content: EvidenceDigest
  let started: Date
  let entries: [Line]
  let tallies: [Tally]

  /// One of its entries.
  struct Line: Sendable {
    let digest: EvidenceDigest
    let kind: EntryKind
    let facts: EntryFacts
    /// The line as the other store has it, packed or not.
    let bytes: Data
  }

  var isWhole: Bool { entries.contains { $0.kind == line.kind.end } }

  /// Reads records. Entries that several of them have are read once.
  static func read(_ seqs: some Sequence<Int64>, _ db: Database) throws -> [IncomingRecord] {
    let library = try Library(db)
    let book = TallyBook(library)
    var known: [Int64: Line] = [:]
    return try seqs.compactMap { seq in
      guard let line = try library.line(of: seq), let begun = try library.place(of: seq) else { return nil }
      let parts = try library.parts(of: seq)
      let entries = try parts.map { part in
        if let line = known[part.entry] { return line }
        let entry = try library.entry(part.entry)
        let line = Line(
          digest: entry.digest, kind: entry.kind, facts: try EntryFacts(entry),
          bytes: try library.packed(part.entry))
        known[part.entry] = line
        return line
      }
      return IncomingRecord(
        seq: seq, line: line, content: line.content,
        started: Date(timeIntervalSince1970: Double(begun.at) / 1000), entries: entries,
        tallies: try book.tallies(of: parts))
    }
  }
}
