public import NixModel

extension Reason.Fact {
  /// What to do next, with a command where there is one.
  ///
  /// - Parameters:
  ///   - targets: what it keeps from being warm, where that is known.
  ///   - places: where caches can be written to, as far as that is known.
  public func remedy(for targets: [Installable] = [], in places: PublishingPlaces = PublishingPlaces())
    -> String
  { Words.printable(advice(targets, places)) }

  private func advice(_ targets: [Installable], _ places: PublishingPlaces) -> String {
    func publishing(_ path: StorePath, to cache: String?) -> String {
      Remedies.publish(path, to: cache, targets, places)
    }
    return switch self {
    case .presentBefore(_, isValid: true), .memberPresentBefore:
      "Prove on a fresh runner, or with `--isolated`, which realizes into a throwaway store."
    case .presentBefore(let path, isValid: false):
      "Something was left behind, by a crashed run perhaps: prove on a fresh runner or with `--isolated`, "
        + "or delete it with `nix-store --delete \(path)`."
    case .writeTokenPresent(let means): means.remedy
    case .notInSubstituter(let path, let caches, let others) where !others.isEmpty,
      .referenceMissing(let path, _, let caches, let others) where !others.isEmpty:
      "If it may come from there, accept it: `--expect-from \(others[0])`. If not, publish it to a cache that "
        + "is accepted: \(publishing(path, to: caches.first))."
    case .notInSubstituter(let path, let caches, _):
      "The prewarm did not publish this very path. Compare its nixpkgs revision, system and configuration "
        + "with this run's (another hash of the same name means another derivation); if they agree, publish "
        + "it: \(publishing(path, to: caches.first))."
    case .referenceMissing(let path, let neededBy, let caches, _):
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
    case .substituterRefusedOne(let path, let cache, let status):
      "The cache answers this runner about other paths. An object store says \(status) of what is not there to those "
        + "who may not list it: see that the path was published, with `curl -fsSI \(cache)/\(path.hashPart).narinfo` "
        + "where the token of the publisher is, and publish it: \(publishing(path, to: cache)). If it is there, let "
        + "readers read it."
    case .vanished(let path, let caches):
      "See whether it is there now: `curl -fsS \(caches.first ?? "CACHE")/\(path.hashPart).narinfo`. If not, find out "
        + "what removes paths from the cache (a garbage collection, an expiry), and publish it again: "
        + "\(publishing(path, to: caches.first)). If it is, prove again."
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
    case .evaluationFailed(let message, _) where Complaint.speaksOfFullDisk(message),
      .nixFailed(_, let message?, _) where Complaint.speaksOfFullDisk(message):
      "Free space on the disk that holds the store, or prove on a runner with a larger one."
    case .evaluationFailed(let message, _) where UnknownPath.isTold(by: message):
      "Leave it out, and prove what it is built from: a proof is of paths that evaluation knows."
    case .evaluationFailed(_, nil): "Correct what Nix complains of, and prove again."
    case .evaluationFailed(_, let installable?):
      "Correct what Nix complains of, and prove again. This shows the way to the error: "
        + "`\(installable.evaluation)`."
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
}

extension Installable {
  /// A command that does nothing but evaluate it.
  fileprivate var evaluation: String {
    let words =
      switch self {
      case .flake(let reference, "", _): [reference]
      case .flake(let reference, let attribute, _): ["\(reference)#\(attribute)"]
      case .file(let file, "", _): ["-f", file]
      case .file(let file, let attribute, _): ["-f", file, attribute]
      case .derivation(let path, _), .path(let path): [path.description]
      }
    let quoted = words.map { $0.hasPrefix("-f") ? $0 : "'\($0.replacing("'", with: "'\\''"))'" }
    return "nix --extra-experimental-features 'nix-command flakes' path-info --derivation --show-trace "
      + quoted.joined(separator: " ")
  }
}

/// Advice that depends on more than one part of a fact.
private enum Remedies {
  /// How to publish a path, to a place that can be written to: a publication's own, where one is known. What Nix
  /// reads over HTTP it seldom can write to.
  static func publish(
    _ path: StorePath, to cache: String?, _ targets: [Installable], _ places: PublishingPlaces
  ) -> String {
    let destination = cache.flatMap(places.destination)
    switch (destination?.kind, destination?.cache, destination?.server?.canonical) {
    case (.attic, let name?, _): return "`attic push \(name) \(path)`"
    case (.nixCopy, _, let server?): return "`nix copy --to '\(server)' \(path)`"
    default: break
    }
    if let cache, ["file://", "s3://", "ssh://", "ssh-ng://"].contains(where: cache.hasPrefix) {
      return "`nix copy --to '\(cache)' \(path)`"
    }
    return
      "`scripts/cache-warm.sh \(installables(targets)) --cache NAME` where it is an Attic cache, or with "
      + "`--to URL` and the address that it is written to instead"
  }

  /// Options of the publisher that name what a lane needs.
  private static func installables(_ targets: [Installable]) -> String {
    guard let first = targets.first else { return "--installable INSTALLABLE" }
    guard case .file(let file, let attribute, let outputs) = first else {
      return "--installable '\(first.redacted)'"
    }
    return "--file '\(file)' --installable '\(attribute)\(outputs.suffix)'"
  }

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
