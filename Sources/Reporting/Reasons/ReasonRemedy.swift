public import NixModel

extension Reason.Fact {
  /// What to do next, with a command where there is one.
  public var remedy: String { Words.printable(advice) }

  private var advice: String {
    switch self {
    case .presentBefore(_, isValid: true), .memberPresentBefore:
      "Prove on a fresh runner, or with `--isolated`, which realizes into a throwaway store."
    case .presentBefore(let path, isValid: false):
      "Something was left behind, by a crashed run perhaps: prove on a fresh runner or with `--isolated`, "
        + "or delete it with `nix-store --delete \(path)`."
    case .writeTokenPresent(let means): means.remedy
    case .notInSubstituter(let path, let caches):
      "The prewarm did not publish this very path. Compare its nixpkgs revision, system and configuration "
        + "with this run's (another hash of the same name means another derivation); if they agree, publish "
        + "it: \(publishing(path, to: caches.first))."
    case .referenceMissing(let path, let neededBy, let caches):
      "The closure of \(neededBy) was published with a hole. Publish the missing path: "
        + "\(publishing(path, to: caches.first)). attic leaves out paths that an upstream cache has signed: "
        + "make that cache a substituter too, or push with `--ignore-upstream-cache-filter`."
    case .narMissing(let path, let cache, _, _):
      "Remove \(path.hashPart).narinfo from the cache and push the path again: "
        + "\(publishing(path, to: cache)). A plain push may skip it, because the narinfo makes it look "
        + "published."
    case .narCorrupt(let path, let cache, _, _):
      "Remove \(path.hashPart).narinfo and its archive from the cache and push the path again: "
        + "\(publishing(path, to: cache)). If another machine fetches it well, look for a proxy in between."
    case .signatureUntrusted(let path, let source, let signers): Remedies.trust(path, source, signers)
    case .narinfoInvalid(let path, let cache, _):
      "See what the cache sends: `curl -fsS \(cache)/\(path.hashPart).narinfo`. If it is damaged, remove it "
        + "and push the path again: \(publishing(path, to: cache))."
    case .wrongSubstituter(let path, let from, _):
      "If \(from) may be where it comes from, accept it: `--expect-from \(from)`. If not, leave it out of "
        + "the substituters, and see that an accepted cache has the path: `nix path-info --store CACHE \(path)`."
    case .substituterUnreachable(_, let cache, _):
      Remedies.reach(cache)
    case .substituterError(let path, let cache, let status, _, _):
      Remedies.error(path: path, cache: cache, status: status)
    case .substituterRefused(let path, let cache, _):
      "Give the run a token that may read (netrc-file, or `attic use`), and see what it gets: "
        + "`curl -fsS --netrc \(cache)/\(path.hashPart).narinfo`. A token without leave to read, or none at "
        + "all, makes every path look absent."
    case .substitutesDisallowed(.derivation(let derivation)):
      "No cache can make it warm. If it must run here, allow it: "
        + "`--allow-build '\(derivation.derivationName)'`; otherwise change the derivation."
    case .substitutesDisallowed(.distrustedUser(let cache, _)):
      "Let root name the cache in the daemon's nix.conf, under substituters or trusted-substituters "
        + "(`\(cache)`), with its key under trusted-public-keys, or prove with `--isolated`."
    case .substitutesDisallowed(.noNetwork):
      "Give the runner a network address, or set `substitute = true` in nix.conf, and prove again."
    case .substitutesDisallowed(.setting(let origin?)):
      "Remove `substitute = false` from \(origin), and prove again."
    case .substitutesDisallowed(.setting(nil)):
      "See `nix config show substitute` and the nix.conf it comes from. On a machine without any network "
        + "address but loopback, Nix switches substitution off by itself."
    case .builtLocally(let derivation, _, _):
      Remedies.build(of: derivation)
    case .builtRemotely(let derivation, let machine, _):
      "Prove without builders (`builders =` in nix.conf), so that \(machine) cannot stand in for the cache. "
        + Remedies.build(of: derivation)
    case .forbiddenBuild(let derivation, _): Remedies.build(of: derivation)
    case .witnessesDisagree(let path, let disagreement): disagreement.remedy(for: path)
    case .claimDisputed(let means):
      "Find out which of them is wrong before a proof is made with it: decode the token's claims, and look at "
        + "the server's configuration of the cache. " + means.remedy
    case .sandboxUnavailable:
      "Prove into the machine's own store on a fresh runner, without `--isolated` or `--store`; or let Nix's "
        + "sandbox work: as root, or as a user who may make namespaces (`sysctl user.max_user_namespaces`, and "
        + "in a container its seccomp profile). What is only copied can be proved here: leave out what has to "
        + "be built."
    case .evaluationFailed(let message) where Complaint.speaksOfFullDisk(message),
      .nixFailed(_, let message?, _) where Complaint.speaksOfFullDisk(message):
      "Free space on the disk that holds the store, or prove on a runner with a larger one."
    case .evaluationFailed:
      "Correct what Nix complains of, and try the same with `nix eval INSTALLABLE.drvPath` or "
        + "`nix-instantiate FILE -A ATTRIBUTE`."
    case .nixFailed(_, _, let line?):
      "Read the run's log around line \(line); if another reason names a cause, remove that first. Then prove again."
    case .nixFailed(_, _, nil):
      "Read the end of the run's log; if another reason names a cause, remove that first. Then prove again."
    case .timedOut: "Give it more time: `--timeout 2h`."
    case .interrupted: "Prove again, and let the run come to its end."
    case .stoppedEarly:
      "Remove the other target's causes and prove again, or ask for every target's own verdict with "
        + "`--builds forbid`."
    case .nothingTransferred:
      "See that the targets have paths to copy and that a cache offers them: `warmth prove INSTALLABLE --builds forbid`."
    case .witnessMissing:
      "Make sure that this user may read the store and run `nix --version`, and prove again."
    }
  }

