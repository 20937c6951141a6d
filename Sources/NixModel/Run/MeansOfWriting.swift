/// Something on the runner that could write to a cache: where it was found and what it permits. Never its
/// value, nor a part or a hash of it.
public struct MeansOfWriting: Hashable, Sendable, Codable {
  /// What it is.
  public let kind: Kind
  /// Where it was found, for a sentence: `the environment variable ATTIC_TOKEN`.
  public let place: String
  /// What it permits, as far as can be told.
  public let permission: Permission

  /// Something found at a place.
  public init(_ kind: Kind, at place: String, _ permission: Permission) {
    self.kind = kind
    self.place = place
    self.permission = permission
  }

  /// The kinds of things that can write.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// A token for an Attic server.
    case atticToken = "attic-token"
    /// The secret of an Attic server, which can mint any token.
    case atticServerSecret = "attic-server-secret"
    /// A password in a netrc file: Nix sends it with uploads as well as with downloads.
    case netrcPassword = "netrc-password"
    /// A key that signs everything that Nix builds here (`secret-key-files`).
    case nixSecretKey = "nix-secret-key"
    /// A program that Nix runs after each build, and that may publish (`post-build-hook`).
    case postBuildHook = "post-build-hook"
    /// A token for Cachix.
    case cachixToken = "cachix-token"
    /// A signing key for Cachix.
    case cachixSigningKey = "cachix-signing-key"
    /// Credentials for AWS, and so for `s3://` caches.
    case awsCredentials = "aws-credentials"
    /// A secret key or a password in the address of a substituter.
    case storeAddress = "store-address"
  }

  /// What a credential permits.
  public enum Permission: Hashable, Sendable, Codable {
    /// It says itself that it may only read; its claims.
    case readOnly(String)
    /// It may write; its claims, or what it is for.
    case writes(String)
    /// It cannot be told; why.
    case unknown(String)
  }

  /// Whether a proof must count it as a means of writing: all but what is known to read only.
  public var countsAsWriting: Bool {
    switch permission {
    case .readOnly: false
    case .writes, .unknown: true
    }
  }
}
