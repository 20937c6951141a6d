/// The facts about the runner before anything happened: the first testimony of a run.
public struct RunnerEnvironment: Hashable, Sendable {
  /// `2.34.8`.
  public let nixVersion: String
  /// The platform that Nix builds for, such as `x86_64-linux`.
  public let system: String
  /// The store as Nix names it: `auto`, `daemon`, or a directory.
  public let store: String
  /// The caches that Nix is told to use, as configured: their order before priorities.
  public let substituters: [SubstituterURL]
  /// The keys that Nix is told to trust.
  public let trustedKeys: TrustedKeys
  /// Whether Nix's settings let it substitute at all.
  public let substitutes: Bool
  /// Everything found that could write to a cache.
  public let meansOfWriting: [MeansOfWriting]
  /// Where settings that bear on substitution were set, by name: `/etc/nix/nix.conf, line 3`. A setting that
  /// is missing here has its default.
  public let origins: [String: String]
  /// Whether Nix can build into a store of the run's own.
  public let sandbox: Sandbox
  /// Nix's setting `sandbox`; `nil` where Nix did not tell.
  public let sandboxSetting: SandboxSetting?
  /// Whether Nix asks caches for derivations that disallow it as well (`always-allow-substitutes`).
  public let alwaysSubstitutes: Bool

  /// Whether Nix's sandbox works, without which a build for a store in another directory writes into the
  /// machine's own.
  public enum Sandbox: Hashable, Sendable {
    /// It was not tried: the run uses the machine's store, or may build nothing.
    case notTried
    /// It works.
    case works
    /// It does not; Nix's words.
    case missing(cause: String)
  }

  /// The facts of a runner.
  public init(
    nixVersion: String, system: String, store: String, substituters: [SubstituterURL],
    trustedKeys: TrustedKeys, substitutes: Bool, meansOfWriting: [MeansOfWriting],
    origins: [String: String] = [:], sandbox: Sandbox = .notTried, sandboxSetting: SandboxSetting? = nil,
    alwaysSubstitutes: Bool = false
  ) {
    self.sandboxSetting = sandboxSetting
    self.alwaysSubstitutes = alwaysSubstitutes
    self.nixVersion = nixVersion
    self.system = system
    self.store = store
    self.substituters = substituters
    self.trustedKeys = trustedKeys
    self.substitutes = substitutes
    self.meansOfWriting = meansOfWriting
    self.origins = origins
    self.sandbox = sandbox
  }
}

/// Whether Nix builds in a sandbox (the setting `sandbox`). Without one a builder sees what the user sees that it
/// runs as.
public enum SandboxSetting: String, Hashable, Sendable, Codable, CaseIterable {
  /// Every build does.
  case always = "true"
  /// None does.
  case never = "false"
  /// A derivation can ask for an exception (`__noChroot`).
  case relaxed
}

/// Where a run took place, known before Nix is asked anything.
public struct Runner: Hashable, Sendable {
  /// The machine's host name.
  public let host: String
  /// The Kubernetes pod, where there is one.
  public let pod: String?
  /// The process that recorded the run; with `processStart`, it tells a run under way from one whose
  /// process was killed.
  public let processID: Int32
  /// When that process started, in clock ticks since the machine's boot (`/proc/PID/stat`).
  public let processStart: UInt64
  /// The machine's boot (`/proc/sys/kernel/random/boot_id`).
  public let bootID: String

  /// A place.
  public init(host: String, pod: String?, processID: Int32, processStart: UInt64, bootID: String) {
    self.host = host
    self.pod = pod
    self.processID = processID
    self.processStart = processStart
    self.bootID = bootID
  }
}
