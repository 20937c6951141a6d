public import NixModel

extension ReasonCode {
  /// What the code means, as a title: `the archive is not in the cache`.
  public var meaning: String {
    switch self {
    case .presentBefore: "the path was there before the run"
    case .writeTokenPresent: "the run could have written to a cache"
    case .notInSubstituter: "no cache has the path"
    case .referenceMissing: "no cache has a path that is referred to"
    case .narMissing: "the archive is not in the cache"
    case .narCorrupt: "the archive is not what was promised"
    case .signatureUntrusted: "no trusted key signed the path"
    case .narinfoInvalid: "the cache's metadata cannot be used"
    case .wrongSubstituter: "the path came from a cache that is not accepted"
    case .substituterUnreachable: "a cache did not answer"
    case .substituterError: "a cache answered with an error"
    case .substituterRefused: "a cache did not let the run ask"
    case .substitutesDisallowed: "substitution is ruled out"
    case .builtLocally: "the target was built on this machine"
    case .builtRemotely: "a derivation was built on another machine"
    case .forbiddenBuild: "Nix began a build that is not allowed"
    case .witnessesDisagree: "two witnesses contradict each other"
    case .sandboxUnavailable: "what has to be built cannot be built here"
    case .evaluationFailed: "the installable could not be evaluated"
    case .nixFailed: "Nix failed"
    case .timedOut: "the run took too long"
    case .interrupted: "the run was ended from outside"
    case .stoppedEarly: "the run ended before this target's turn"
    case .nothingTransferred: "nothing was copied"
    case .witnessMissing: "a witness could not be heard"
    }
  }

  /// Whether other reasons usually explain this one: causes are told before what follows from them.
  var isConsequence: Bool {
    switch self {
    case .presentBefore, .writeTokenPresent, .notInSubstituter, .referenceMissing, .narMissing, .narCorrupt,
      .signatureUntrusted, .narinfoInvalid, .wrongSubstituter, .substituterUnreachable, .substituterError,
      .substituterRefused, .substitutesDisallowed, .sandboxUnavailable, .evaluationFailed, .timedOut,
      .interrupted,
      .witnessMissing:
      false
    case .builtLocally, .builtRemotely, .forbiddenBuild, .witnessesDisagree, .nixFailed, .stoppedEarly,
      .nothingTransferred:
      true
    }
  }
}
