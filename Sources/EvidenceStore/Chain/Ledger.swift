import Evidence
import GRDB
import NixModel

/// The records that one transaction has added to, until it seals each with a link.
final class Ledger {
  private let db: Database
  private let library: Library
  private let chain: Chain
  private var records: [Int64] = []
  private var notes: [Int64: Note] = [:]

  private struct Note {
    let kind: Link.Kind
    let id: RunID
    let key: SigningKey?
  }

  init(_ db: Database, _ library: Library) throws {
    self.db = db
    self.library = library
    chain = try Chain(db)
  }

  /// Notes an addition to a record. The record's link has the kind and key of its last note.
  func note(_ kind: Link.Kind, _ seq: Int64, _ id: RunID, signing key: SigningKey? = nil) {
    if notes.updateValue(Note(kind: kind, id: id, key: key), forKey: seq) == nil { records.append(seq) }
  }

  /// Whether a record still has the content of its last link, or was added to in this transaction. A
  /// signature must not cover a change that somebody made to the file meanwhile.
  func isAsSealed(_ seq: Int64) throws -> Bool {
    guard notes[seq] == nil else { return true }
    guard let content = try library.digestedLine(of: seq)?.content else { return false }
    return try content == Chain.content(of: seq, db)
  }

  /// Adds the links.
  func seal() throws {
    for seq in records {
      guard let note = notes[seq], let content = try library.line(of: seq)?.content else { continue }
      let signature = try note.key?.signature(over: RunSeal(run: note.id, content: content.description))
      try chain.append(note.kind) { link in
        link.record = seq
        link.content = content
        link.signature = signature?.description
      }
    }
  }
}
