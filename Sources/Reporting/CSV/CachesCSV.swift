public import NixModel

/// `audit caches --csv`.
public struct CachesCSV: Sendable {
  private let sums: CacheSums

  /// The lines of caches, in their order.
  public init(_ sums: CacheSums) { self.sums = sums }

  /// The text. Columns keep their names and their order; new ones come last.
  public func render() -> String {
    CSV(
      columns: [
        "cache", "runs", "paths", "paths_of_all", "bytes", "bytes_of_all", "download_bytes", "asked",
        "offered",
        "unreachable", "error", "refused", "invalid", "untrusted", "missing", "corrupt", "failing_runs",
        "copying_milliseconds", "timed_download_bytes", "latest",
      ], rows: sums.caches.map(row)
    ).render()
  }

  private func row(_ cache: CacheRecord) -> [CSV.Field] {
    let failures = cache.failures
    return [
      .init(cache.cache), .init(cache.runs), .init(cache.paths), .init(sums.paths), .init(cache.bytes),
      .init(sums.bytes), .init(cache.downloadBytes), .init(cache.asked), .init(cache.offered),
      .init(failures.unreachable), .init(failures.error), .init(failures.refused), .init(failures.invalid),
      .init(failures.untrusted), .init(failures.missing), .init(failures.corrupt), .init(failures.runs),
      .init(cache.timed?.milliseconds), .init(cache.timed?.downloadBytes),
      .init(Instant.iso8601(cache.latest)),
    ]
  }
}
