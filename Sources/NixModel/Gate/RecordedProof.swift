/// The record of a finished run's witnesses about one target, as far as a gate asks.
public struct RecordedProof: Hashable, Sendable {
  /// The outcomes of the target's outputs.
  public var outputs: [StorePath: Outcome]
  /// How many reasons were recorded against it.
  public var reasons: Int
  /// Nix's exit code; `nil` where Nix did not end by itself, or its end was not recorded.
  public var exitCode: Int?
  /// How many records of Nix's log could not be read.
  public var unreadable: Int
  /// Whether the runner held something that can write to a cache.
  public var couldWrite: Bool
  /// The run's treatment of paths that it could not copy.
  public var mode: BuildMode
  /// The derivations that the log saw built, here or elsewhere, and that bear on the target, each once.
  public var builds: [StorePath]
  /// The paths that the target needed: its closure, or all paths that the run brought where the target was
  /// built. Empty where the gate does not ask for paths.
  public var paths: [RecordedPath]
  /// The needed paths that were in the store before the run; `nil` where the gate does not ask, or where they
  /// were not recorded.
  public var presentBefore: [StorePath]?
  /// The keys whose signatures of the run's evidence verify.
  public var signers: [PublicKey]

  /// A record from its parts.
  public init(
    outputs: [StorePath: Outcome], reasons: Int = 0, exitCode: Int? = 0, unreadable: Int = 0,
    couldWrite: Bool = false, mode: BuildMode = .stop, builds: [StorePath] = [], paths: [RecordedPath] = [],
    presentBefore: [StorePath]? = nil, signers: [PublicKey] = []
  ) {
    self.outputs = outputs
    self.reasons = reasons
    self.exitCode = exitCode
    self.unreadable = unreadable
    self.couldWrite = couldWrite
    self.mode = mode
    self.builds = builds
    self.paths = paths
    self.presentBefore = presentBefore
    self.signers = signers
  }
}

/// The record of a run's witnesses about one path that a target needed.
public struct RecordedPath: Hashable, Sendable {
  /// The path.
  public let path: StorePath
  /// Whether it was there before the run.
  public let wasPresent: Bool
  /// Whether it was built, here or elsewhere, rather than copied from a cache.
  public let wasBuilt: Bool
  /// The address that the log's last genuine substitution of it names.
  public let copiedFrom: String?
  /// How the store's database had it afterwards.
  public let registration: Registration?

  /// A record about `path`.
  public init(
    _ path: StorePath, wasPresent: Bool = false, wasBuilt: Bool = false, copiedFrom: String?,
    registration: Registration?
  ) {
    self.path = path
    self.wasPresent = wasPresent
    self.wasBuilt = wasBuilt
    self.copiedFrom = copiedFrom
    self.registration = registration
  }

  /// Whether the run had to get it from a cache: it was neither built nor there before.
  public var came: Bool { !wasBuilt && (copiedFrom != nil || !wasPresent) }
}
