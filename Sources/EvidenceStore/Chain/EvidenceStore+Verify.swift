import GRDB
public import NixModel

extension EvidenceStore {
  /// Recomputes everything that the store says of itself, in a copy, so that nobody waits.
  ///
  /// - Parameters:
  ///   - keys: each run must carry a signature of one of these; none need to where there are none.
  ///   - head: the digest of a link that was seen earlier, which must still be there.
  ///   - progress: told how many runs of how many are done.
  /// - Throws: ``EvidenceError``; of a store of before there were chains ``EvidenceError/Flaw/unchained``.
  public func verify(
    trusting keys: [PublicKey] = [], expecting head: String? = nil,
    progress: @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(EvidenceError) -> Verification {
    try requireChain()
    return try examine(.everything, of: snapshot(), trusting: keys, expecting: head, progress).result
  }

  func requireChain() throws(EvidenceError) {
    guard copy == nil || schema >= Schema.firstWithChain else { throw EvidenceError(path, .unchained) }
  }

  func snapshot() throws(EvidenceError) -> Snapshot { try Snapshot(of: database, at: path) }

  func examine(
    _ scope: Examination.Scope, of snapshot: Snapshot, trusting keys: [PublicKey],
    expecting head: String? = nil,
    _ progress: @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(EvidenceError) -> Examination {
    do {
      return try snapshot.database.write { db in
        let examination = Examination(db, at: snapshot.path, trusting: keys)
        try examination.run(scope, expecting: head, progress)
        return examination
      }
    } catch { throw EvidenceError(path, error) }
  }

  /// Which of `keys` have signed the run as it is now.
  public func signers(of run: RunID, among keys: [PublicKey]) throws(EvidenceError) -> [PublicKey] {
    try read { db in
      guard let seq = try Self.seq(of: run, db) else { return [] }
      let signed = try Row.fetchAll(
        db, sql: "SELECT content, signature FROM link WHERE run = ? AND signature IS NOT NULL",
        arguments: [seq])
      guard !signed.isEmpty else { return [] }
      // What is recorded is what counts, and not what the link says of it.
      let content = try Canon(db).lines(ofRun: seq).digest
      let seal = RunSeal(run: run, content: content.description)
      let signatures = try signed.filter {
        try $0.decode(EvidenceDigest?.self, forColumn: "content") == content
      }
      .compactMap { row in try? Signature(asWritten: try row.decode(String.self, forColumn: "signature")) }
      return keys.filter { key in signatures.contains { key.hasSigned(seal, with: $0) } }
    }
  }
}
