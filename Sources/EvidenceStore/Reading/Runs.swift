import GRDB
public import NixModel

extension EvidenceStore {
  /// The runs that fit `filter`, the latest first. They are ordered by their start, because an import adds
  /// older runs after newer ones.
  ///
  /// - Throws: ``EvidenceError``.
  public func runs(
    matching filter: RunFilter = RunFilter(), limit: Int
  ) throws(EvidenceError) -> [Run] {
    try read { db in
      try runs(try RunSearch(db: db, filter: filter).runs(limit: limit).map(\.run), db)
    }
  }

  /// How many records there are: proofs, publications and builds.
  public func recordCount() throws(EvidenceError) -> Int {
    try read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM record") ?? 0 }
  }

  /// The latest run.
  public func latestRun() throws(EvidenceError) -> Run? { try runs(limit: 1).first }

  /// The run of that name, or whose name begins so.
  ///
  /// - Throws: ``EvidenceError``, also where several names begin so.
  public func run(_ id: RunID) throws(EvidenceError) -> Run? {
    try read { db in try runs(try seqs(of: id, db), db).first }
  }

  /// None, or the one run that a name means; `latest` means the latest proof.
  private func seqs(of id: RunID, _ db: Database) throws -> [Int64] {
    if let seq = try Library(db).seq(of: id) { return [seq] }
    if id.text == "latest" {
      return try Int64.fetchAll(
        db, sql: "SELECT seq FROM record WHERE kind = 'proof' ORDER BY at DESC, seq DESC LIMIT 1")
    }
    let found = try Row.fetchAll(
      // A range of the index: no text sorts behind the one that ends with the last of all characters.
      db, sql: "SELECT seq, id FROM record WHERE id >= ? AND id < ? ORDER BY id DESC",
      arguments: [id.text, id.text + "\u{10FFFF}"])
    guard found.count <= 1 else {
      throw EvidenceError(path, .ambiguous(name: id.text, among: found.map { $0[1] }))
    }
    return found.map { $0[0] }
  }

  /// The full name of the run of that name, or whose name begins so.
  ///
  /// - Throws: ``EvidenceError``, also where several names begin so.
  public func name(of id: RunID) throws(EvidenceError) -> RunID? {
    try read { db in
      guard let seq = try seqs(of: id, db).first else { return nil }
      return try String.fetchOne(db, sql: "SELECT id FROM record WHERE seq = ?", arguments: [seq]).map {
        RunID($0)
      }
    }
  }

  /// The latest run that was asked to prove `target`, whether it came to a verdict or not.
  public func latestRun(about target: String) throws(EvidenceError) -> Run? {
    try read { db in
      try Int64.fetchOne(
        db,
        sql: """
          SELECT mark.record FROM mark CROSS JOIN record ON record.seq = mark.record
          WHERE mark.kind = 'target' AND word = (SELECT id FROM text WHERE value = ?) AND record.kind = 'proof'
          ORDER BY mark.at DESC, mark.record DESC LIMIT 1
          """, arguments: [target]
      ).flatMap { try runs([$0], db).first }
    }
  }
}
