/// What Nix would do to bring targets: the derivations that it would build, and the paths that it would copy, given the
/// offers of caches and the content of a store.
///
/// It predicts, and proves nothing. Nothing was copied, so an archive that is gone or broken shows only in a proof.
public struct Plan: Hashable, Sendable {
  /// The targets that resolved, in the order in which they were asked for.
  public let targets: [Target]
  /// The builds, each behind those that it needs.
  public let builds: [Build]
  /// The paths to be copied.
  public let fetches: [Fetch]
  /// The derivations that need not be built, and whose outputs the targets or the builds need.
  public let spared: [StorePath]
  /// The paths that are asked for by themselves, and that nothing can bring.
  public let lacks: [Lack]
  /// The derivations that could not be read, so that nothing is known of their inputs.
  public let unread: [StorePath]
  /// Outputs and references that no cache was asked for, because there was more than a survey asks for, or because it
  /// was cut off.
  public let unasked: [StorePath]
  /// The targets that could not be resolved.
  public let unresolved: [UnresolvedTarget]
  /// The caches, in Nix's order.
  public let caches: [Survey.Cache]

  /// A target, and what becomes of it.
  public struct Target: Hashable, Sendable {
    /// The installable.
    public let installable: Installable
    /// Its derivation; `nil` where a store path was asked for.
    public let derivation: StorePath?
    /// What becomes of it.
    public let outcome: Outcome
  }

  /// The ways in which Nix comes by a target.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// The store has it.
    case present
    /// It is copied.
    case fetched
    /// Its derivation is built.
    case built
    /// It is neither offered, nor is there a derivation to build it.
    case lacking
  }

  /// A derivation that would be built.
  public struct Build: Hashable, Sendable {
    /// The derivation.
    public let derivation: StorePath
    /// Why it is not copied.
    public let cause: Cause
    /// Whether the policy lets it be built.
    public let isAllowed: Bool
    /// Whether it only fetches something: its output is fixed by a hash.
    public let isFetch: Bool
    /// Whether none of its inputs has to be built for it, fetches left aside: nothing else is the cause of its being built.
    public let isFirst: Bool
    /// The derivation that needs it first; `nil` for a target's own.
    public let neededBy: StorePath?
    /// How many of the other builds it needs, directly or not.
    public let needs: Int
    /// How many of the other builds need it, directly or not.
    public let neededFor: Int
    /// How many targets need it, or are it.
    public let targets: Int
  }

  /// Why outputs of a derivation are not copied.
  public enum Cause: Hashable, Sendable {
    /// No cache offers this output as it must be offered.
    case lack(Lack)
    /// This output is offered, and refers to a path that is not.
    case hole(output: StorePath, Lack)
    /// The derivation disallows it (`allowSubstitutes = false`), so Nix asks no cache.
    case disallowed
    /// The path of this output is not known before it is built (floating content-addressed), so no cache was asked.
    case unknownPath(output: String)

    /// The missing path; `nil` where nothing is missing.
    public var lack: Lack? {
      switch self {
      case .lack(let lack), .hole(_, let lack): lack
      case .disallowed, .unknownPath: nil
      }
    }
  }

  /// A path that would be copied.
  public struct Fetch: Hashable, Sendable {
    /// The path.
    public let path: StorePath
    /// The cache that Nix would take it from.
    public let cache: SubstituterURL
    /// The size of the download in bytes, where the cache says.
    public let download: UInt64?
    /// Its size in the store in bytes.
    public let narSize: UInt64
  }

  /// The builds that the policy does not allow.
  public var forbidden: [Build] { builds.filter { !$0.isAllowed } }

  /// The sum of the downloads in bytes, as far as the caches say.
  public var downloadBytes: UInt64 {
    fetches.reduce(into: 0) { $0.add(saturating: $1.download ?? $1.narSize) }
  }

  /// The sum of the copies in bytes, unpacked.
  public var narBytes: UInt64 { fetches.reduce(into: 0) { $0.add(saturating: $1.narSize) } }

  /// Whether nothing would be built that is not allowed.
  public var answer: Answer {
    let isCold = forbidden.contains { $0.cause.isCertain } || lacks.contains(where: \.isCertain)
    if isCold { return .no }
    let isKnown =
      forbidden.isEmpty && lacks.isEmpty && unread.isEmpty && unasked.isEmpty && unresolved.isEmpty
    return isKnown && !targets.isEmpty ? .yes : .unknown
  }
}

extension Plan.Cause {
  /// Whether the build is certain: no cache that gave no answer could spare it.
  public var isCertain: Bool {
    switch self {
    case .lack(let lack), .hole(_, let lack): lack.isCertain
    case .disallowed: true
    case .unknownPath: false
    }
  }
}
