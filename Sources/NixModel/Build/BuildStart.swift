public import Foundation

/// The beginning of a build by an ephemeral builder, which is recorded before the provider is asked for anything.
public struct BuildStart: Hashable, Sendable {
  /// Its name, of the form of a run's.
  public let id: RunID
  /// When it began.
  public let started: Date
  /// The program and its version: `warmth 0.1.0`.
  public let program: String
  /// Where the operator's program runs.
  public let runner: Runner
  /// The source that it is about, where CI says.
  public let occasion: Occasion?
  /// The machine and the work that are asked for.
  public let order: BuildOrder
  /// When the machine is to be gone at the latest.
  public let expires: Date
  /// Public halves of keys, and digests. Nothing of it is secret.
  public let identity: BuilderIdentity

  /// A beginning.
  public init(
    id: RunID, started: Date, program: String, runner: Runner, occasion: Occasion?, order: BuildOrder,
    expires: Date, identity: BuilderIdentity
  ) {
    self.id = id
    self.started = started
    self.program = program
    self.runner = runner
    self.occasion = occasion
    self.order = order
    self.expires = expires
    self.identity = identity
  }
}

/// The machine and the work that are asked for. Two builds of equal orders are the same build.
public struct BuildOrder: Hashable, Sendable {
  /// The provider's name: `vultr`.
  public let provider: String
  /// The provider's region: `fra`.
  public let region: String
  /// The provider's name of the kind of machine: `vhp-8c-16gb-amd`.
  public let plan: String
  /// The price of an hour in millionths of a US dollar; `nil` where it was not asked.
  public let hourlyPrice: UInt64?
  /// How long the machine may live, in seconds.
  public let deadline: Int
  /// Whether it stays after a success, until its deadline.
  public let isKept: Bool
  /// The source of a release file: a repository at a revision, or an archive with its digest; `nil` for installables.
  public let source: String?
  /// The targets: attributes of the release file, or installables.
  public let targets: [String]
  /// The storage, without credentials.
  public let destination: String

  /// An order.
  public init(
    provider: String, region: String, plan: String, hourlyPrice: UInt64?, deadline: Int, isKept: Bool = false,
    source: String?, targets: [String], destination: String
  ) {
    self.provider = provider
    self.region = region
    self.plan = plan
    self.hourlyPrice = hourlyPrice
    self.deadline = deadline
    self.isKept = isKept
    self.source = source
    self.targets = targets
    self.destination = destination
  }

  /// The same at the price that the provider asks.
  public func priced(_ hourly: UInt64) -> BuildOrder {
    BuildOrder(
      provider: provider, region: region, plan: plan, hourlyPrice: hourly, deadline: deadline, isKept: isKept,
      source: source, targets: targets, destination: destination)
  }

  /// Whether another order is for the same work on the same kind of machine. Prices change meanwhile.
  public func isSame(as other: BuildOrder) -> Bool {
    (provider, region, plan, deadline) == (other.provider, other.region, other.plan, other.deadline)
      && (source, targets, destination) == (other.source, other.targets, other.destination)
  }
}

/// What a builder is recognized by.
public struct BuilderIdentity: Hashable, Sendable {
  /// The public half of the machine's ssh host key, as in `known_hosts`: `ssh-ed25519 AAAA…`.
  public let hostKey: String
  /// The public half of the key that signs builds: `warmth-20260503T120000Z-4k7xbq-1:…`; `nil` where nothing is signed.
  public let signingKey: String?
  /// The public half of the key that uploads; `nil` where the operator brought a key.
  public let uploadKey: String?
  /// The SHA-256 of the bootstrap, as 64 hexadecimal digits.
  public let bootstrap: String
  /// Whether the logs can be read by everybody who reaches the machine.
  public let hasPublicLogs: Bool

  /// An identity.
  public init(
    hostKey: String, signingKey: String?, uploadKey: String?, bootstrap: String, hasPublicLogs: Bool
  ) {
    self.hostKey = hostKey
    self.signingKey = signingKey
    self.uploadKey = uploadKey
    self.bootstrap = bootstrap
    self.hasPublicLogs = hasPublicLogs
  }
}
