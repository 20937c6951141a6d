public import NixModel

extension Reason {
  /// One sentence for a person: what happened, to which path, on which cache or line of the run's log.
  public var message: String { fact.message }

  /// What to do next, with a command where there is one.
  public var remedy: String { fact.remedy() }

  /// The same, for the targets that it keeps from being warm, with places that can be written to.
  public func remedy(for targets: [Installable], in places: PublishingPlaces) -> String {
    fact.remedy(for: targets, in: places)
  }

  /// The line of the run's log that shows the fact, where one does.
  public var line: Int? { fact.line }
}

extension Reason.Fact {
  /// One sentence for a person: what happened, to which path, on which cache or line of the run's log.
  public var message: String { Words.printable(sentence) }

  /// The line of the run's log that shows the fact, where one does.
  public var line: Int? {
    switch self {
    case .narMissing(_, _, _, let line), .substituterError(_, _, _, _, let line),
      .builtLocally(_, _, let line), .nixFailed(_, _, let line):
      line
    case .narCorrupt(_, _, _, let line), .wrongSubstituter(_, _, let line),
      .builtRemotely(_, _, let line), .forbiddenBuild(_, let line):
      line
    case .presentBefore, .memberPresentBefore, .writeTokenPresent, .claimDisputed, .notInSubstituter,
      .referenceMissing,
      .signatureUntrusted, .narinfoInvalid, .substituterUnreachable, .substituterRefused,
      .substituterRefusedOne, .vanished,
      .substitutesDisallowed,
      .witnessesDisagree, .sandboxUnavailable, .evaluationFailed, .timedOut, .interrupted, .stoppedEarly,
      .nothingTransferred,
      .witnessMissing:
      nil
    }
  }

