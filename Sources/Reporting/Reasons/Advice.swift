import NixModel

/// Advice that several reasons give, and that depends on the run.
struct Advice {
  /// The targets that the reason keeps from being warm, where they are known.
  var targets: [Installable] = []
  /// Where caches can be written to, as far as that is known.
  var places = PublishingPlaces()

  /// How to publish a path, to a place that can be written to: that of a publication, where one is known. The address
  /// that Nix reads over HTTP can seldom be written to.
  func publishing(_ path: StorePath, to cache: String?) -> String {
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
      "`scripts/cache-warm.sh \(installables) --cache NAME` where it is an Attic cache, or with "
      + "`--to URL` and the address that it is written to instead"
  }

  /// The publisher's options that name the targets.
  private var installables: String {
    guard let first = targets.first else { return "--installable INSTALLABLE" }
    guard case .file(let file, let attribute, let outputs) = first.plain else {
      return "--installable '\(first.plain.redacted)'"
    }
    return "--file '\(file)' --installable '\(attribute)\(outputs.suffix)'"
  }

  /// How to have `path` from another cache than those that are accepted, or from one of these.
  func accepting(_ other: String, or path: StorePath, to cache: String?) -> String {
    "If it may come from there, accept it: `--expect-from \(other)`. If not, publish it to a cache that "
      + "is accepted: \(publishing(path, to: cache))."
  }

  static let freshStore =
    "Prove on a fresh runner, or with `--isolated`, which realizes into a throwaway store."

  static let freeSpace =
    "Free space on the disk that holds the store, or prove on a runner with a larger one."

  static func building(_ derivation: StorePath) -> String {
    "If another reason names a cause, remove that first; if not, see what no cache has: "
      + "`warmth prove INSTALLABLE --builds forbid`. If it must run here, allow it: "
      + "`--allow-build '\(derivation.derivationName)'`."
  }

  static func undisturbed(_ path: StorePath) -> String {
    "Something else may be at work in this store (another build, a garbage collection): prove again with "
      + "`--isolated` or on a fresh runner, and look: `nix path-info --json \(path)`."
  }

  static func reaching(_ cache: String) -> String {
    guard ["http://", "https://", "file://"].contains(where: cache.hasPrefix) else {
      return "Only Nix can ask it: `nix store info --store '\(cache)'`. To do without its answer, name the "
        + "caches that count: `--expect-from URL`."
    }
    return "See whether it answers from this runner: `curl -fsS \(cache)/nix-cache-info`. Then prove again."
  }

  static func trusting(_ signer: String?, of path: StorePath) -> String {
    let sign =
      "sign it with a key that the run trusts and push it again: `nix store sign --key-file FILE \(path)`"
    guard let signer else {
      return "At the publisher, \(sign). attic signs by itself; other caches serve what they were given."
    }
    return "Trust the key: `--trusted-public-key '\(signer):…'`, or trusted-public-keys in nix.conf; or "
      + "\(sign). If a key named \(signer) is trusted already, it is another key of the same name: compare "
      + "it with the cache's."
  }

  static func afterError(of cache: String, about path: StorePath?, status: Int?) -> String {
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

extension Installable {
  /// A command that does nothing but evaluate it.
  var evaluation: String {
    let command = ["nix", "--extra-experimental-features", "nix-command flakes", "path-info", "--derivation"]
    // Older versions of Nix know no outputs in an installable.
    let words = plain.withoutOutputs.words + flags.flags.flatMap(\.words)
    return (command + ["--show-trace"] + words).map(\.shellWord).joined(separator: " ")
  }
}
