import Evidence
import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// A target's history: its judgment in each run that fits `filter`, the latest first, and the changes since
  /// the run before. The run before fits the filter as well, except for `since`, so that the oldest line
  /// shows its changes, too.
  ///
  /// - Parameters:
  ///   - target: as it was proved, or by its attribute alone.
  ///   - limit: the most runs.
  ///   - Throws: ``EvidenceError``.
  public func history(
    of target: String, matching filter: RunFilter = RunFilter(), limit: Int
  ) throws(EvidenceError) -> Page<TargetHistoryLine> {
    try read { db in
      let library = try Library(db)
      var filter = filter
      filter.targets = [target]
      let hits = try RunSearch(db: db, filter: filter).runs(limit: limit + 1)
      let listed = hits.prefix(limit).map(\.run)
      let records = try listed.flatMap { try self.records(of: target, in: $0, library) }
      var earlier: [TargetRecord] = []
      var unmatched = Set(records.filter { $0.judgment != nil }.map(\.installable))
      filter.since = nil
      filter.behind = records.last.map { ListPlace(run: $0.run) }
      // Several runs are read, because some in a row may have come to no judgment that could be compared.
      let before = unmatched.isEmpty ? [] : try RunSearch(db: db, filter: filter).runs(limit: 20)
      for hit in before where !unmatched.isEmpty {
        for record in try self.records(of: target, in: hit.run, library) where record.judgment != nil {
          if unmatched.remove(record.installable) != nil { earlier.append(record) }
        }
      }
      let lines = TargetHistoryLine.lines(of: records + earlier, count: records.count)
      return Page(lines, last: hits.count > limit ? records.last.map { ListPlace(run: $0.run) } : nil)
    }
  }

  private func records(
    of target: String, in seq: Int64, _ library: Library
  ) throws -> [TargetRecord] {
    let run = try run(seq, library)
    func record(_ installable: Installable, _ ending: TargetRecord.Ending) -> TargetRecord {
      TargetRecord(run: run.start.id, started: run.start.started, installable: installable, ending: ending)
    }
    let asked = run.start.installables.filter { $0.goes(by: target) }
    switch run.state {
    case .running: return asked.map { record($0, .running) }
    case .interrupted: return asked.map { record($0, .interrupted) }
    case .finished(let conclusion):
      let figures = RunFigures(
        downloadBytes: conclusion.judgment.closure.downloadBytes,
        milliseconds: Int((conclusion.finished.timeIntervalSince(run.start.started) * 1000).rounded()),
        timeTaken: try reading(seq, library) { try library.contents(of: seq, .log).timeTaken() })
      return conclusion.judgment.targets.filter { $0.installable.goes(by: target) }.map {
        record($0.installable, .judged($0, figures))
      }
    }
  }
}
