import Evidence
import GRDB
public import NixModel

extension EvidenceStore {
  /// Recomputes digests, chain, signatures and search tables in a copy, so that others can record meanwhile.
  ///
  /// - Parameters:
  ///   - keys: each record must carry a signature of one of these; without keys, none is needed.
  ///   - head: the digest of an earlier link, which the chain must still have.
  ///   - progress: told the numbers of finished and of all records.
  /// - Returns: the defects; a defect is no error.
  /// - Throws: ``EvidenceError`` where the store cannot be read or copied.
  public func verify(
    trusting keys: [PublicKey] = [], expecting head: String? = nil,
    progress: @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(EvidenceError) -> Verification {
    try examine(snapshot(), trusting: keys, expecting: head, progress).result
  }

  func snapshot() throws(EvidenceError) -> Snapshot { try Snapshot(of: database, at: path) }

  func examine(
    _ snapshot: Snapshot, trusting keys: [PublicKey], expecting head: String? = nil,
    legibleFor reader: String? = nil,
    _ progress: @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(EvidenceError) -> Examination {
    do {
      return try snapshot.database.read { db in
        let examination = Examination(db, at: snapshot.path, trusting: keys)
        try examination.run(expecting: head, legibleFor: reader, progress)
        return examination
      }
    } catch { throw EvidenceError(path, error) }
  }

  /// Those of `keys` that have signed the record's present content.
  ///
  /// - Throws: ``EvidenceError`` where the store cannot be read.
  public func signers(of run: RunID, among keys: [PublicKey]) throws(EvidenceError) -> [PublicKey] {
    try read { db in
      let library = try Library(db)
      guard let seq = try library.seq(of: run) else { return [] }
      let signed = try Row.fetchAll(
        db, sql: "SELECT content, signature FROM link WHERE record = ? AND signature IS NOT NULL",
        arguments: [seq])
      // The content is computed from the lines, because a writer of the file can also change links and
      // digests.
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
