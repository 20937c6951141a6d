/// All that the model knows of a fact beside its own case: the stable code, the place, and the evidence that shows it.
struct ReasonEntry {
  /// The stable code.
  let code: ReasonCode
  /// The path or derivation that the fact is about.
  var path: StorePath?
  /// The line of the run's log that shows it.
  var line: Int?
  /// The cache that it is about, as it is printed.
  var cache: String?
  /// The evidence that shows it, in the order in which it is told.
  var shownBy: [Sign] = []
  /// Whether a run can go wrong with this fact. The others follow from something, or say that something did not happen.
  var canBeFirst = true

  /// A kind of evidence.
  enum Sign {
    /// The presence of the path in the store before the run.
    case before
    /// The caches' answers about the path.
    case answers
    /// The state of the cache.
    case cache
    /// The line of the log.
    case log
    /// The lines of the log that tell of copies of the path.
    case copies
    /// The registration of the path after the run.
    case after
    /// A setting of Nix, and the place where it was set.
    case setting(String)
  }
}

extension Reason.Fact {
  /// The stable code of the fact.
  public var code: ReasonCode { entry.code }

  /// The path or derivation that the fact is about.
  public var path: StorePath? { entry.path }

  /// The line of the run's log that shows the fact, where one does.
  public var line: Int? { entry.line }

  /// Whether a run can go wrong with this fact. The others follow from something, or say that something did not happen.
  public var canBeFirst: Bool { entry.canBeFirst }

  var entry: ReasonEntry {
    switch self {
    case .presentBefore(let path, _), .memberPresentBefore(let path, _):
      .init(code: .presentBefore, path: path, shownBy: [.before])
    case .writeTokenPresent: .init(code: .writeTokenPresent)
    case .notInSubstituter(let path, _, _):
      .init(code: .notInSubstituter, path: path, shownBy: [.answers, .setting("substituters")])
    case .vanished(let path, _): .init(code: .notInSubstituter, path: path, shownBy: [.answers])
    case .referenceMissing(let path, _, _, _):
      .init(code: .referenceMissing, path: path, shownBy: [.answers, .setting("substituters")])
    case .narMissing(let path, let cache, _, let line):
      .init(code: .narMissing, path: path, line: line, cache: cache, shownBy: [.answers, .log])
    case .narCorrupt(let path, let cache, _, let line):
      .init(code: .narCorrupt, path: path, line: line, cache: cache, shownBy: [.answers, .log])
    case .signatureUntrusted(let path, _, _):
      .init(code: .signatureUntrusted, path: path, shownBy: [.answers, .setting("trusted-public-keys")])
    case .narinfoInvalid(let path, let cache, _):
      .init(code: .narinfoInvalid, path: path, cache: cache, shownBy: [.answers])
    case .wrongSubstituter(let path, let cache, let line):
      .init(
        code: .wrongSubstituter, path: path, line: line, cache: cache,
        shownBy: [.log, .answers, .setting("substituters")])
    case .substituterUnreachable(let path, let cache, _):
      .init(code: .substituterUnreachable, path: path, cache: cache, shownBy: [.cache, .answers])
    case .substituterError(let path, let cache, _, _, let line):
      .init(code: .substituterError, path: path, line: line, cache: cache, shownBy: [.cache, .answers, .log])
    case .substituterRefused(let path, let cache, _):
      .init(
        code: .substituterRefused, path: path, cache: cache, shownBy: [.answers, .setting("netrc-file")])
    case .substituterRefusedOne(let path, let cache, _):
      .init(code: .substituterRefused, path: path, cache: cache, shownBy: [.answers])
    case .substitutesDisallowed(.derivation(let derivation)):
      .init(code: .substitutesDisallowed, path: derivation)
    case .substitutesDisallowed(.setting):
      .init(code: .substitutesDisallowed, shownBy: [.setting("substitute")])
    case .substitutesDisallowed(.distrustedUser(let cache, let line)):
      .init(
        code: .substitutesDisallowed, line: line, cache: cache,
        shownBy: [.log, .cache, .setting("substituters")])
    case .substitutesDisallowed(.noNetwork(let line)):
      .init(code: .substitutesDisallowed, line: line, shownBy: [.log, .setting("substitute")])
    case .builtLocally(let derivation, let path, let line):
      .init(
        code: .builtLocally, path: path ?? derivation, line: line,
        shownBy: path == nil ? [.log] : [.log, .after], canBeFirst: false)
    case .builtRemotely(let derivation, _, let line):
      .init(
        code: .builtRemotely, path: derivation, line: line, shownBy: [.log, .setting("builders")],
        canBeFirst: false)
    case .forbiddenBuild(let derivation, let line):
      .init(code: .forbiddenBuild, path: derivation, line: line, shownBy: [.log], canBeFirst: false)
    case .witnessesDisagree(let path, _):
      .init(code: .witnessesDisagree, path: path, shownBy: [.before, .answers, .copies, .after])
    case .claimDisputed: .init(code: .witnessesDisagree)
    case .sandboxUnavailable(let derivation, _): .init(code: .sandboxUnavailable, path: derivation)
    case .evaluationFailed: .init(code: .evaluationFailed)
    case .nixFailed(_, _, let line):
      .init(code: .nixFailed, line: line, shownBy: [.log], canBeFirst: false)
    case .timedOut: .init(code: .timedOut)
    case .interrupted: .init(code: .interrupted)
    case .stoppedEarly: .init(code: .stoppedEarly, canBeFirst: false)
    case .nothingTransferred: .init(code: .nothingTransferred, canBeFirst: false)
    case .witnessMissing: .init(code: .witnessMissing)
    }
  }
}
