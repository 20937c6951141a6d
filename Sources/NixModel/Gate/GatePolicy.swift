/// The demands of a gate on the evidence. A demand that is left out is not made, and no demand weakens
/// another.
public struct GatePolicy: Hashable, Sendable {
  /// How old a proof may be, in seconds since its run ended.
  public var maximumAge: Int
  /// The caches that every path must have come from; empty leaves the choice to the run's own policy.
  public var acceptedCaches: [SubstituterURL]
  /// The keys: one of them must have signed each copied path; empty leaves the choice to the keys that the
  /// run trusted.
  public var trustedKeys: [PublicKey]
  /// The allowed builds; `nil` leaves the choice to the run's own policy.
  public var builds: Policy?
  /// Whether nothing that a target needed may have been in the store before.
  public var needsFreshStore: Bool
  /// The collectors: one of them must have signed the evidence; empty asks for no signature.
  public var collectors: [PublicKey]
  /// How many distinct runners must have proved a target warm; at least 1.
  public var runners: Int
  /// The platforms on each of which a target must be warm; empty accepts the recorded platform, if there is
  /// only one.
  public var systems: [String]
  /// Where attributes must be from (``Installable/source``); `nil` accepts the recorded source, if there is
  /// only one.
  public var source: String?

  /// A policy; by default a warm latest run of any runner is enough.
  public init(
    maximumAge: Int, acceptedCaches: [SubstituterURL] = [], trustedKeys: [PublicKey] = [],
    builds: Policy? = nil, needsFreshStore: Bool = false, collectors: [PublicKey] = [], runners: Int = 1,
    systems: [String] = [], source: String? = nil
  ) {
    self.maximumAge = maximumAge
    self.acceptedCaches = acceptedCaches
    self.trustedKeys = trustedKeys
    self.builds = builds
    self.needsFreshStore = needsFreshStore
    self.collectors = collectors
    self.runners = max(1, runners)
    self.systems = systems.unique
    self.source = source
  }

  /// Whether a rule needs the origin of each path, or its signatures.
  public var asksForPaths: Bool { !acceptedCaches.isEmpty || !trustedKeys.isEmpty }
}
