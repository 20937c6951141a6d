/// Something on the runner that could write to a cache: where it was found and what it permits. Never its
/// value, nor a part or a hash of it.
public struct MeansOfWriting: Hashable, Sendable, Codable {
  /// What it is.
  public let kind: Kind
  /// Where it was found, for a sentence: `the environment variable ATTIC_TOKEN`.
  public let place: String
  /// What it permits, as far as can be told.
  public let permission: Permission
  /// What the server itself said, cache by cache, where it was asked whether this may push. `nil` where it
  /// was not asked.
  public let probes: [Probe]?

  /// Something found at a place.
  public init(_ kind: Kind, at place: String, _ permission: Permission, probes: [Probe]? = nil) {
    self.kind = kind
    self.place = place
    self.permission = permission
    self.probes = probes
  }

  /// A server's own word on a credential, for one cache.
  public struct Probe: Hashable, Sendable, Codable {
    /// The cache's address, without credentials.
    public let cache: String
    /// Whether the credential claims that it may push there; `nil` where it claims nothing that can be read.
    public let claimsPush: Bool?
    /// What the server says.
    public let answer: Answer

    /// What a server can say.
    public enum Answer: Hashable, Sendable, Codable {
      /// It lets the credential push.
      case mayPush
      /// It does not (401, 403).
      case mayNotPush(status: Int)
      /// It did not say; why.
      case unanswered(String)
    }

    /// A server's word.
    public init(cache: String, claimsPush: Bool?, answer: Answer) {
      self.cache = cache
      self.claimsPush = claimsPush
      self.answer = answer
    }

    /// Whether the server and the credential contradict each other.
    public var isDisputed: Bool {
      switch (claimsPush, answer) {
      case (true?, .mayNotPush), (false?, .mayPush): true
      case (_, .mayPush), (_, .mayNotPush), (_, .unanswered): false
      }
    }
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
  ///
  /// A server's word is stronger than a claim: where it lets the credential push, that writes, whatever it
  /// claims; and where it refuses everywhere it was asked, a credential that says nothing of itself does not.
  public var countsAsWriting: Bool {
    let answers = (probes ?? []).map(\.answer)
    if answers.contains(.mayPush) { return true }
    switch permission {
    case .readOnly: return false
    case .writes: return true
    case .unknown:
      return answers.isEmpty
        || !answers.allSatisfy {
          switch $0 {
          case .mayNotPush: true
          case .mayPush, .unanswered: false
          }
        }
    }
  }
}
