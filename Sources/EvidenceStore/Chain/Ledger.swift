import Evidence
import GRDB
import NixModel

/// What one transaction has added, until it is sealed with a link for each record.
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

  /// Notes that something was added about a record; what is noted last is what its link says.
  func note(_ kind: Link.Kind, _ seq: Int64, _ id: RunID, signing key: SigningKey? = nil) {
    if notes.updateValue(Note(kind: kind, id: id, key: key), forKey: seq) == nil { records.append(seq) }
  }

  /// Whether a record is still what was sealed last: a signature is for what was recorded, and not for what somebody
  /// has made of it meanwhile.
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
