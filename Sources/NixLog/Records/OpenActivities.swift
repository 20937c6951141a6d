import NixModel

/// The activities of Nix's that have begun and not ended, as far as anything is decided by them.
///
/// At most ``limit`` are kept, so that a log in which no activity ends costs no more memory. Activities that are not
/// kept make the answers stricter: a copy whose cause was not kept counts as a mere transfer, and a remote build that
/// was not kept never ends.
struct OpenActivities: Sendable {
  enum Activity {
    /// ``ActivityType/substitute``; `isOwn` where this Nix asked for it, and no remote builder.
    case substitution(Substitution, isOwn: Bool)
    /// ``ActivityType/copyPath`` of such a substitution. `told` is the number of bytes of the last progress event.
    case copy(StorePath, from: String, told: UInt64 = 0)
    /// ``ActivityType/build``.
    case build(StorePath, isRemote: Bool)
  }

  struct Substitution: Hashable {
    let path: StorePath
    let source: String
  }

  /// How many activities are kept. Nix runs as many as it has jobs and connections, which are hundreds.
  static let limit = 16_384
  /// How long the addresses in them are at most, in bytes.
  static let longestAddress = 2048

  private var activities: [UInt64: Activity] = [:]
  private var ownSubstitutions: [Substitution: Int] = [:]
  private var remoteBuilds: [StorePath: Int] = [:]
  /// How many remote builds have begun and not ended, those included that were not kept.
  private var activeRemoteBuilds = 0

  var isEmpty: Bool { activities.isEmpty }

  subscript(id: UInt64) -> Activity? { activities[id] }

  /// Whether a build on another machine may be running.
  var hasRemoteBuild: Bool { activeRemoteBuilds > 0 }

  /// Whether `derivation` is being built on another machine.
  func isBuiltRemotely(_ derivation: StorePath) -> Bool { remoteBuilds[derivation] != nil }

  /// Whether this Nix is at work on `substitution`.
  func isUnderWay(_ substitution: Substitution) -> Bool { ownSubstitutions[substitution] != nil }

  mutating func begin(_ activity: Activity, id: UInt64) {
    if case .build(_, true) = activity { activeRemoteBuilds += 1 }
    // An id that is there already is begun anew. The end of the former activity was not seen, and if it was a remote
    // build, that counts as running.
    if let former = activities.removeValue(forKey: id) { forget(former) }
    guard activities.count < Self.limit, activity.addressLength <= Self.longestAddress else { return }
    activities[id] = activity
    switch activity {
    case .substitution(let substitution, true): ownSubstitutions[substitution, default: 0] += 1
    case .build(let derivation, true): remoteBuilds[derivation, default: 0] += 1
    case .substitution, .copy, .build: break
    }
  }

  /// Takes note that `done` of `expected` bytes of a copy have arrived. Gives its path where that is to be told:
  /// where another hundredth has arrived since, all of it, or less than before. Nix tells of every few kilobytes.
  mutating func advance(_ id: UInt64, to done: UInt64, of expected: UInt64) -> StorePath? {
    guard case .copy(let path, let from, let told)? = activities[id], done != told,
      done < told || done - told >= expected / 100 || done == expected
    else { return nil }
    activities[id] = .copy(path, from: from, told: done)
    return path
  }

  mutating func end(_ id: UInt64) -> Activity? {
    guard let activity = activities.removeValue(forKey: id) else { return nil }
    forget(activity)
    if case .build(_, true) = activity { activeRemoteBuilds -= 1 }
    return activity
  }

  private mutating func forget(_ activity: Activity) {
    switch activity {
    case .substitution(let substitution, true): Self.decrement(&ownSubstitutions[substitution])
    case .build(let derivation, true): Self.decrement(&remoteBuilds[derivation])
    case .substitution, .copy, .build: break
    }
  }

  private static func decrement(_ count: inout Int?) {
    count = count.flatMap { $0 > 1 ? $0 - 1 : nil }
  }
}

extension OpenActivities.Activity {
  fileprivate var addressLength: Int {
    switch self {
    case .substitution(let substitution, _): substitution.source.utf8.count
    case .copy(_, let from, _): from.utf8.count
    case .build: 0
    }
  }
}
