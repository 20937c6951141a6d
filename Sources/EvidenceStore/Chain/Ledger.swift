import Foundation
import GRDB
import NixModel

/// What one transaction has added, until it is sealed with a link for each run.
final class Ledger {
  private let db: Database
  private let chain: Chain
  private var runs: [Int64] = []
  private var entries: [Int64: Entry] = [:]
  private var derivations: [String] = []

  private struct Entry {
    let kind: Link.Kind
    let run: RunID
    let key: SigningKey?
  }

  init(_ db: Database) throws {
    self.db = db
    chain = try Chain(db)
  }

  /// The link that derivations of this transaction are sealed with: its first.
  lazy var linkOfDerivations = chain.next

  /// Notes that something was added about a run; what is noted last is what its link says.
  func note(_ kind: Link.Kind, _ seq: Int64, _ run: RunID, signing key: SigningKey? = nil) {
    if entries.updateValue(Entry(kind: kind, run: run, key: key), forKey: seq) == nil { runs.append(seq) }
  }

  /// Whether a run is still what was sealed last: a signature is for what was recorded, and not for what somebody
  /// has made of it meanwhile.
  func isAsSealed(_ seq: Int64) throws -> Bool {
    guard entries[seq] == nil else { return true }
    return try Canon(db).lines(ofRun: seq).digest == Chain.content(ofRun: seq, db)
  }

  /// Notes that a derivation was added.
  func note(derivation path: String) { derivations.append(path) }

  /// Adds the links.
  func seal() throws {
    guard !runs.isEmpty else { return }
    let canon = try Canon(db)
    for seq in runs {
      guard let entry = entries[seq] else { continue }
      let content = try canon.lines(ofRun: seq).digest
      let derivations = try derivations.isEmpty ? nil : canon.lines(ofDerivations: derivations).digest
      self.derivations = []
      let signature = try entry.key?.signature(over: RunSeal(run: entry.run, content: content.description))
      try chain.append(entry.kind) { link in
        link.run = seq
        link.content = content
        link.derivations = derivations
        link.signature = signature?.description
      }
    }
  }
}
