import Evidence
import GRDB
public import NixModel

extension EvidenceStore {
  /// The policy and environment of a run, and the names of the keys in its signatures, which are not
  /// verified.
  ///
  /// - Throws: ``EvidenceError``, also where there is no such run.
  public func promise(of run: RunID) throws(EvidenceError) -> RunPromise {
    try read { db in
      let library = try Library(db)
      guard let seq = try library.seq(of: run) else { throw EvidenceError(path, .noRun(run.text)) }
      let signatures = try String.fetchAll(
        db,
        sql: """
          SELECT signature FROM link WHERE record = ? AND content = ? AND signature IS NOT NULL ORDER BY seq
          """,
        arguments: [seq, try library.line(of: seq)?.content])
      return try reading(seq, library) {
        let contents = try library.contents(of: seq, .asked, .environment)
        return RunPromise(
          policy: try contents.policy(), environment: try contents.environment(),
          signatures: signatures.compactMap { try? Signature(asWritten: $0).keyName }.unique)
      }
    }
  }
}