  private func publishing(_ path: StorePath, to cache: String?) -> String {
    "`nix copy --to \(cache ?? "CACHE") \(path)`, or `attic push CACHE \(path)`"
  }
}

/// Advice that depends on more than one part of a fact.
private enum Remedies {
  static func build(of derivation: StorePath) -> String {
    "If another reason names a cause, remove that first; if not, see what no cache has: "
      + "`warmth prove INSTALLABLE --builds forbid`. If it must run here, allow it: "
      + "`--allow-build '\(derivation.derivationName)'`."
  }

  static func reach(_ cache: String) -> String {
    guard ["http://", "https://", "file://"].contains(where: cache.hasPrefix) else {
      return "Only Nix can ask it: `nix store info --store '\(cache)'`. To do without its answer, name the "
        + "caches that count: `--expect-from URL`."
    }
    return "See whether it answers from this runner: `curl -fsS \(cache)/nix-cache-info`. Then prove again."
  }

  static func trust(_ path: StorePath, _ source: String, _ signers: [String]) -> String {
    let sign =
      "sign it with a key that the run trusts and push it again: `nix store sign --key-file FILE \(path)`"
    guard let signer = signers.first else {
      return "At the publisher, \(sign). attic signs by itself; other caches serve what they were given."
    }
    return "Trust the key: `--trusted-public-key '\(signer):…'`, or trusted-public-keys in nix.conf; or "
      + "\(sign). If a key named \(signer) is trusted already, it is another key of the same name: compare "
      + "it with the cache's."
  }

  static func error(path: StorePath?, cache: String, status: Int?) -> String {
    let file = path.map { "\($0.hashPart).narinfo" } ?? "nix-cache-info"
    let look = "See what it answers from this runner: `curl -sSi \(cache)/\(file)`."
    switch status {
    case 429?: return "\(look) It asks for fewer requests: wait, and prove again."
    case let status? where status >= 500: return "\(look) The fault is the cache's: read its own log."
    case nil where path == nil:
      return "\(look) A binary cache says `StoreDir: /nix/store` there; if this is none, drop it."
    case nil, _?: return "\(look) Then prove again."
    }
  }
}

extension Reason.Disagreement {
  fileprivate func remedy(for path: StorePath) -> String {
    switch self {
    case .copiedButBuilt:
      "See the copy's end in the run's log: Nix may have copied it in vain and built it then. "
        + "Prove again on a fresh runner."
    case .copiedButNotValid, .appearedUnseen:
      "Something else may be at work in this store (another build, a garbage collection): prove again with "
        + "`--isolated` or on a fresh runner, and look: `nix path-info --json \(path)`."
    case .presentOtherContent:
      "Prove on a fresh runner, or with `--isolated`; if evaluation itself brings the path, see what the accepted "
        + "cache has: `nix path-info --json --store CACHE \(path)`."
    case .copiedOtherContent:
      "The path was published anew during the run, or something between here and the cache serves two "
        + "versions of it: prove again, and compare with `nix path-info --json \(path)`."
    case .copiedButNotOffered:
      "It may have been published during the run: prove again. If it persists, compare the substituters "
        + "that Nix uses with those of this run: `nix config show substituters`."
    case .copiedButNotVouchedFor:
      "See that Nix checks signatures (`nix config show require-sigs`) and that no substituter is marked "
        + "`trusted=1`; then look at `nix path-info --sigs \(path)`."
    }
  }
}
