/// The variables of this process with which Nix is started. Nix evaluates strangers' code, which can read all of them.
public struct PassedVariables: Hashable, Sendable {
  /// Variables that Nix gets although they may hold secrets, because an input needs them, such as a private one through
  /// git's credential helper.
  public var kept: Set<String>
  /// Whether a cache of this run is in S3: then Nix needs the variables `AWS_…`.
  public var asksS3: Bool

  /// Variables beside those that Nix gets anyway.
  public init(keeping kept: some Sequence<String> = [], asksS3: Bool = false) {
    self.kept = Set(kept)
    self.asksS3 = asksS3
  }

  /// The names among `names` that Nix is started without.
  func withheld(from names: some Sequence<String>) -> [String] {
    names.filter { !kept.contains($0) && isWithheld($0) }
  }

  private func isWithheld(_ name: String) -> Bool {
    let name = name.uppercased()
    if name.hasPrefix("AWS_") { return !asksS3 }
    return Self.families.contains { name.hasPrefix($0) } || Self.signs.contains { name.contains($0) }
      || name.hasSuffix("_PAT") || Self.others.contains(name)
  }

  /// Prefixes of variables for caches, forges, clouds and warmth, which are never for Nix.
  private static let families = [
    "ATTIC_", "CACHIX_", "NIKS3_", "WARMTH_BUNDLE_", "ACTIONS_", "GITLAB_", "MC_HOST_", "MINIO_", "GOOGLE_",
    "CLOUDSDK_", "GCP_", "AZURE_", "ARM_", "R2_", "B2_", "RCLONE_", "VAULT_", "DOCKER_AUTH",
  ]
  /// Parts of the usual names of secrets.
  private static let signs = [
    "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "PRIVATE_KEY", "SIGNING_KEY",
    "API_KEY",
    "APIKEY", "ACCESS_KEY", "_JWT",
  ]
  /// Addresses with a token in them, and keys by other names.
  private static let others: Set = [
    "CI_REPOSITORY_URL", "GPG_KEY", "KUBECONFIG_DATA",
  ]
}
