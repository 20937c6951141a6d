public import Foundation

/// The record of a trusted publisher: its builds, its pushes, and the cache's answers afterwards. It is the
/// other half of a proof; being the publisher's own word, it proves nothing.
public struct Publication: Hashable, Sendable {
  /// How it began and ended.
  public let head: PublicationHead
  /// Its targets, in order.
  public let targets: [PublishedTarget]
  /// The paths that the targets need, each once.
  public let paths: [PublishedPath]
  /// Its faults, in order.
  public let faults: [PublicationFault]
  /// The kernel's figures about the publisher's control group, where there are any.
  public let cgroup: CgroupFigures?

  /// A publication from its parts.
  public init(
    head: PublicationHead, targets: [PublishedTarget], paths: [PublishedPath], faults: [PublicationFault],
    cgroup: CgroupFigures?
  ) {
    self.head = head
    self.targets = targets
    self.paths = paths
    self.faults = faults
    self.cgroup = cgroup
  }

  /// The numbers of paths by their outcomes.
  public var counts: PublicationCounts {
    paths.reduce(into: PublicationCounts()) { $0.add(1, $1.published, isServed: $1.isServed) }
  }
}

/// A publication without its targets and paths.
public struct PublicationHead: Hashable, Sendable {
  /// Its name, of the form of a run's.
  public let id: RunID
  /// When it began.
  public let started: Date
  /// When it ended; `nil` where it could not tell.
  public let finished: Date?
  /// How it ended.
  public let state: PublicationState
  /// The publisher's exit code.
  public let exitCode: UInt8
  /// The publishing program and its version: `cache-warm.sh 1`.
  public let program: String
  /// Where it ran.
  public let publisher: Publisher
  /// The source that it was about, where CI says.
  public let occasion: Occasion?
  /// The cache; `nil` where nothing was to be pushed.
  public let destination: PublicationDestination?
  /// Which part of a longer list it is about, where others publish the rest.
  public let shard: Shard?

  /// A beginning and an end.
  public init(
    id: RunID, started: Date, finished: Date?, state: PublicationState, exitCode: UInt8, program: String,
    publisher: Publisher, occasion: Occasion?, destination: PublicationDestination?, shard: Shard? = nil
  ) {
    self.shard = shard
    self.id = id
    self.started = started
    self.finished = finished
    self.state = state
    self.exitCode = exitCode
    self.program = program
    self.publisher = publisher
    self.occasion = occasion
    self.destination = destination
  }
}

/// How a publication ended.
public enum PublicationState: String, Hashable, Sendable, CaseIterable {
  /// All that the targets need is in the cache.
  case published
  /// All of it was built, and nothing was to be pushed.
  case built
  /// Something failed.
  case failed
  /// It was cut off.
  case interrupted
}

/// Where a publication ran.
public struct Publisher: Hashable, Sendable {
  /// The machine and the process.
  public let runner: Runner
  /// The version of Nix.
  public let nix: String
  /// The platform that Nix builds for, such as `x86_64-linux`.
  public let system: String

  /// A place.
  public init(runner: Runner, nix: String, system: String) {
    self.runner = runner
    self.nix = nix
    self.system = system
  }
}

/// The cache that a publication went to.
public struct PublicationDestination: Hashable, Sendable {
  /// The program that pushed.
  public let kind: Kind
  /// The cache's name on its server, where it has one.
  public let cache: String?
  /// Where it was pushed to, where the publisher says.
  public let server: SubstituterURL?
  /// Where Nix reads it, where the publisher says.
  public let readSide: SubstituterURL?

  /// The ways of pushing.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The Attic client.
    case attic
    /// `nix copy`.
    case nixCopy = "nix-copy"
  }

  /// A cache.
  public init(kind: Kind, cache: String?, server: SubstituterURL?, readSide: SubstituterURL?) {
    self.kind = kind
    self.cache = cache
    self.server = server
    self.readSide = readSide
  }

  /// The cache's name, or else an address.
  public var name: String { cache ?? readSide?.canonical ?? server?.canonical ?? kind.rawValue }
}

/// The highest and the allowed use of memory and processes in a control group; `nil` for unknown figures.
public struct CgroupFigures: Hashable, Sendable {
  /// 1 or 2.
  public var version: UInt64?
  /// The most memory at once, in bytes.
  public var memoryPeak: UInt64?
  /// The same, as it was before the publication.
  public var memoryPeakBefore: UInt64?
  /// The allowed number of bytes; `nil` also where it is unlimited.
  public var memoryLimit: UInt64?
  /// The number of processes that the kernel killed meanwhile because memory ran out.
  public var oomKills: UInt64?
  /// The most processes at once.
  public var pidsPeak: UInt64?
  /// The allowed number of processes; `nil` also where it is unlimited.
  public var pidsLimit: UInt64?

  /// Figures; none are known by default.
  public init() {}
}
