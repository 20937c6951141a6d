public import Foundation
public import NixModel

/// A provider of machines: five calls. A second one is one more type that has them.
public protocol CloudProvider: Sendable {
  /// The kinds of machines that can be had in a region.
  func offers(in region: String) async throws(CloudError) -> [Offer]
  /// Makes a machine.
  ///
  /// - Throws: ``CloudError``. After ``CloudError/Flaw/unknown(_:)`` the machine may exist: look by its tag before
  ///   anything is tried again.
  func create(_ request: ServerRequest) async throws(CloudError) -> Server
  /// All machines with a tag, and what is left of requests that came to no machine.
  func servers(tagged tag: String) async throws(CloudError) -> [Server]
  /// A machine; `nil` where it is gone.
  func server(_ id: String) async throws(CloudError) -> Server?
  /// Deletes a machine, and everything that was made for it. One that is gone already is deleted.
  func delete(_ id: String) async throws(CloudError)
}

/// A kind of machine.
public struct Offer: Hashable, Sendable {
  /// The provider's name of it.
  public let plan: String
  /// Memory in bytes.
  public let memory: UInt64
  /// The disk in bytes; 0 where it has none of its own.
  public let disk: UInt64
  /// The price of an hour, in millionths of a US dollar, rounded up.
  public let hourlyPrice: UInt64

  /// A kind of machine.
  public init(plan: String, memory: UInt64, disk: UInt64, hourlyPrice: UInt64) {
    self.plan = plan
    self.memory = memory
    self.disk = disk
    self.hourlyPrice = hourlyPrice
  }
}

/// A machine to be made. It has no description, because its user data is secret.
public struct ServerRequest: Sendable {
  public let build: RunID
  public let region: String
  public let plan: String
  /// The script for iPXE.
  public let script: String
  /// ASCII, as the machine reads it.
  public let userData: String
  public let expires: Date

  /// An order.
  public init(build: RunID, region: String, plan: String, script: String, userData: String, expires: Date) {
    (self.build, self.region, self.plan) = (build, region, plan)
    (self.script, self.userData, self.expires) = (script, userData, expires)
  }

  /// Its name at the provider.
  public var label: String { "warmth-\(build)" }
  /// The tags by which it is found without any state of ours.
  public var tags: [String] { [Server.tag, label, "expires-\(Int(expires.timeIntervalSince1970))"] }
}

/// A machine, as its provider shows it.
public struct Server: Hashable, Sendable {
  /// The tag of every machine of ours.
  public static let tag = "warmth"

  /// The provider's identifier.
  public let id: String
  public let state: State
  /// Its public address; `nil` until it has one.
  public let address: String?
  public let tags: [String]

  /// The state of a machine. States can go back and forth while a machine is made.
  public enum State: String, Hashable, Sendable {
    /// It is being made.
    case installing
    /// It runs.
    case running
    /// It stands still, and is billed all the same.
    case stopped
    /// The provider has locked it.
    case suspended
    /// There is no machine, only something that was made for one. It costs nothing.
    case remainder
  }

  /// A machine.
  public init(id: String, state: State, address: String?, tags: [String]) {
    self.id = id
    self.state = state
    self.address = address
    self.tags = tags
  }

  /// When it is to be gone at the latest, by its tag.
  public var expires: Date? {
    tags.lazy.compactMap { tag in
      tag.hasPrefix("expires-") ? Int(tag.dropFirst(8)).map { Date(timeIntervalSince1970: Double($0)) } : nil
    }.min()
  }

  /// The build that it was made for, by its tag.
  public var build: RunID? {
    tags.lazy.compactMap { $0.hasPrefix("warmth-") ? RunID(canonical: String($0.dropFirst(7))) : nil }.first
  }
}

/// Why a provider did not do what it was asked.
public struct CloudError: Error, Hashable, Sendable {
  /// The provider's name.
  public let provider: String
  /// What was asked, as a clause: `list machines`.
  public let call: String
  public let flaw: Flaw

  /// The ways in which a call fails.
  public enum Flaw: Hashable, Sendable {
    /// The key is wrong, may not do this, or may not be used from here; the provider's words.
    case unauthorized(String)
    /// The provider will not do it; its words.
    case refused(String)
    /// There is no machine of that kind at the moment; the provider's words.
    case noCapacity(String)
    /// Too many requests, also after waiting.
    case throttled
    /// The provider was not reached, and was not asked for anything.
    case unreachable(String)
    /// It may have been done.
    case unknown(String)
    /// The answer cannot be read.
    case unreadable(String)
  }

  /// An error.
  public init(provider: String, call: String, _ flaw: Flaw) {
    self.provider = provider
    self.call = call
    self.flaw = flaw
  }
}

extension CloudError: CustomStringConvertible {
  public var description: String {
    let begin = "\(provider) could not \(call)"
    return switch flaw {
    case .unauthorized(let words):
      "\(begin): the key was not accepted (\(words)); see that it may do this, and may be used from this address"
    case .refused(let words): "\(begin): \(words)"
    case .noCapacity(let words):
      "\(begin), because it has no such machine now (\(words)); choose another --region or --plan"
    case .throttled: "\(begin): it was asked too often; try again in a minute"
    case .unreachable(let cause): "\(begin), because it cannot be reached: \(cause)"
    case .unknown(let cause): "\(begin), or could: \(cause); `warmth builder status` looks for the machine"
    case .unreadable(let cause): "\(begin): its answer cannot be read: \(cause)"
    }
  }
}
