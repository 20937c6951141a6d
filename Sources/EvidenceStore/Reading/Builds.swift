import Evidence
public import Foundation
import GRDB
public import NixModel

/// Builds by ephemeral builders. Their ledger is the store itself: each event is on disk before the provider is asked
/// for what follows.
extension EvidenceStore {
  /// Records a build's beginning.
  public func begin(_ start: BuildStart) throws(EvidenceError) -> BuildRecord {
    try record { try $0.begin(start) }
    do { return try BuildRecord(start: start) } catch {
      throw EvidenceError(path, .contradiction(run: start.id.text, "\(error)"))
    }
  }

  /// Records an event of a build, unless it cannot follow those that another process recorded meanwhile.
  ///
  /// - Returns: the record as it is then.
  public func add(_ event: BuildEvent, to build: RunID) throws(EvidenceError) -> BuildRecord {
    var result: BuildRecord?
    try record { result = try $0.add(event, to: build) }
    guard let result else { throw EvidenceError(path, .contradiction(run: build.text, "it cannot be read")) }
    return result
  }

  /// Closes the record of a build whose machine is gone, unless it is closed: nothing is added to it any more.
  public func close(_ build: RunID, at instant: Date) throws(EvidenceError) {
    try record { try $0.close(build, at: instant) }
  }

  /// The builds that fit `filter`, the latest first. A filter with verdicts, reasons, caches or paths finds none.
  public func builds(matching filter: RunFilter = RunFilter(), limit: Int) throws(EvidenceError)
    -> [BuildRecord]
  {
    guard filter.verdicts.isEmpty, filter.reasons.isEmpty, filter.origins.isEmpty, filter.paths.isEmpty else {
      return []
    }
    return try read { db in
      let library = try Library(db)
      return try RunSearch(db: db, filter: filter, for: .builds).runs(limit: limit).map { hit in
        try reading(hit.run, library) { try library.contents(of: hit.run).build() }
      }
    }
  }

  /// The build of that name, or whose name begins so; `nil` where there is no such record, or it is something else.
  ///
  /// - Throws: ``EvidenceError``, also where several names begin so.
  public func build(_ id: RunID) throws(EvidenceError) -> BuildRecord? {
    guard let name = try name(of: id) else { return nil }
    return try read { db in
      let library = try Library(db)
      guard let seq = try library.seq(of: name), try library.kind(of: seq) == .build else { return nil }
      return try reading(seq, library) { try library.contents(of: seq).build() }
    }
  }

  /// All builds that are not over: there is or may be a machine, or nobody has asked for one yet. The oldest first.
  public func unfinishedBuilds() throws(EvidenceError) -> [BuildRecord] {
    try read { db in
      let library = try Library(db)
      let open = try Int64.fetchAll(
        db,
        sql: """
          SELECT seq FROM record WHERE kind = 'build' AND NOT EXISTS (
            SELECT 1 FROM record_entry WHERE record = seq AND record_entry.kind = ?)
          ORDER BY at, seq
          """, arguments: [EntryKind.closed.number])
      return try open.map { seq in try reading(seq, library) { try library.contents(of: seq).build() } }
        .filter { $0.state != .gone }
    }
  }
}
