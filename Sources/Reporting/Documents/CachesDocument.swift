public import NixModel

/// `audit caches --json`.
public struct CachesDocument: Document {
  private let schema = "warmth/caches/v1"
  private let caches: [Entry]
  private let paths: Int
  private let bytes: UInt64

  /// The document of caches, and of what all of them come to.
  public init(_ sums: CacheSums) {
    caches = sums.caches.map(Entry.init)
    paths = sums.paths
    bytes = sums.bytes
  }

  private struct Entry: Encodable {
    let cache: String
    let runs: Int
    let latest: String
    let paths: Int
    let bytes: UInt64
    let downloadBytes: UInt64
    let asked: Int
    let offered: Int
    let failures: FailuresPart
    @OrNull var timed: TimedPart?

    struct FailuresPart: Encodable {
      let unreachable, error, refused, invalid, untrusted, missing, corrupt, runs: Int
    }

    struct TimedPart: Encodable {
      let downloadBytes: UInt64
      let milliseconds: Int
      @OrNull var bytesPerSecond: UInt64?
    }

    init(_ record: CacheRecord) {
      cache = Words.line(record.cache)
      runs = record.runs
      latest = Instant.iso8601(record.latest)
      paths = record.paths
      bytes = record.bytes
      downloadBytes = record.downloadBytes
      asked = record.asked
      offered = record.offered
      let failed = record.failures
      failures = FailuresPart(
        unreachable: failed.unreachable, error: failed.error, refused: failed.refused,
        invalid: failed.invalid,
        untrusted: failed.untrusted, missing: failed.missing, corrupt: failed.corrupt, runs: failed.runs)
      timed = record.timed.map {
        TimedPart(
          downloadBytes: $0.downloadBytes, milliseconds: $0.milliseconds,
          bytesPerSecond: $0.bytesPerSecond.map { UInt64(saturating: $0) })
      }
    }
  }
}
