/// What a sweep was meant to be, as whoever asks for its verdict says. Whatever is left out is not compared.
public struct SweepIntent: Hashable, Sendable {
  /// What it was to prove.
  public var targets: TargetList?
  /// Into how many shards its list was to be split.
  public var shards: Int?
  /// What each shard was to show.
  public var policy: Demand?

  /// What a policy says of a proof. What it leaves out about caches, keys and builds was free.
  public struct Demand: Hashable, Sendable {
    /// What may be built, and where paths must come from.
    public let policy: Policy
    /// What happens where a path cannot be copied.
    public let builds: BuildMode?
    /// The caches to use.
    public let substituters: Set<SubstituterURL>
    /// The keys to trust.
    public let keys: Set<PublicKey>

    /// A demand.
    public init(policy: Policy, builds: BuildMode?, substituters: [SubstituterURL], keys: [PublicKey]) {
      self.policy = policy
      self.builds = builds
      self.substituters = Set(substituters)
      self.keys = Set(keys)
    }

    /// Whether a shard was proved by it.
    func fits(_ other: Policy, _ setting: ShardSetting?) -> Bool {
      Set(other.allowBuild) == Set(policy.allowBuild) && Set(other.forbidBuild) == Set(policy.forbidBuild)
        && Set(other.expectFrom) == Set(policy.expectFrom) && (builds == nil || builds == other.builds)
        && (substituters.isEmpty || setting?.substituters == substituters)
        && (keys.isEmpty || setting?.keys == keys)
    }
  }

  /// An intent; by default nothing is compared.
  public init(targets: TargetList? = nil, shards: Int? = nil, policy: Demand? = nil) {
    self.targets = targets
    self.shards = shards
    self.policy = policy
  }
}

/// What a shard was proved with, as its run's environment says.
public struct ShardSetting: Hashable, Sendable {
  /// The platform that Nix builds for.
  public let system: String
  /// The caches that it used.
  public let substituters: Set<SubstituterURL>
  /// The keys that it trusted.
  public let keys: Set<PublicKey>

  /// A setting.
  public init(system: String, substituters: [SubstituterURL], keys: [PublicKey]) {
    self.system = system
    self.substituters = Set(substituters)
    self.keys = Set(keys)
  }
}
