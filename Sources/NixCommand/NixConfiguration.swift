public import NixModel

/// Settings that a run gives to Nix, as lines of `nix.conf` for the variable `NIX_CONFIG`.
public struct NixConfiguration: Sendable {
  /// Names and values. Values can hold credentials: they go to Nix alone.
  private var settings: [(name: String, value: String)] = [
    ("extra-experimental-features", "nix-command flakes"),
    // A pull request's flake must not choose the caches that vouch for it.
    ("accept-flake-config", "false"),
  ]

  /// The settings that every question to Nix needs.
  public init() {}

  /// The settings of a proof: the chosen caches and keys, no leniency, no memory of earlier lookups.
  public init(substituters: [SubstituterURL], keys: TrustedKeys, substitutes: Bool, version: NixVersion) {
    settings += [
      ("substituters", substituters.map(\.configured).joined(separator: " ")),
      ("trusted-public-keys", keys.keys.map(\.description).joined(separator: " ")),
      ("require-sigs", "true"),
      ("fallback", "false"),
      // The error of a failed build quotes so many of the builder's last lines.
      ("log-lines", "25"),
      // Nix is given an empty narinfo cache, but a daemon has its own. Paths that it remembers as missing may have been
      // published since, so it must forget them. It may remember found paths for half a minute: otherwise Nix asks for
      // every narinfo three times in one build.
      ("narinfo-cache-negative-ttl", "0"),
      ("narinfo-cache-positive-ttl", "30"),
    ]
    if version >= NixVersion(2, 34) { settings.append(("narinfo-cache-meta-ttl", "30")) }
    // Without a network address Nix switches substitution off unless it is set explicitly, and a cache
    // on loopback or in a file needs no network.
    if substitutes { settings.append(("substitute", "true")) }
  }

  /// The same with one more setting.
  public func setting(_ name: String, to value: String) -> NixConfiguration {
    var other = self
    other.settings.append((name, value))
    return other
  }

  /// The text for `NIX_CONFIG`, behind the user's own and the options of the command line.
  func appended(to existing: String?, and options: [(name: String, value: String)] = []) -> String {
    ((existing.map { [$0] } ?? []) + (options + settings).map { "\($0.name) = \($0.value)" })
      .joined(separator: "\n")
  }
}
