/// One cache's part in a forecast.
public struct CacheShare: Hashable, Sendable {
  /// The cache, and whether it could be used.
  public let cache: Survey.Cache
  /// Whether the policy accepts paths from it.
  public let isAccepted: Bool
  /// The number of paths that it offers with a trusted signature or a content address, whether Nix would take
  /// them from it or not.
  public var offered = 0
  /// Those, unpacked, in bytes.
  public var narBytes: UInt64 = 0
  /// The number of paths that Nix would take from it: Nix asks the caches in order.
  public var chosen = 0
  /// Those as they would be downloaded, in bytes, as far as the cache says.
  public var downloadBytes: UInt64 = 0
  /// The number of paths without a narinfo in it.
  public var absent = 0
  /// How many it offers without a signature that is trusted, with a narinfo that is none, or without their
  /// archive, or does not let us ask for.
  public var faulty = 0
  /// The number of paths that it gave no answer about.
  public var unanswered = 0

  /// Counts the shares of all caches of a survey.
  struct Tally {
    private var positions: [SubstituterURL: Int] = [:]
    private(set) var shares: [CacheShare]

    init(_ survey: Survey, under policy: Policy) {
      shares = survey.caches.map { CacheShare(cache: $0, isAccepted: policy.accepts($0.url)) }
      for (position, share) in shares.enumerated() { positions[share.cache.url] = position }
    }

    mutating func count(_ answers: [Survey.Answer]) {
      for answer in answers {
        guard let position = positions[answer.cache] else { continue }
        switch answer.kind {
        case .offered(let offer, let nar) where nar.isNoObstacle:
          shares[position].offered += 1
          shares[position].narBytes.add(saturating: offer.narinfo.narSize)
        case .offered(_, .failed), .failed: shares[position].unanswered += 1
        case .offered, .untrusted, .refused, .invalid: shares[position].faulty += 1
        case .absent: shares[position].absent += 1
        }
      }
    }

    mutating func choose(_ cache: SubstituterURL, download bytes: UInt64) {
      guard let position = positions[cache] else { return }
      shares[position].chosen += 1
      shares[position].downloadBytes.add(saturating: bytes)
    }
  }

  private init(cache: Survey.Cache, isAccepted: Bool) {
    self.cache = cache
    self.isAccepted = isAccepted
  }
}
