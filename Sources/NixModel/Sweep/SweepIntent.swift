/// The intended sweep, as stated with the question for its verdict. Parts that are left out are not compared.
public struct SweepIntent: Hashable, Sendable {
  /// The targets that it was to prove.
  public var targets: TargetList?
  /// The number of shards that its list was to be split into.
  public var shards: Int?
  /// The policy of each shard.
  public var policy: Demand?

  /// The demands of a policy on a proof. Caches, keys and builds that it does not mention were free.
  public struct Demand: Hashable, Sendable {
    /// The allowed builds, and the caches that paths must come from.
    public let policy: Policy
    /// The treatment of a path that cannot be copied.
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

/// The settings that a shard was proved with, by its run's environment.
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
