import NixModel

extension Checkup.Finding {
  /// What was found, a sentence.
  var sentence: String {
    switch self {
    case .nix(let version, let program): "Nix \(version) (\(program))."
    case .noNix(let why): Words.ended(why)
    case .store(let name, let builder): "The store is \(name); \(builder.clause)."
    case .storeUnreadable(let why): Words.ended(why)
    case .substitutes: "Nix substitutes."
    case .substitutesNot(let origin):
      "Nix asks no cache: substitute = false\(origin.map { ", set in \($0)" } ?? "")."
    case .noCaches: "No cache is configured, so nothing can come out of one."
    case .cache(let url, let state, let trust):
      switch state {
      case .open(let priority): "\(url) is open, priority \(priority); \(trust.clause)."
      case .unreachable, .failing, .unusable, .unknown: Words.ended("\(url): \(state.phrase)")
      }
    case .user(true?): "Nix's daemon trusts this user."
    case .user(false?): "Nix's daemon does not trust this user, and ignores caches that it does not know."
    case .user(nil): "Nix's daemon does not say whether it trusts this user."
    case .sandbox(let setting):
      setting.map { "Nix's setting sandbox is \($0.rawValue)." } ?? "Nix does not tell its setting sandbox."
    case .means(let means, let standing): "This runner holds \(means.phrase)\(standing.clause)."
    case .noMeans: "Nothing here could write to a cache, as far as is known."
    case .proxy(let variable): "Caches are asked through the proxy of \(variable)."
    case .certificates(let file, true): "Certificates come from \(file)."
    case .certificates(let file, false): "The file of certificates \(file) is not there."
    case .evidence(let file, let records):
      "The evidence in \(file) is readable: \(Words.count(records, "record"))."
    case .noEvidence(let file): "There is no evidence in \(file) yet."
    case .evidenceUnusable(let why): Words.ended(why)
    case .clock(let cache, let ahead):
      abs(ahead) <= 1
        ? "This clock agrees with that of \(cache)."
        : "This clock is \(Quantity.duration(seconds: abs(ahead))) \(ahead > 0 ? "ahead of" : "behind") that of \(cache)."
    case .program(let name, let place): place.map { "\(name) is \($0)." } ?? "There is no \(name) in PATH."
    }
  }

  /// What to do; `nil` where nothing needs doing.
  var remedy: String? {
    guard health != .ok else { return nil }
    switch self {
    case .nix, .store, .substitutes, .noMeans, .proxy, .evidence, .noEvidence, .noNix, .storeUnreadable,
      .evidenceUnusable:
      return nil
    case .substitutesNot(let origin):
      return origin.map { "Remove `substitute = false` from \($0)." }
        ?? "Give the runner a network address, or set `substitute = true` in nix.conf."
    case .noCaches: return "Name one: `--substituter URL`, or substituters in nix.conf."
    case .cache(let url, .open, .untrusted(let signers)):
      return signers.first.map {
        "Trust the key that it signs with: `--trusted-public-key '\($0):…'`, or trusted-public-keys in nix.conf."
      } ?? "Let \(url) sign what it serves; Nix takes nothing unsigned."
    case .cache(_, .open, _):
      return "Whether its signatures are trusted shows with a path that it has: `warmth forecast PATH`."
    case .cache(let url, _, _): return Advice.reaching(url.canonical)
    case .user:
      return
        "Let root name the caches in the daemon's nix.conf (trusted-substituters, trusted-public-keys), or prove with `--isolated`."
    case .sandbox:
      return
        "What may be built sees what its user sees: set `sandbox = true` in nix.conf, or allow no builds."
    case .means(let means, _): return means.remedy
    case .certificates: return "Correct the setting ssl-cert-file, or NIX_SSL_CERT_FILE."
    case .clock:
      return "Set this machine's clock (`timedatectl set-ntp true`): ages and signatures depend on it."
    case .program(let name, _): return "A publisher with that backend needs it: install \(name)."
    }
  }
}

extension Checkup.Builder {
  fileprivate var clause: String {
    switch self {
    case .daemon: "a daemon works on it"
    case .thisUser: "Nix builds into it as this user"
    case .buildUsers: "build users build into it"
    }
  }
}

extension Checkup.Trust {
  fileprivate var clause: String {
    switch self {
    case .trusted(let names):
      names.isEmpty
        ? "what it serves follows from its content" : "its signatures by \(Words.list(names)) are trusted"
    case .untrusted(let signers):
      "no key that is trusted signed what it serves (its signatures name \(Words.list(signers, ifEmpty: "nobody")))"
    case .unknown: "it was asked for no path that it has"
    }
  }
}

extension MeansOfWriting.Standing {
  fileprivate var clause: String {
    switch self {
    case .decides: ", so no proof is made here"
    case .noted: "; it decides under --strict"
    case .reads, .asserted: ""
    }
  }
}

extension Checkup.Health {
  var role: Style.Role {
    switch self {
    case .ok: .good
    case .doubtful: .doubtful
    case .wrong: .bad
    }
  }
}
