public import Foundation
public import NixModel

extension Listing where Row == CacheRecord {
  /// `audit caches`: a row for each cache. Shares are of the paths and bytes of all caches.
  ///
  /// - Parameter now: the instant that ages are counted from.
  public static func caches(_ sums: CacheSums, now: Date) -> Listing {
    let (paths, bytes) = (sums.paths, sums.bytes)
    let columns: [Column<CacheRecord>] = [
      .init("cache", key: "cache", minimum: 20) { .text($0.cache) },
      .init("runs", .right, key: "runs") { .number($0.runs) },
      .init("paths", .right, key: "paths") { .number($0.paths) },
      .csv("paths_of_all") { _ in .number(paths) },
      .shown("share", .right) { .init(Quantity.percent($0.paths, of: paths)) },
      .init("unpacked", .right, key: "bytes") { .bytes($0.bytes) },
      .csv("bytes_of_all") { _ in .bytes(bytes) },
      .shown("share", .right) { .init(Quantity.percent($0.bytes, of: bytes)) },
      .init(key: "downloadBytes") { .bytes($0.downloadBytes) },
      .init(key: "asked") { .number($0.asked) },
      .init(key: "offered") { .number($0.offered) },
      .shown("speed", .right) {
        .init($0.timed?.bytesPerSecond.map { Quantity.rate(bytesPerSecond: $0) } ?? "")
      },
      .group("failures", failureColumns) { $0.failures },
      .shown("failures", minimum: 20) { $0.failures.words },
      .group("timed", timedColumns) { $0.timed },
      .init("latest", key: "latest") { .instant($0.latest) },
    ]
    return Listing(
      "caches", sums.caches, columns, facts: ["paths": .number(paths), "bytes": .bytes(bytes)], now: now,
      ifEmpty: "no such run says anything of a cache")
  }
}

private let failureColumns: [Column<CacheRecord.Failures>] = [
  .init(key: "unreachable") { .number($0.unreachable) },
  .init(key: "error") { .number($0.error) },
  .init(key: "refused") { .number($0.refused) },
  .init(key: "invalid") { .number($0.invalid) },
  .init(key: "untrusted") { .number($0.untrusted) },
  .init(key: "missing") { .number($0.missing) },
  .init(key: "corrupt") { .number($0.corrupt) },
  .init(key: "runs", csv: "failing_runs") { .number($0.runs) },
]

private let timedColumns: [Column<CacheRecord.Timed>] = [
  .init(key: "milliseconds", csv: "copying_milliseconds") { .number($0.milliseconds) },
  .init(key: "downloadBytes", csv: "timed_download_bytes") { .bytes($0.downloadBytes) },
  .json("bytesPerSecond") { .bytes($0.bytesPerSecond.map { UInt64(saturating: $0) }) },
]

extension CacheRecord.Failures {
  /// `in 12 runs: 3 unreachable, 9 missing`.
  fileprivate var words: Table.Cell {
    let parts = [
      (unreachable, "unreachable"), (error, "error"), (refused, "refused"), (invalid, "invalid"),
      (untrusted, "untrusted"), (missing, "missing"), (corrupt, "corrupt"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    guard !parts.isEmpty else { return "none" }
    return .init("in \(Words.count(runs, "run")): \(parts.joined(separator: ", "))", .bad)
  }
}
