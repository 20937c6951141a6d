public import NixModel

/// What an operator asks for.
public struct BuilderOptions: Sendable {
  /// The provider's name.
  public var provider: String
  public var region: String
  public var plan: String
  public var work: BuildWork
  public var destination: StorageAddress
  /// The key that signs builds.
  public var signing: Signing
  /// What lets the builder write to the storage.
  public var access: Access
  /// The lines of `known_hosts` about the storage.
  public var knownHosts: String
  /// The public keys that may open a tunnel to the logs.
  public var watchers: [String]
  /// Whether everybody may read the logs.
  public var hasPublicLogs: Bool
  /// How long the machine may live, in seconds.
  public var deadline: Int
  /// How long it stays after a failure, in seconds.
  public var keepFailed: Int
  /// Whether it stays after a success, until its deadline.
  public var isKept: Bool
  public var image: NetbootImage
  /// Further caches to take from, with their keys.
  public var substituters: [String]
  public var trustedKeys: [PublicKey]
  /// The nixpkgs of the configuration that the machine switches to; `nil` for the image's own.
  public var nixpkgs: BuildSource?
  /// Where the machine reads its user data.
  public var metadata: String

  /// The key that signs builds.
  public enum Signing: Sendable {
    /// A key for this machine alone. The storage trusts it, and signs with the cache's key.
    case ownKey
    /// The cache's own key, which every program of root on the builder could read.
    case cacheKey(SigningKey)
  }

  /// What lets the builder write to the storage.
  public enum Access: Sendable {
    /// A key of ssh for this machine alone, which the storage was told of.
    case ownKey
    /// A key of ssh that the operator brings.
    case key(String)
    /// A file of credentials for an object store.
    case credentials(String)
  }

  /// Options, with the defaults of what was not typed.
  public init(
    provider: String, region: String, plan: String, work: BuildWork, destination: StorageAddress,
    access: Access, deadline: Int = 4 * 3600, image: NetbootImage
  ) {
    self.provider = provider
    self.region = region
    self.plan = plan
    self.work = work
    self.destination = destination
    self.access = access
    self.deadline = deadline
    self.image = image
    (signing, knownHosts, watchers, hasPublicLogs) = (.ownKey, "", [], false)
    (keepFailed, isKept) = (30 * 60, false)
    (substituters, trustedKeys, nixpkgs) = ([], [], nil)
    metadata = "http://169.254.169.254/latest/user-data"
  }
}