  private var sentence: String {
    switch self {
    case .presentBefore(let path, isValid: true):
      "\(path) was valid in the local store before the run, so the run could not show that a cache has it."
    case .presentBefore(let path, isValid: false):
      "\(path) was on disk before the run, though the store's database does not know it."
    case .memberPresentBefore(let path, wasBuiltHere: true):
      "\(path), which the target needs, was built on this machine before the run, so the run could not show that "
        + "a cache has it."
    case .memberPresentBefore(let path, wasBuiltHere: false):
      "\(path), which the target needs, was in the store before the run, and the policy wants a fresh store."
    case .writeTokenPresent(let means):
      "The run held \(means.phrase), so it could have put into the cache what it then found there."
    case .notInSubstituter(let path, let caches, let others):
      "\(path) is in none of the caches that answered: \(Words.list(caches, ifEmpty: "there were none"))."
        + Words.others(others)
    case .referenceMissing(let path, let neededBy, let caches, let others):
      "\(path), which \(neededBy) refers to, is in none of the caches that answered: "
        + "\(Words.list(caches, ifEmpty: "there were none"))." + Words.others(others)
    case .narMissing(let path, let cache, let file, nil):
      "\(cache) has the narinfo of \(path), but not its archive \(file)."
    case .narMissing(let path, let cache, let file, let line?):
      "\(cache) has the narinfo of \(path), but Nix did not find its archive \(file) (log line \(line))."
    case .narCorrupt(let path, let cache, let message, let line):
      "The archive of \(path) that \(cache) sent is not what its narinfo promised (log line \(line)): "
        + Words.ended(message)
    case .signatureUntrusted(let path, let source, let signers) where signers.isEmpty:
      "\(source) offers \(path) without any signature."
    case .signatureUntrusted(let path, let source, let signers):
      "\(source) offers \(path) signed by \(Words.list(signers)), and no signature of it is one that this run trusts."
    case .narinfoInvalid(let path, let cache, let flaw):
      "What \(cache) sent as the narinfo of \(path) cannot be used: \(Words.ended(flaw))"
    case .wrongSubstituter(let path, let from, let line):
      "\(path) was copied from \(from), which the policy does not accept (log line \(line))."
    case .substituterUnreachable(nil, let cache, let cause):
      "\(cache) did not answer, and it might have what is missing: \(Words.ended(cause))"
    case .substituterUnreachable(let path?, let cache, let cause):
      "\(cache) did not answer when asked for \(path): \(Words.ended(cause))"
    case .substituterError(let path, let cache, let status, let message, let line):
      Words.error(of: cache, about: path, status: status, message: message, line: line)
    case .substituterRefused(let path, let cache, let status):
      "\(cache) refused to say whether it has \(path) (HTTP \(status)); "
        + "Nix says nothing of this and goes on as if it had not."
    case .substituterRefusedOne(let path, let cache, let status):
      "\(cache) answered HTTP \(status) when asked for \(path), and answered about other paths; Nix says nothing of "
        + "this and goes on as if it had not this one."
    case .vanished(let path, let caches):
      "\(Words.list(caches)) offered \(path) when the survey asked; when Nix asked, it did not get it from any cache."
    case .substitutesDisallowed(.derivation(let derivation)):
      "\(derivation) sets allowSubstitutes to false, so Nix asks no cache and always builds it."
    case .substitutesDisallowed(.distrustedUser(let cache, let line)):
      "Nix's daemon ignored \(cache), because it does not trust this user to name it (log line \(line))."
    case .substitutesDisallowed(.noNetwork(let line)):
      "Nix found no network and switched substitution off (log line \(line))."
    case .substitutesDisallowed(.setting(let origin)):
      "Nix's settings switch substitution off (substitute = false\(origin.map { ", set in \($0)" } ?? "")), so "
        + "Nix asks no cache for any path."
    case .builtLocally(let derivation, let path, let line):
      "\(path.map { "\($0) was built on this machine, from \(derivation)" } ?? "\(derivation) was built on this machine")"
        + (line.map { " (log line \($0))." } ?? ": the store's database says so, and the log shows no build.")
    case .builtRemotely(let derivation, let machine, let line):
      "\(derivation) was built on \(machine) and its outputs were copied back (log line \(line))."
    case .forbiddenBuild(let derivation, let line):
      "Nix began to build \(derivation), which the policy does not allow (log line \(line))."
    case .witnessesDisagree(let path, let disagreement): disagreement.sentence(about: path)
    case .claimDisputed(let means): means.dispute
    case .sandboxUnavailable(let derivation, let cause):
      "\(derivation) has to be built, and Nix builds into a store of the run's own only in its sandbox, which "
        + "does not work here: \(Words.ended(cause))"
    case .evaluationFailed(let message, _) where UnknownPath.isTold(by: message):
      "No cache can be asked for it beforehand: \(Words.ended(message))"
    case .evaluationFailed(let message, _): "Nix could not evaluate the installable: \(Words.ended(message))"
    case .nixFailed(let ending, nil, _): "Nix ended with \(ending) and gave no error that explains it."
    case .nixFailed(let ending, let message?, let line):
      "Nix ended with \(ending)\(line.map { " (log line \($0))" } ?? ""): \(Words.ended(message))"
    case .timedOut: "The run took longer than it was given, and Nix was ended before it was done."
    case .interrupted: "The run was ended from outside before it came to a conclusion."
    case .stoppedEarly: "The run ended for another target's sake before this one was realized."
    case .nothingTransferred: "Nothing was copied from any cache, so nothing is proved."
    case .witnessMissing(let witness, let cause): "No word from \(witness): \(Words.ended(cause))"
    }
  }
}

extension Reason.Disagreement {
  fileprivate func sentence(about path: StorePath) -> String {
    switch self {
    case .copiedButBuilt:
      "The log says that \(path) was copied, and the store's database that it was built here."
    case .copiedButNotValid:
      "The log says that \(path) was copied and Nix succeeded, yet the store's database does not call it valid."
    case .appearedUnseen:
      "\(path) is valid after the run, and the log shows neither a copy nor a build of it."
    case .copiedOtherContent:
      "\(path) was copied, and what was registered has another hash than the cache had offered just before."
    case .presentOtherContent:
      "\(path) was in the store when Nix looked for it, and has another hash than every accepted cache offers."
    case .copiedButNotOffered: "\(path) was copied, although no accepted cache had offered it just before."
    case .copiedButNotVouchedFor:
      "\(path) was copied, and its registration has no signature by a trusted key and no true content address."
    }
  }
}
