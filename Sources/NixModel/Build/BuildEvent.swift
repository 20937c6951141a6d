public import Foundation

/// Something that happened to an ephemeral builder. Events are only added, and each call to the provider has one
/// before it.
public struct BuildEvent: Hashable, Sendable {
  /// When it was recorded; of a phase, when the machine says that it came to it.
  public let at: Date
  /// What happened.
  public let fact: Fact

  /// An event.
  public init(at: Date, _ fact: Fact) { (self.at, self.fact) = (at, fact) }

  /// What happened.
  public enum Fact: Hashable, Sendable {
    /// The provider is about to be asked for the machine.
    case asked
    /// The provider will not make the machine, and there is none; its sentence.
    case refused(String)
    /// The machine exists.
    case created(server: String)
    /// The machine has this address.
    case addressed(String)
    /// The machine came to a phase, by its own word.
    case reached(MachinePhase)
    /// The work ended, by the machine's own word.
    case ended(BuildEnd)
    /// The provider is about to be asked to delete the machine.
    case deleting(BuildDeletion)
    /// The machine does not exist any more.
    case gone
    /// The read side was asked, from elsewhere, for all that the outputs need.
    case served(BuildReceipt)
    /// A proof from elsewhere, which is a record of its own.
    case proved(run: RunID, Verdict)
  }
}

/// What readers get of a build's outputs.
public struct BuildReceipt: Hashable, Sendable {
  /// The cache that was asked.
  public let cache: String
  /// How many paths the outputs need, as far as they are known.
  public let paths: Int
  /// How many of them the cache serves, whole and signed.
  public let served: Int

  /// A receipt.
  public init(cache: String, paths: Int, served: Int) {
    (self.cache, self.paths, self.served) = (cache, paths, served)
  }

  /// Whether the cache serves all of them.
  public var isWhole: Bool { paths > 0 && served == paths }
}

/// The phases of a machine, in their order.
public enum MachinePhase: String, Hashable, Sendable, CaseIterable, Comparable {
  /// The bootstrap is unpacked and was the right one.
  case booted
  /// Swap is encrypted, and memory was grown.
  case keyed
  /// The configuration is in force: logs can be read, builds are queued for upload.
  case configured
  /// Nix builds.
  case building
  /// Nix has ended, and the rest is uploaded.
  case uploading

  public static func < (left: MachinePhase, right: MachinePhase) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// How the work of a builder ended, by its own word.
public struct BuildEnd: Hashable, Sendable {
  /// Nix's exit code where it ran, else a code of the builder: 70 where it could not be set up, 1 where an upload failed.
  public let exit: Int
  /// Why: `built`, `build`, `upload`, `outputs`, `disk`, `second-start`, or the step that failed.
  public let reason: String
  /// The builder's sentence.
  public let message: String
  /// The outputs of the targets.
  public let outputs: [StorePath]
  /// Whether everything was uploaded.
  public let isUploaded: Bool

  /// An end.
  public init(exit: Int, reason: String, message: String, outputs: [StorePath], isUploaded: Bool) {
    self.exit = exit
    self.reason = reason
    self.message = message
    self.outputs = outputs
    self.isUploaded = isUploaded
  }

  /// Whether everything was built and uploaded, by the builder's word.
  public var isSuccess: Bool { exit == 0 && isUploaded }
}

/// Why a machine is deleted.
public enum BuildDeletion: String, Hashable, Sendable, CaseIterable {
  /// Its work has ended.
  case ended
  /// It stands still, and would be billed all the same.
  case stopped
  /// Its time is up.
  case expired
  /// The operator said so.
  case asked
  /// The operator's program could not finish making it.
  case abandoned
}
