public import Foundation
public import NixModel

/// `audit caches` on a terminal: a line for each cache.
public struct CachesTable: Sendable {
  private let sums: CacheSums
  private let now: Date

  /// A table of caches, as seen at `now`.
  public init(_ sums: CacheSums, now: Date) {
    self.sums = sums
    self.now = now
  }

  /// The table, cut to `width` columns where one is given.
  public func render(width: Int? = nil, style: Style = .plain) -> String {
    guard !sums.caches.isEmpty else { return "no such run says anything of a cache\n" }
    let table = Table(
      columns: [
        .init(title: "cache", minimum: 20), .init(title: "runs", alignment: .right),
        .init(title: "paths", alignment: .right), .init(title: "share", alignment: .right),
        .init(title: "unpacked", alignment: .right), .init(title: "share", alignment: .right),
        .init(title: "speed", alignment: .right), .init(title: "failures", minimum: 20),
        .init(title: "latest"),
      ], rows: sums.caches.map(row))
    return table.page(width: width, style: style, next: nil)
  }

  private func row(_ cache: CacheRecord) -> [Table.Cell] {
    let failures = cache.failures.phrase
    return [
      .init(cache.cache), .init("\(cache.runs)"), .init("\(cache.paths)"),
      .init(Quantity.percent(cache.paths, of: sums.paths)), .init(Quantity.bytes(cache.bytes)),
      .init(Quantity.percent(cache.bytes, of: sums.bytes)),
      .init(cache.timed?.bytesPerSecond.map { Quantity.rate(bytesPerSecond: $0) } ?? ""),
      failures.isEmpty ? .init("none") : .init(failures, .bad),
      .init(Instant.moment(cache.latest, seenAt: now)),
    ]
  }
}

extension CacheRecord.Failures {
  /// `in 12 runs: 3 unreachable, 9 missing`.
  fileprivate var phrase: String {
    let parts = [
      (unreachable, "unreachable"), (error, "error"), (refused, "refused"), (invalid, "invalid"),
      (untrusted, "untrusted"), (missing, "missing"), (corrupt, "corrupt"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? "" : "in \(Words.count(runs, "run")): \(parts.joined(separator: ", "))"
  }
}
