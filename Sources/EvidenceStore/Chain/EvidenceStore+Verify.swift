import Evidence
import GRDB
public import NixModel

extension EvidenceStore {
  /// Recomputes everything that the store says of itself, in a copy, so that nobody waits.
  ///
  /// - Parameters:
  ///   - keys: each record must carry a signature of one of these; none need to where there are none.
  ///   - head: the digest of a link that was seen earlier, which must still be there.
  ///   - progress: told how many records of how many are done.
  /// - Throws: ``EvidenceError``.
  public func verify(
    trusting keys: [PublicKey] = [], expecting head: String? = nil,
    progress: @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(EvidenceError) -> Verification {
    try examine(.everything, of: snapshot(), trusting: keys, expecting: head, progress).result
  }

  func snapshot() throws(EvidenceError) -> Snapshot { try Snapshot(of: database, at: path) }

  func examine(
    _ scope: Examination.Scope, of snapshot: Snapshot, trusting keys: [PublicKey],
    expecting head: String? = nil,
    _ progress: @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(EvidenceError) -> Examination {
    do {
      return try snapshot.database.read { db in
        let examination = Examination(db, at: snapshot.path, trusting: keys)
        try examination.run(scope, expecting: head, progress)
        return examination
      }
    } catch { throw EvidenceError(path, error) }
  }

  /// Which of `keys` have signed the record as it is now.
  public func signers(of run: RunID, among keys: [PublicKey]) throws(EvidenceError) -> [PublicKey] {
    try read { db in
      let library = try Library(db)
      guard let seq = try library.seq(of: run) else { return [] }
      let signed = try Row.fetchAll(
        db, sql: "SELECT content, signature FROM link WHERE record = ? AND signature IS NOT NULL",
        arguments: [seq])
      // What is recorded is what counts, and not what the link or an entry's column says of it.
      guard !signed.isEmpty, let content = try library.digestedLine(of: seq)?.content else { return [] }
      let seal = RunSeal(run: run, content: content.description)
      let signatures = try signed.filter {
        try $0.decode(EvidenceDigest?.self, forColumn: "content") == content
      }
      .compactMap { row in try? Signature(asWritten: try row.decode(String.self, forColumn: "signature")) }
      return keys.filter { key in signatures.contains { key.hasSigned(seal, with: $0) } }
    }
  }
}
