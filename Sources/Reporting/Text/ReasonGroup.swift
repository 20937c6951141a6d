import NixModel

/// Reasons that differ only in their paths: told once, with the paths listed.
struct ReasonGroup {
  /// The one that speaks for all.
  let first: Reason
  /// The others, each once: their paths, or their sentences where they are about no path.
  let others: [String]
  /// The targets that they concern, in the run's order.
  let targets: [String]

  /// The reasons of all `targets`, in the order in which they should be read: what is certain before what
  /// leaves doubt, and causes before what follows from them.
  static func groups(of targets: [RunFindings.Target]) -> [ReasonGroup] {
    let all = targets.flatMap { target in target.reasons.map { (reason: $0, target: target.installable) } }
    let ordered = all.grouped { Kind($0.reason) }.enumerated().sorted {
      ($0.element.key.rank, $0.offset) < ($1.element.key.rank, $1.offset)
    }
    return ordered.compactMap { _, group in
      guard let first = group.members.first?.reason else { return nil }
      return ReasonGroup(
        first: first, others: Array(group.members.map(\.reason.subject).unique.dropFirst()),
        targets: group.members.map(\.target).unique)
    }
  }

  /// How many paths of one kind of reason are named before the rest is counted.
  private static let namedPaths = 5
  /// How many lines of someone else's message are shown; Nix puts the cause last.
  private static let quotedLines = 8

  /// What happened, in the words of the first; a long message by its head and its end.
  var what: [String] {
    let lines = first.message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count > Self.quotedLines else { return lines }
    return [lines[0], "…"] + lines.suffix(Self.quotedLines - 2)
  }

  /// The paths of the others as far as they are named, and how many are not.
  var also: (named: [String], rest: Int) {
    let named = others.prefix(Self.namedPaths - 1)
    return (Array(named), others.count - named.count)
  }

  /// What reasons must share to be told together.
  struct Kind: Hashable {
    let code: ReasonCode
    let bearing: Reason.Bearing
    let detail: [String]

    init(_ reason: Reason) {
      code = reason.code
      bearing = reason.bearing
      detail = reason.fact.sharedDetail
    }

    var rank: Int { (bearing == .cold ? 0 : 2) + (code.isConsequence ? 1 : 0) }
  }
}

extension Reason {
  /// Its path, or its sentence where it is about no path.
  var subject: String { path?.description ?? Words.line(message) }
}

extension Reason.Fact {
  /// Everything that its sentence says beside the path and the line, and that its remedy depends on.
  fileprivate var sharedDetail: [String] {
    switch self {
    case .presentBefore(_, let isValid): ["\(isValid)"]
    case .memberPresentBefore(_, let wasBuiltHere): ["member", "\(wasBuiltHere)"]
    case .notInSubstituter(_, let caches, let others): caches + others
    case .referenceMissing(_, _, let caches, let others): caches + others
    // Whether the survey or Nix found it out: both, as often as not, and it is told once.
    case .narMissing(_, let cache, _, _), .narCorrupt(_, let cache, _, _), .narinfoInvalid(_, let cache, _):
      [cache]
    case .signatureUntrusted(_, let source, let signers): [source] + signers
    case .wrongSubstituter(_, let from, _): [from]
    case .substituterUnreachable(let path, let cache, _): [cache, path == nil ? "cache" : "path"]
    case .substituterError(let path, let cache, let status, _, _):
      [cache, path == nil ? "cache" : "path", status.map(String.init) ?? ""]
    case .substituterRefused(_, let cache, let status): [cache, String(status)]
    case .substituterRefusedOne(_, let cache, let status): [cache, String(status), "one"]
    case .vanished(_, let caches): ["vanished"] + caches
    case .substitutesDisallowed(.derivation): ["derivation"]
    case .substitutesDisallowed(.setting): ["setting"]
    case .claimDisputed(let means): ["claim", means.place]
    case .substitutesDisallowed(.distrustedUser(let cache, _)): ["user", cache]
    case .substitutesDisallowed(.noNetwork): ["network"]
    case .builtRemotely(_, let machine, _): [machine]
    case .witnessesDisagree(_, let disagreement): [disagreement.rawValue]
    case .sandboxUnavailable(_, let cause): [cause]
    case .writeTokenPresent, .evaluationFailed, .nixFailed: [message]
    case .builtLocally, .forbiddenBuild, .timedOut, .interrupted, .stoppedEarly, .nothingTransferred,
      .witnessMissing:
      []
    }
  }
}
