import GRDB
public import NixModel

extension EvidenceStore {
  /// The latest runs, the newest first.
  public func runs(limit: Int) throws(EvidenceError) -> [Run] {
    try read { db in
      try Int64.fetchAll(db, sql: "SELECT seq FROM run ORDER BY seq DESC LIMIT ?", arguments: [limit])
        .map { try run($0, db) }
    }
  }

  /// The latest run.
  public func latestRun() throws(EvidenceError) -> Run? { try runs(limit: 1).first }

  /// The run of that name, or whose name begins so.
  ///
  /// - Throws: ``EvidenceError``, also where several names begin so.
  public func run(_ id: RunID) throws(EvidenceError) -> Run? {
    try read { db in
      if let seq = try Int64.fetchOne(db, sql: "SELECT seq FROM run WHERE id = ?", arguments: [id.text]) {
        return try run(seq, db)
      }
      let found = try Int64.fetchAll(
        db, sql: "SELECT seq FROM run WHERE substr(id, 1, ?) = ?", arguments: [id.text.count, id.text])
      guard found.count <= 1 else {
        throw EvidenceError(path, .ambiguous(name: id.text, count: found.count))
      }
      return try found.first.map { try run($0, db) }
    }
  }

  /// The latest run that was asked to prove `target`, whether it came to a verdict or not.
  public func latestRun(about target: String) throws(EvidenceError) -> Run? {
    try read { db in
      // Every attribute of the same name ends its installable with it, so the text narrows the search.
      let rows = try Row.fetchCursor(
        db, sql: "SELECT run, spec FROM requested WHERE instr(installable, ?) > 0 ORDER BY run DESC",
        arguments: [target])
      while let row = try rows.next() {
        let spec = try row.decode(String.self, forColumn: "spec")
        let installable = try JSON.value(Installable.self, spec)
        if installable.isNamed(target) { return try run(try row.decode(Int64.self, forColumn: "run"), db) }
      }
      return nil
    }
  }
}
