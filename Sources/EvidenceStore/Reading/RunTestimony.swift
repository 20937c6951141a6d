import Evidence
import GRDB
public import NixModel

extension EvidenceStore {
  /// The recorded testimony of all witnesses of a run, from which the judge can judge again.
  ///
  /// Everything is parsed and verified again. An offer whose signature no longer verifies is a contradiction.
  ///
  /// - Throws: ``EvidenceError``, also where there is no such run.
  public func testimony(of id: RunID) throws(EvidenceError) -> Testimony {
    try read { db in
      let library = try Library(db)
      guard let seq = try library.seq(of: id) else {
        throw EvidenceError(path, .contradiction(run: id.text, "it was never begun"))
      }
      return try reading(seq, library) { try library.contents(of: seq).testimony() }
    }
  }

  /// The latest run in which `installable` was warm, of those before `run` where one is named.
  ///
  /// - Throws: ``EvidenceError``.
  public func latestWarmRun(
    of installable: Installable, before run: RunID? = nil
  ) throws(EvidenceError) -> RunID? {
    try read { db in
      try String.fetchOne(
        db,
        sql: """
          SELECT record.id
          FROM mark CROSS JOIN record ON record.seq = mark.record
          WHERE mark.kind = 'warm' AND word = (SELECT id FROM text WHERE value = ?1)
            AND (?2 IS NULL OR mark.at <= (SELECT at FROM record WHERE id = ?2) AND record.id <> ?2)
          ORDER BY mark.at DESC, mark.record DESC LIMIT 1
          """, arguments: [installable.recordedName, run?.text]
      ).map { RunID($0) }
    }
  }
}
