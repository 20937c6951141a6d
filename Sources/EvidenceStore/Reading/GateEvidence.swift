import Evidence
import GRDB
public import NixModel

// The evidence that a gate reads: of each run as little as its rules need, along indexes. The rules
// themselves are in the model.
extension EvidenceStore {
  /// The subjects of runs that bear `name`, at most `limit`. A name that reads as a reference names a whole
  /// installable, and no attribute.
  ///
  /// Where no run evaluated it, the subject is the one that the latest run was asked about.
  ///
  /// - Throws: ``EvidenceError``.
  public func gateSubjects(of name: GateName, limit: Int) throws(EvidenceError) -> [GateSubject] {
    try read { db in
      func subjects(_ source: String) throws -> [GateSubject] {
        let known = try db.cachedStatement(
          sql: """
            SELECT whole.value, spec.value, system.value
            FROM (\(source)) AS row
            JOIN text AS spec ON spec.id = row.spec
            JOIN text AS whole ON whole.id = row.installable
            LEFT JOIN text AS system ON system.id = row.system
            """)
        return try Row.fetchAll(known, arguments: [name.text]).map { row in
          GateSubject(
            name: try row.decode(atIndex: 0), record: try row.decode(atIndex: 1),
            system: try row.decode(atIndex: 2))
        }
      }
      let word = "(SELECT id FROM text WHERE value = ?1)"
      let columns = name.mayBeAttribute ? ["installable", "attribute"] : ["installable"]
      let evaluated = columns.map {
        "SELECT DISTINCT installable, spec, system FROM target WHERE \($0) = \(word)"
      }
      let found = try subjects("\(evaluated.joined(separator: " UNION ")) LIMIT \(limit)")
      guard found.isEmpty else { return found }
      return try subjects(
        """
        SELECT asked.installable, asked.spec, NULL AS system
        FROM mark
        CROSS JOIN record_entry AS has ON has.record = mark.record AND has.kind = \(EntryKind.asked.number)
        CROSS JOIN asked ON asked.entry = has.entry
        WHERE mark.kind = 'target' AND mark.word = \(word)
          AND (\(columns.map { "asked.\($0) = mark.word" }.joined(separator: " OR ")))
        ORDER BY mark.at DESC, mark.record DESC LIMIT 1
        """)
    }
  }

  /// At most `limit` runs about `topic`, the latest first, with a verdict or without.
  ///
  /// - Throws: ``EvidenceError``.
  public func recordedRuns(about topic: GateTopic, limit: Int) throws(EvidenceError) -> [RecordedRun] {
    try GateReader(of: self).runs(about: topic, limit: limit)
  }

  /// The same in a store that was distilled from the runs `named`.
  ///
  /// - Throws: ``EvidenceError``, also where one of `named` is not about `topic`.
  public func recordedRuns(
    about topic: GateTopic, limit: Int, expecting named: [RunID]
  ) throws(EvidenceError) -> [RecordedRun] {
    try GateReader(of: self).runs(about: topic, limit: limit, expecting: named)
  }

  /// The record of a finished run about `topic`, as far as `policy` asks.
  ///
  /// - Throws: ``EvidenceError``, also where there is no such run, or its verdict contradicts those of its
  ///   targets.
  public func recordedProof(
    by run: RunID, of topic: GateTopic, for policy: GatePolicy
  ) throws(EvidenceError) -> RecordedProof {
    try GateReader(of: self).proof(by: run, of: topic, for: policy)
  }
}

/// Reads runs for a gate. It remembers them, because a gate asks about one target of a run after another.
public final class GateReader {
  private let store: EvidenceStore
  private var runs: [Int64: GateRun] = [:]
  private var proofs: [RunID: ProofReader] = [:]
  private var signers: [RunID: [PublicKey]] = [:]

  /// How many runs are remembered: each target has its latest one, mostly the same.
  private static let capacity = 128

  /// A reader of `store`, which must not change meanwhile.
  public init(of store: EvidenceStore) { self.store = store }

  /// At most `limit` runs about `topic`, the latest first, with a verdict or without.
  ///
  /// - Throws: ``EvidenceError``.
  public func runs(about topic: GateTopic, limit: Int) throws(EvidenceError) -> [RecordedRun] {
    try store.read { db in
      let library = try Library(db)
      let (kind, word): (Mark.Kind, String?) =
        switch topic {
        case .subject(let subject): (.target, subject.name)
        case .outputs(let paths): (.output, paths.min()?.description)
        }
      let statement = try db.cachedStatement(
        sql: """
          SELECT mark.record FROM mark CROSS JOIN record ON record.seq = mark.record
          WHERE mark.kind = ? AND mark.word = (SELECT id FROM text WHERE value = ?) AND record.kind = 'proof'
          ORDER BY mark.at DESC, mark.record DESC
          """)
      let records = try Int64.fetchCursor(statement, arguments: [kind.rawValue, word])
      var found: [RecordedRun] = []
      while found.count < limit, let seq = try records.next() {
        if let run = try run(seq, library).recorded(about: topic, store.isAlive) { found.append(run) }
      }
      return found
    }
  }

  /// The same in a store that was distilled from the runs `named`.
  ///
  /// - Throws: ``EvidenceError``, also where one of `named` is not about `topic`.
  public func runs(
    about topic: GateTopic, limit: Int, expecting named: [RunID]
  ) throws(EvidenceError) -> [RecordedRun] {
    let runs = try runs(about: topic, limit: limit)
    if let other = Set(named).subtracting(runs.map(\.id)).min(by: { $0.text < $1.text }) {
      throw EvidenceError(
        store.path,
        .contradiction(run: other.text, "it is found by what the gate asks for, and is not about it"))
    }
    return runs
  }

  /// The record of a finished run about `topic`, as far as `policy` asks.
  ///
  /// - Throws: ``EvidenceError``, also where there is no such run, or its verdict contradicts those of its
  ///   targets.
  public func proof(
    by id: RunID, of topic: GateTopic, for policy: GatePolicy
  ) throws(EvidenceError) -> RecordedProof {
    var proof = try store.read { db in
      let library = try Library(db)
      guard let seq = try library.seq(of: id) else {
        throw EvidenceError(store.path, .contradiction(run: id.text, "it was never begun"))
      }
      return try store.reading(seq, library) {
        let reading: ProofReader.Reading = { try library.contents(of: seq, $0) }
        let reader = try proofs[id] ?? ProofReader(run(seq, library), reading: reading)
        if proofs.count >= Self.capacity { proofs = [:] }
        proofs[id] = reader
        return try reader.proof(of: topic, for: policy, reading: reading)
      }
    }
    if !policy.collectors.isEmpty {
      if signers[id] == nil { signers[id] = try store.signers(of: id, among: policy.collectors) }
      proof.signers = signers[id] ?? []
    }
    return proof
  }

  private func run(_ seq: Int64, _ library: Library) throws -> GateRun {
    if let known = runs[seq] { return known }
    let run = try store.reading(seq, library) {
      try GateRun(library.contents(of: seq, .proof, .asked, .targets, .verdicts, .conclusion))
    }
    if runs.count >= Self.capacity { runs = [:] }
    runs[seq] = run
    return run
  }
}
