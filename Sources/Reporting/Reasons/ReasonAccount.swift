import NixModel

/// The account of a fact to a person.
struct ReasonAccount {
  /// One sentence about the fact, with its path, its cache and its line of the run's log.
  let sentence: String
  /// The details that facts of one code must share to be told together: all details of the sentence and of
  /// the next step beside the path and the line.
  let shared: [String]
  /// The next step, with a command where there is one.
  let next: (Advice) -> String

  init(_ sentence: String, sharing shared: [String] = [], next: @escaping (Advice) -> String) {
    self.sentence = sentence
    self.shared = shared
    self.next = next
  }
}

extension Reason.Fact {
  var account: ReasonAccount {
    switch self {
    case .presentBefore(let path, isValid: true):
      .init(
        "\(path) was valid in the local store before the run, so the run could not show that a cache has it.",
        sharing: ["valid"]
      ) { _ in Advice.freshStore }
    case .presentBefore(let path, isValid: false):
      .init("\(path) was on disk before the run, though the store's database does not know it.") { _ in
        "Something was left behind, by a crashed run perhaps: prove on a fresh runner or with `--isolated`, "
          + "or delete it with `nix-store --delete \(path)`."
      }
    case .memberPresentBefore(let path, wasBuiltHere: true):
      .init(
        "\(path), which the target needs, was built on this machine before the run, so the run could not show that "
          + "a cache has it.",
        sharing: ["member", "built"]
      ) { _ in Advice.freshStore }
    case .memberPresentBefore(let path, wasBuiltHere: false):
      .init(
        "\(path), which the target needs, was in the store before the run, and the policy wants a fresh store.",
        sharing: ["member"]
      ) { _ in Advice.freshStore }
    case .writeTokenPresent(let means):
      .init(
        "The run held \(means.phrase), so it could have put into the cache what it then found there.",
        sharing: [means.phrase]
      ) { _ in means.remedy }
    case .notInSubstituter(let path, let caches, let others):
      .init(
        "\(path) is in none of the caches that answered: \(Words.list(caches, ifEmpty: "there were none"))."
          + Words.others(others),
        sharing: caches + others
      ) { advice in
        if let other = others.first { return advice.accepting(other, or: path, to: caches.first) }
        return
          "The prewarm did not publish this very path. Compare its nixpkgs revision, system and configuration "
          + "with this run's (another hash of the same name means another derivation); if they agree, publish "
          + "it: \(advice.publishing(path, to: caches.first))."
      }
    case .vanished(let path, let caches):
      .init(
        "\(Words.list(caches)) offered \(path) when the survey asked; when Nix asked, it did not get it from any cache.",
        sharing: ["vanished"] + caches
      ) { advice in
        "See whether it is there now: `curl -fsS \(caches.first ?? "CACHE")/\(path.hashPart).narinfo`. If not, find "
          + "out what removes paths from the cache (a garbage collection, an expiry), and publish it again: "
          + "\(advice.publishing(path, to: caches.first)). If it is, prove again."
      }
    case .referenceMissing(let path, let neededBy, let caches, let others):
      .init(
        "\(path), which \(neededBy) refers to, is in none of the caches that answered: "
          + "\(Words.list(caches, ifEmpty: "there were none"))." + Words.others(others),
        sharing: caches + others
      ) { advice in
        if let other = others.first { return advice.accepting(other, or: path, to: caches.first) }
        return "The closure of \(neededBy) was published with a hole. Publish the missing path: "
          + "\(advice.publishing(path, to: caches.first)). attic leaves out paths that an upstream cache has signed: "
          + "make that cache a substituter too, or push with `--ignore-upstream-cache-filter`."
      }
    case .narMissing(let path, let cache, let file, let line):
      // Both the survey and Nix find it out, as often as not, and it is told once.
      .init(
        "\(cache) has the narinfo of \(path), but "
          + (line.map { "Nix did not find its archive \(file) (log line \($0))." }
            ?? "not its archive \(file)."),
        sharing: [cache]
      ) { advice in
        "Remove \(path.hashPart).narinfo from the cache and push the path again: "
          + "\(advice.publishing(path, to: cache)). A plain push may skip it, because the narinfo makes it look "
          + "published."
      }
    case .narCorrupt(let path, let cache, let message, let line):
      .init(
        "The archive of \(path) that \(cache) sent is not what its narinfo promised (log line \(line)): "
          + Words.ended(message),
        sharing: [cache]
      ) { advice in
        "Remove \(path.hashPart).narinfo and its archive from the cache and push the path again: "
          + "\(advice.publishing(path, to: cache)). If another machine fetches it well, look for a proxy in between."
      }
    case .signatureUntrusted(let path, let source, let signers):
      .init(
        "\(source) offers \(path) "
          + (signers.isEmpty
            ? "without any signature."
            : "signed by \(Words.list(signers)), and no signature of it is one that this run trusts."),
        sharing: [source] + signers
      ) { _ in Advice.trusting(signers.first, of: path) }
    case .narinfoInvalid(let path, let cache, let flaw):
      .init(
        "What \(cache) sent as the narinfo of \(path) cannot be used: \(Words.ended(flaw))", sharing: [cache]
      ) { advice in
        "See what the cache sends: `curl -fsS \(cache)/\(path.hashPart).narinfo`. If it is damaged, remove it "
          + "and push the path again: \(advice.publishing(path, to: cache))."
      }
    case .wrongSubstituter(let path, let from, let line):
      .init(
        "\(path) was copied from \(from), which the policy does not accept (log line \(line)).",
        sharing: [from]
      ) { _ in
        "If \(from) may be where it comes from, accept it: `--expect-from \(from)`. If not, leave it out of "
          + "the substituters, and see that an accepted cache has the path: `nix path-info --store CACHE \(path)`."
      }
    case .substituterUnreachable(let path, let cache, let cause):
      .init(
        "\(cache) did not answer"
          + (path.map { " when asked for \($0)" } ?? ", and it might have what is missing")
          + ": \(Words.ended(cause))",
        sharing: [cache, path == nil ? "cache" : "path"]
      ) { _ in Advice.reaching(cache) }
    case .substituterError(let path, let cache, let status, let message, let line):
      .init(
        Words.error(of: cache, about: path, status: status, message: message, line: line),
        sharing: [cache, path == nil ? "cache" : "path", status.map(String.init) ?? ""]
      ) { _ in Advice.afterError(of: cache, about: path, status: status) }
    case .substituterRefused(let path, let cache, let status):
      .init(
        "\(cache) refused to say whether it has \(path) (HTTP \(status)); "
          + "Nix says nothing of this and goes on as if it had not.",
        sharing: [cache, String(status)]
      ) { _ in
        "Give the run a token that may read (netrc-file, or `attic use`), and see what it gets: "
          + "`curl -fsS --netrc \(cache)/\(path.hashPart).narinfo`. A token without leave to read, or none at "
          + "all, makes every path look absent."
      }
    case .substituterRefusedOne(let path, let cache, let status):
      .init(
        "\(cache) answered HTTP \(status) when asked for \(path), and answered about other paths; Nix says nothing of "
          + "this and goes on as if it had not this one.",
        sharing: [cache, String(status), "one"]
      ) { advice in
        "The cache answers this runner about other paths. An object store says \(status) of what is not there to "
          + "those who may not list it: see that the path was published, with "
          + "`curl -fsSI \(cache)/\(path.hashPart).narinfo` where the token of the publisher is, and publish it: "
          + "\(advice.publishing(path, to: cache)). If it is there, let readers read it."
      }
    case .substitutesDisallowed(.derivation(let derivation)):
      .init(
        "\(derivation) sets allowSubstitutes to false, so Nix asks no cache and always builds it.",
        sharing: ["derivation"]
      ) { _ in
        "No cache can make it warm. If it must run here, allow it: "
          + "`--allow-build '\(derivation.derivationName)'`; otherwise change the derivation."
      }
    case .substitutesDisallowed(.distrustedUser(let cache, let line)):
      .init(
        "Nix's daemon ignored \(cache), because it does not trust this user to name it (log line \(line)).",
        sharing: ["user", cache]
      ) { _ in
        "Let root name the cache in the daemon's nix.conf, under substituters or trusted-substituters "
          + "(`\(cache)`), with its key under trusted-public-keys, or prove with `--isolated`."
      }
    case .substitutesDisallowed(.noNetwork(let line)):
      .init("Nix found no network and switched substitution off (log line \(line)).", sharing: ["network"]) {
        _ in
        "Give the runner a network address, or set `substitute = true` in nix.conf, and prove again."
      }
    case .substitutesDisallowed(.setting(let origin)):
      .init(
        "Nix's settings switch substitution off (substitute = false\(origin.map { ", set in \($0)" } ?? "")), so "
          + "Nix asks no cache for any path.",
        sharing: ["setting"]
      ) { _ in
        if let origin { return "Remove `substitute = false` from \(origin), and prove again." }
        return
          "See `nix config show substitute` and the nix.conf it comes from. On a machine without any network "
          + "address but loopback, Nix switches substitution off by itself."
      }
    case .builtLocally(let derivation, let path, let line):
      .init(
        (path.map { "\($0) was built on this machine, from \(derivation)" }
          ?? "\(derivation) was built on this machine")
          + (line.map { " (log line \($0))." }
            ?? ": the store's database says so, and the log shows no build.")
      ) { _ in Advice.building(derivation) }
    case .builtRemotely(let derivation, let machine, let line):
      .init(
        "\(derivation) was built on \(machine) and its outputs were copied back (log line \(line)).",
        sharing: [machine]
      ) { _ in
        "Prove without builders (`builders =` in nix.conf), so that \(machine) cannot stand in for the cache. "
          + Advice.building(derivation)
      }
    case .forbiddenBuild(let derivation, let line):
      .init("Nix began to build \(derivation), which the policy does not allow (log line \(line)).") { _ in
        Advice.building(derivation)
      }
    case .witnessesDisagree(let path, let disagreement): disagreement.account(of: path)
    case .claimDisputed(let means):
      .init(means.dispute, sharing: ["claim", means.place]) { _ in
        "Find out which of them is wrong before a proof is made with it: decode the token's claims, and look at "
          + "the server's configuration of the cache. " + means.remedy
      }
    case .sandboxUnavailable(let derivation, let cause):
      .init(
        "\(derivation) has to be built, and Nix builds into a store of the run's own only in its sandbox, which "
          + "does not work here: \(Words.ended(cause))",
        sharing: [cause]
      ) { _ in
        "Prove into the machine's own store on a fresh runner, without `--isolated` or `--store`; or let Nix's "
          + "sandbox work: as root, or as a user who may make namespaces (`sysctl user.max_user_namespaces`, and "
          + "in a container its seccomp profile). What is only copied can be proved here: leave out what has to "
          + "be built."
      }
    case .evaluationFailed(let message, _) where UnknownPath.isTold(by: message):
      .init("No cache can be asked for it beforehand: \(Words.ended(message))", sharing: [message]) { _ in
        "Leave it out, and prove what it is built from: a proof is of paths that evaluation knows."
      }
    case .evaluationFailed(let message, let installable):
      .init("Nix could not evaluate the installable: \(Words.ended(message))", sharing: [message]) { _ in
        if Complaint.speaksOfFullDisk(message) { return Advice.freeSpace }
        return "Correct what Nix complains of, and prove again."
          + (installable.map { " This shows the way to the error: `\($0.evaluation)`." } ?? "")
      }
    case .nixFailed(let ending, let message, let line):
      .init(
        "Nix ended with \(ending)"
          + (message.map { "\(line.map { " (log line \($0))" } ?? ""): \(Words.ended($0))" }
            ?? " and gave no error that explains it."),
        sharing: [ending, message ?? "", line.map(String.init) ?? ""]
      ) { _ in
        if let message, Complaint.speaksOfFullDisk(message) { return Advice.freeSpace }
        if let message, let found = message.firstMatch(of: /'(\/nix\/store\/[^']+\.drv)'/),
          message.contains(" log lines:")
        {
          return
            "Read the whole of its log: `nix log \(found.1)`; where the store is gone (`--isolated`), prove again with "
            + "`--log-file FILE`, which keeps it. Then prove again."
        }
        return "Read \(line.map { "the run's log around line \($0)" } ?? "the end of the run's log"); "
          + "if another reason names a cause, remove that first. Then prove again."
      }
    case .timedOut:
      .init("The run took longer than it was given, and Nix was ended before it was done.") { _ in
        "Give it more time: `--timeout 2h`."
      }
    case .interrupted:
      .init("The run was ended from outside before it came to a conclusion.") { _ in
        "Prove again, and let the run come to its end."
      }
    case .stoppedEarly:
      .init("The run ended for another target's sake before this one was realized.") { _ in
        "Remove the other target's causes and prove again, or ask for every target's own verdict with "
          + "`--builds forbid`."
      }
    case .nothingTransferred:
      .init("Nothing was copied from any cache, so nothing is proved.") { _ in
        "See that the targets have paths to copy and that a cache offers them: "
          + "`warmth prove INSTALLABLE --builds forbid`."
      }
    case .witnessMissing(let witness, let cause):
      .init("No word from \(witness): \(Words.ended(cause))") { _ in
        "Make sure that this user may read the store and run `nix --version`, and prove again."
      }
    }
  }
}

