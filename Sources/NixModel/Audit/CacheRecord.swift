public import Foundation

/// Caches, and the sums over all caches, those included that are not listed.
public struct CacheSums: Hashable, Sendable {
  /// The caches.
  public let caches: [CacheRecord]
  /// The number of paths that were copied from any cache.
  public let paths: Int
  /// Their unpacked size in bytes.
  public let bytes: UInt64

  /// Those of `all` that are named, or all of them where none is.
  public init(_ all: [CacheRecord], named names: [String] = []) {
    caches = names.isEmpty ? all : all.filter { names.contains($0.cache) }
    paths = all.reduce(0) { $0 + $1.paths }
    bytes = all.reduce(0) { $0.addingReportingOverflow($1.bytes).partialValue }
  }
}

/// The sums of all concluded runs about one cache.
public struct CacheRecord: Hashable, Sendable {
  /// Its canonical address.
  public let cache: String
  /// The number of runs that copied from it, asked it, or saw it fail.
  public let runs: Int
  /// When the latest of them started.
  public let latest: Date
  /// How many paths were copied from it; one that two runs copied counts twice.
  public let paths: Int
  /// Their unpacked size in bytes.
  public let bytes: UInt64
  /// Their compressed size in bytes, as the cache's narinfos state it; those that state none count nothing.
  public let downloadBytes: UInt64
  /// How many paths it was asked for before anything was copied.
  public let asked: Int
  /// How many of them it offered, signed by a trusted key.
  public let offered: Int
  /// Its failures.
  public let failures: Failures
  /// The copies whose time was recorded.
  public let timed: Timed?

  /// Failures by their kinds, named like the codes of reasons.
  public struct Failures: Hashable, Sendable {
    /// Runs and questions without an answer.
    public var unreachable = 0
    /// Errors of any other kind.
    public var error = 0
    /// Questions that were answered with 401 or 403.
    public var refused = 0
    /// Narinfos that are invalid, or of another path.
    public var invalid = 0
    /// Narinfos that no trusted key signed.
    public var untrusted = 0
    /// Archives that were promised and not there.
    public var missing = 0
    /// Archives that differed from the narinfo's promise.
    public var corrupt = 0
    /// How many runs saw any of this.
    public var runs = 0

    /// None.
    public init() {}
  }

  /// Copies whose time was recorded.
  public struct Timed: Hashable, Sendable {
    /// Their compressed size in bytes, as far as narinfos state it.
    public let downloadBytes: UInt64
    /// The milliseconds in which at least one copy from the cache was under way, summed over all those runs.
    public let milliseconds: Int

    /// Bytes, and the milliseconds that they took.
    public init(downloadBytes: UInt64, milliseconds: Int) {
      self.downloadBytes = downloadBytes
      self.milliseconds = milliseconds
    }

    /// Compressed bytes for each second in which a copy was under way; `nil` where no size or no time is known.
    public var bytesPerSecond: Double? {
      guard downloadBytes > 0, milliseconds > 0 else { return nil }
      return Double(downloadBytes) * 1000 / Double(milliseconds)
    }
  }

  /// A sum.
  public init(
    cache: String, runs: Int, latest: Date, paths: Int, bytes: UInt64, downloadBytes: UInt64, asked: Int,
    offered: Int, failures: Failures, timed: Timed?
  ) {
    self.cache = cache
    self.runs = runs
    self.latest = latest
    self.paths = paths
    self.bytes = bytes
    self.downloadBytes = downloadBytes
    self.asked = asked
    self.offered = offered
    self.failures = failures
    self.timed = timed
  }
}
