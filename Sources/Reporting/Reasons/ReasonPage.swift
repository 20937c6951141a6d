public import NixModel

/// The page of a reason code in the book of reasons, and its title wherever such a reason is reported.
///
/// A new code needs a page in the folder `Pages`, and a line in the switch below.
struct ReasonPage: Sendable {
  /// The meaning as a title: `the archive is not in the cache`.
  let title: String
  /// The bearings that a reason with this code can have.
  let bearing: String
  /// The meaning of the reason for the proof.
  let meaning: String
  /// How the run detects it.
  let detection: String
  /// The next step, without knowledge of the run. The remedy of a reason knows more.
  let advice: String
  /// Whether other reasons usually explain this one: reports tell it after them.
  var isConsequence = false
}

extension ReasonCode {
  /// The meaning as a title: `the archive is not in the cache`.
  public var title: String { page.title }

  var page: ReasonPage {
    switch self {
    case .presentBefore: .presentBefore
    case .writeTokenPresent: .writeTokenPresent
    case .notInSubstituter: .notInSubstituter
    case .referenceMissing: .referenceMissing
    case .narMissing: .narMissing
    case .narCorrupt: .narCorrupt
    case .signatureUntrusted: .signatureUntrusted
    case .narinfoInvalid: .narinfoInvalid
    case .wrongSubstituter: .wrongSubstituter
    case .substituterUnreachable: .substituterUnreachable
    case .substituterError: .substituterError
    case .substituterRefused: .substituterRefused
    case .substitutesDisallowed: .substitutesDisallowed
    case .builtLocally: .builtLocally
    case .builtRemotely: .builtRemotely
    case .forbiddenBuild: .forbiddenBuild
    case .witnessesDisagree: .witnessesDisagree
    case .sandboxUnavailable: .sandboxUnavailable
    case .evaluationFailed: .evaluationFailed
    case .nixFailed: .nixFailed
    case .timedOut: .timedOut
    case .interrupted: .interrupted
    case .stoppedEarly: .stoppedEarly
    case .nothingTransferred: .nothingTransferred
    case .witnessMissing: .witnessMissing
    }
  }
}