extension Reason.Disagreement {
  fileprivate func account(of path: StorePath) -> ReasonAccount {
    switch self {
    case .copiedButBuilt:
      account("The log says that \(path) was copied, and the store's database that it was built here.") {
        "See the copy's end in the run's log: Nix may have copied it in vain and built it then. "
          + "Prove again on a fresh runner."
      }
    case .copiedButNotValid:
      account(
        "The log says that \(path) was copied and Nix succeeded, yet the store's database does not call it valid."
      ) { Advice.undisturbed(path) }
    case .appearedUnseen:
      account("\(path) is valid after the run, and the log shows neither a copy nor a build of it.") {
        Advice.undisturbed(path)
      }
    case .copiedOtherContent:
      account(
        "\(path) was copied, and what was registered has another hash than the cache had offered just before."
      ) {
        "The path was published anew during the run, or something between here and the cache serves two "
          + "versions of it: prove again, and compare with `nix path-info --json \(path)`."
      }
    case .presentOtherContent:
      account(
        "\(path) was in the store when Nix looked for it, and has another hash than every accepted cache offers."
      ) {
        "Prove on a fresh runner, or with `--isolated`; if evaluation itself brings the path, see what the accepted "
          + "cache has: `nix path-info --json --store CACHE \(path)`."
      }
    case .copiedButNotOffered:
      account("\(path) was copied, although no accepted cache had offered it just before.") {
        "It may have been published during the run: prove again. If it persists, compare the substituters "
          + "that Nix uses with those of this run: `nix config show substituters`."
      }
    case .copiedButNotVouchedFor:
      account(
        "\(path) was copied, and its registration has no signature by a trusted key and no true content address."
      ) {
        "See that Nix checks signatures (`nix config show require-sigs`) and that no substituter is marked "
          + "`trusted=1`; then look at `nix path-info --sigs \(path)`."
      }
    }
  }

  private func account(_ sentence: String, next: @escaping () -> String) -> ReasonAccount {
    .init(sentence, sharing: [rawValue]) { _ in next() }
  }
}
