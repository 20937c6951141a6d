/// Why a verdict is not `warm`: a plain fact, and its bearing on the verdict.
///
/// The sentences for people are in `Reporting`.
public struct Reason: Hashable, Sendable, Codable {
  /// The fact.
  public let fact: Fact
  /// Whether it makes the target cold or only leaves the proof unmade. The same fact can do either: a
  /// path that no cache has is cold, unless a cache that might have it did not answer.
  public let bearing: Bearing

  /// The weight of a reason.
  public enum Bearing: String, Hashable, Sendable, Codable {
    /// A witness saw the opposite of warm.
    case cold
    /// The proof could not be made.
    case inconclusive
  }

  /// A fact and its bearing.
  public init(_ fact: Fact, _ bearing: Bearing) {
    self.fact = fact
    self.bearing = bearing
  }

  /// The stable code.
  public var code: ReasonCode { fact.code }

  /// The path that the reason is about, where it is about one.
  public var path: StorePath? { fact.path }

  /// The line of the run's log that shows the fact, where one does.
  public var line: Int? { fact.line }

  /// The cache that the reason is about, where it is about one.
  public var cache: String? { fact.entry.cache }

  /// The facts that a witness can state against `warm`. Addresses of caches are canonical, without
  /// credentials. Lines are those of the run's log, counted from 1.
  public enum Fact: Hashable, Sendable, Codable {
    /// The path was there before the run.
    case presentBefore(path: StorePath, isValid: Bool)
    /// Something that the target needs was there before the run: built on this machine, or there at all where the
    /// policy wants a fresh store.
    case memberPresentBefore(path: StorePath, wasBuiltHere: Bool)
    /// The run could have written to a cache.
    case writeTokenPresent(MeansOfWriting)
    /// None of the caches that are accepted has the target's path; `others`, which are not, offer it.
    case notInSubstituter(path: StorePath, caches: [String], others: [String] = [])
    /// None of the caches that are accepted has a path that the target refers to; `others`, which are not, offer it.
    case referenceMissing(path: StorePath, neededBy: StorePath, caches: [String], others: [String] = [])
    /// The cache has the narinfo and not the archive; `line` where Nix found that out, else the survey.
    case narMissing(path: StorePath, cache: String, file: String, line: Int?)
    /// The archive that arrived is not the one that the narinfo promised.
    case narCorrupt(path: StorePath, cache: String, message: String, line: Int)
    /// No trusted key signed the path; `signers` are the names of the keys that did.
    case signatureUntrusted(path: StorePath, source: String, signers: [String])
    /// The cache's answer is no narinfo of the path.
    case narinfoInvalid(path: StorePath, cache: String, flaw: String)
    /// The path was copied from a cache that the policy does not accept.
    case wrongSubstituter(path: StorePath, from: String, line: Int)
    /// A cache that might have had the path did not answer.
    case substituterUnreachable(path: StorePath?, cache: String, cause: String)
    /// A cache that might have had the path answered with an error.
    case substituterError(path: StorePath?, cache: String, status: Int?, message: String, line: Int?)
    /// A cache did not let the run ask. Nix does not log this.
    case substituterRefused(path: StorePath, cache: String, status: Int)
    /// A cache did not let the run ask for this path, and answered for others.
    case substituterRefusedOne(path: StorePath, cache: String, status: Int)
    /// These caches offered the path when the survey asked, and did not give it to Nix.
    case vanished(path: StorePath, caches: [String])
    /// Something keeps Nix from substituting at all.
    case substitutesDisallowed(Hindrance)
    /// The target's own derivation was built on this machine; `path` is a chosen output that came of it.
    case builtLocally(derivation: StorePath, path: StorePath?, line: Int?)
    /// A derivation was built on a remote machine.
    case builtRemotely(derivation: StorePath, machine: String, line: Int)
    /// Nix began a build that the policy does not allow.
    case forbiddenBuild(derivation: StorePath, line: Int)
    /// Two witnesses contradict each other.
    case witnessesDisagree(path: StorePath, Disagreement)
    /// The server contradicts the claims of a credential.
    case claimDisputed(MeansOfWriting)
    /// The derivation has to be built into a store of the run's own, and Nix's sandbox does not work here.
    case sandboxUnavailable(derivation: StorePath, cause: String)
    /// The installable could not be evaluated.
    case evaluationFailed(message: String, installable: Installable? = nil)
    /// Nix failed for a reason that none of the others explains.
    case nixFailed(ending: String, message: String?, line: Int?)
    /// The run took longer than it was given.
    case timedOut
    /// The run was ended from outside.
    case interrupted
    /// The run ended because of another target, before this one was realized.
    case stoppedEarly
    /// Nothing was copied, so nothing is proved.
    case nothingTransferred
    /// A witness gave no testimony: which one, and why.
    case witnessMissing(witness: String, cause: String)
  }

  /// The causes that keep Nix from substituting.
  public enum Hindrance: Hashable, Sendable, Codable {
    /// The derivation says so (`allowSubstitutes = false`).
    case derivation(StorePath)
    /// Nix's settings say so (`substitute = false`); where that was set, if it is known.
    case setting(origin: String?)
    /// The daemon does not let this user name the cache.
    case distrustedUser(cache: String, line: Int)
    /// Nix found no network, and switched substitution off.
    case noNetwork(line: Int)
  }

  /// How witnesses can contradict each other.
  public enum Disagreement: String, Hashable, Sendable, Codable, CaseIterable {
    /// The log says copied, the database says built here.
    case copiedButBuilt
    /// The log says copied and Nix succeeded, but the path is not valid.
    case copiedButNotValid
    /// The path appeared, and the log says neither copied nor built.
    case appearedUnseen
    /// No cache offered the path, and yet it was copied.
    case copiedButNotOffered
    /// The path was copied, and its registration carries no signature or content address that verifies.
    case copiedButNotVouchedFor
    /// The registered hash differs from that of the archive that the cache had offered.
    case copiedOtherContent
    /// The hash of a path that was already in the store differs from those that accepted caches offer.
    case presentOtherContent
  }
}

/// The stable names of reasons. They are never renamed; new ones may be added.
public enum ReasonCode: String, Hashable, Sendable, CaseIterable, Codable {
  case presentBefore = "present-before"
  case writeTokenPresent = "write-token-present"
  case notInSubstituter = "not-in-substituter"
  case referenceMissing = "reference-missing"
  case narMissing = "nar-missing"
  case narCorrupt = "nar-corrupt"
  case signatureUntrusted = "signature-untrusted"
  case narinfoInvalid = "narinfo-invalid"
  case wrongSubstituter = "wrong-substituter"
  case substituterUnreachable = "substituter-unreachable"
  case substituterError = "substituter-error"
  case substituterRefused = "substituter-refused"
  case substitutesDisallowed = "substitutes-disallowed"
  case builtLocally = "built-locally"
  case builtRemotely = "built-remotely"
  case forbiddenBuild = "forbidden-build"
  case witnessesDisagree = "witnesses-disagree"
  case sandboxUnavailable = "sandbox-unavailable"
  case evaluationFailed = "evaluation-failed"
  case nixFailed = "nix-failed"
  case timedOut = "timed-out"
  case interrupted = "interrupted"
  case stoppedEarly = "stopped-early"
  case nothingTransferred = "nothing-transferred"
  case witnessMissing = "witness-missing"
}
