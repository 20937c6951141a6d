/// The caches' offers of a set of paths, before anything is realized.
///
/// A pure function of a survey. It predicts the result of a proof, and proves nothing, because nothing was
/// copied.
public struct Forecast: Hashable, Sendable {
  /// The paths that it is about.
  public let roots: [StorePath]
  /// The targets that could not be resolved to paths, and so are in no count.
  public let unresolved: [UnresolvedTarget]
  /// The number of known paths: the roots, and in a recursive forecast the references of accepted offers. The
  /// references of a path without an offer are unknown.
  public let paths: Int
  /// The number of them that an accepted cache offers with a trusted signature or a content address.
  public let available: Int
  /// The sizes of the downloads for those.
  public let sizes: Sizes
  /// The paths that are not available, the roots first, then as they are needed.
  public let lacks: [Lack]
  /// The number of paths that are not available or depend on such a path.
  public let affected: Int
  /// The roots among them.
  public let affectedRoots: [StorePath]
  /// Each cache's part, in Nix's order.
  public let caches: [CacheShare]

  /// Sizes in bytes.
  public struct Sizes: Hashable, Sendable {
    /// The archives as they lie in the caches, as far as the caches say.
    public var download: UInt64 = 0
    /// The number of available paths without a known download size.
    public var undeclared = 0
    /// The available paths, unpacked.
    public var nar: UInt64 = 0
    /// Those that are not available and whose size some cache tells, unpacked.
    public var lacking: UInt64 = 0
    /// The number of unavailable paths without a known size.
    public var unknown = 0
  }

  /// The forecast for `roots`, and in a recursive forecast for their closure, from the answers in `survey` of
  /// the caches that `policy` accepts.
  public init(
    of roots: [StorePath], isRecursive: Bool = true, unresolved: [UnresolvedTarget] = [],
    from survey: Survey, under policy: Policy
  ) {
    self.roots = roots
    self.unresolved = unresolved
    var sizes = Sizes()
    var lacks: [Lack] = []
    var shares = CacheShare.Tally(survey, under: policy)
    let closure = survey.walk(from: roots, isRecursive: isRecursive, under: policy) {
      member, answers, offer in
      shares.count(answers)
      guard let offer else {
        let lack = Lack(of: member.path, neededBy: member.neededBy, in: survey, under: policy)
        if let size = lack.narSize { sizes.lacking.add(saturating: size) } else { sizes.unknown += 1 }
        lacks.append(lack)
        return
      }
      let size = offer.size ?? offer.info.narinfo.fileSize
      sizes.download.add(saturating: size ?? 0)
      if size == nil { sizes.undeclared += 1 }
      sizes.nar.add(saturating: offer.info.narinfo.narSize)
      shares.choose(offer.cache, download: size ?? 0)
    }
    paths = closure.count
    available = closure.count - lacks.count
    self.sizes = sizes
    let dependents = Dependents(on: lacks.map(\.path), among: closure.map(\.path), in: survey, under: policy)
    self.lacks = lacks.map { $0.withReferrers(dependents.referrers[$0.path] ?? []) }
    affected = dependents.affected.count
    affectedRoots = roots.filter { dependents.affected.contains($0) }
    caches = shares.shares
  }

  /// Whether everything can be had.
  public var answer: Answer {
    if lacks.contains(where: \.isCertain) { return .no }
    return lacks.isEmpty && unresolved.isEmpty && !roots.isEmpty ? .yes : .unknown
  }
}
