import Evidence
import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// The sums of each cache over the concluded runs that fit `filter`, the cache with the most copied bytes
  /// first. Caches in the filter narrow the answer to them.
  ///
  /// - Throws: ``EvidenceError``.
  public func caches(matching filter: RunFilter = RunFilter()) throws(EvidenceError) -> CacheSums {
    try read { db in
      let search = try RunSearch(db: db, filter: filter)
      var tests = try search.conditionsOfRuns().map(\.test)
      if !filter.paths.isEmpty {
        // The paths are looked up once for all tallies. A name can mean hundreds of paths, and a test would
        // look up each of them for each tally.
        let ids = search.list(try search.pathIDs())
        tests.append(
          """
          c.run IN (SELECT has.record FROM sighting AS said CROSS JOIN record_entry AS has ON has.entry = said.entry
            WHERE said.path IN (\(ids)))
          """)
      }
      if let since = filter.since { tests.append("c.at >= \(Instant.milliseconds(since))") }
      if let until = filter.until { tests.append("c.at < \(Instant.milliseconds(until))") }
      let condition = tests.isEmpty ? "" : "WHERE \(tests.joined(separator: " AND "))"
      /// A sum that may be larger than an integer, because caches can state any size.
      func sum(of column: String, _ filter: String = "") -> String {
        "CAST(min(total(c.\(column)) \(filter), 9e15) AS INTEGER)"
      }
      let failures = ["unreachable", "failed", "refused", "invalid", "untrusted", "missing", "corrupt"]
      let all = try Row.fetchAll(
        db,
        sql: """
          SELECT coalesce((SELECT value FROM text WHERE id = c.cache), '') AS name, count(*) AS runs, max(c.at) AS latest,
            sum(c.paths) AS paths, \(sum(of: "bytes")) AS bytes, \(sum(of: "download")) AS download, sum(c.asked) AS asked,
            sum(c.offered) AS offered, \(failures.map { "sum(c.\($0)) AS \($0)" }.joined(separator: ", ")),
            sum(\(failures.map { "c.\($0)" }.joined(separator: " + ")) > 0) AS failing,
            CASE WHEN count(c.milliseconds) > 0 THEN \(sum(of: "milliseconds")) END AS milliseconds,
            \(sum(of: "download", "FILTER (WHERE c.milliseconds IS NOT NULL)")) AS timed
          FROM (SELECT *, record AS run FROM tally) AS c \(condition) GROUP BY c.cache ORDER BY bytes DESC, paths DESC, name
          """
      ).map(CacheRecord.init(row:))
      return CacheSums(all, named: filter.origins.map(\.canonical))
    }
  }
}

extension CacheRecord {
  fileprivate init(row: Row) {
    var failures = Failures()
    failures.unreachable = row["unreachable"]
    failures.error = row["failed"]
    failures.refused = row["refused"]
    failures.invalid = row["invalid"]
    failures.untrusted = row["untrusted"]
    failures.missing = row["missing"]
    failures.corrupt = row["corrupt"]
    failures.runs = row["failing"]
    func bytes(_ column: String) -> UInt64 { UInt64(clamping: row[column] as Int64) }
    let milliseconds: Int? = row["milliseconds"]
    self.init(
      cache: row["name"], runs: row["runs"],
      latest: Date(timeIntervalSince1970: Double(row["latest"] as Int64) / 1000), paths: row["paths"],
      bytes: bytes("bytes"), downloadBytes: bytes("download"), asked: row["asked"], offered: row["offered"],
      failures: failures,
      timed: milliseconds.map { Timed(downloadBytes: bytes("timed"), milliseconds: $0) })
  }
}
