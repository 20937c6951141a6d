/// Something on the runner that could write to a cache: its kind, its place and its permission. It never holds the value
/// of a credential, nor a part or a hash of the value.
public struct MeansOfWriting: Hashable, Sendable, Codable {
  /// Its kind.
  public let kind: Kind
  /// Where it was found, for a sentence: `the environment variable ATTIC_TOKEN`.
  public let place: String
  /// Its permission, as far as can be told.
  public let permission: Permission
  /// The server's own answers, cache by cache, to the question whether this may push. `nil` where it was not asked.
  public let probes: [Probe]?
  /// The caches of the run that it reaches, for a credential that is good for many things. `nil` for a credential of a
  /// cache or of its storage, which always decides.
  public let reaching: [String]?

  /// Something found at a place.
  public init(
    _ kind: Kind, at place: String, _ permission: Permission, probes: [Probe]? = nil,
    reaching: [String]? = nil
  ) {
    self.kind = kind
    self.place = place
    self.permission = permission
    self.probes = probes
    self.reaching = reaching
  }

  /// The same with the answers of servers.
  public func hearing(_ probes: [Probe]) -> MeansOfWriting {
    MeansOfWriting(kind, at: place, permission, probes: probes, reaching: reaching)
  }

  /// A server's own word on a credential, for one cache.
  public struct Probe: Hashable, Sendable, Codable {
    /// The cache's address, without credentials.
    public let cache: String
    /// Whether the credential claims that it may push there; `nil` where it claims nothing that can be read.
    public let claimsPush: Bool?
    /// The server's answer.
    public let answer: Answer

    /// The possible answers of a server.
    public enum Answer: Hashable, Sendable, Codable {
      /// It lets the credential push.
      case mayPush
      /// It does not, in Attic's own words (403).
      case mayNotPush(status: Int)
      /// It gave no answer; why.
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
    /// A job's token for GitHub's cache (`ACTIONS_RUNTIME_TOKEN`).
    case githubRuntimeToken = "github-runtime-token"
    /// Credentials for Google Cloud, and so for its storage.
    case googleCredentials = "google-credentials"
    /// Credentials for MinIO, and for other stores that MinIO's client is used with.
    case minioCredentials = "minio-credentials"
    /// A token to push with niks3.
    case niks3Token = "niks3-token"
    /// No credential at all: the cache takes uploads from anybody.
    case anonymousPut = "anonymous-put"
    /// A private key of SSH without a passphrase.
    case sshKey = "ssh-key"
    /// An agent that signs for SSH.
    case sshAgent = "ssh-agent"
    /// The credentials of a Kubernetes user.
    case kubeconfig
    /// The token of a pod's service account.
    case serviceAccountToken = "service-account-token"
    /// A job's token to request OIDC tokens with (`ACTIONS_ID_TOKEN_REQUEST_TOKEN`).
    case oidcRequestToken = "oidc-request-token"
    /// A cache in a directory that the prover may write to.
    case fileCache = "file-cache"
  }

  /// The permission of a credential.
  public enum Permission: Hashable, Sendable, Codable {
    /// It says itself that it may only read; its claims.
    case readOnly(String)
    /// It may write; its claims, or its purpose.
    case writes(String)
    /// It cannot be told; why.
    case unknown(String)
  }

  /// Whether a proof must count it as a means of writing. Only a means that is known to read only does not count.
  ///
  /// A server's word is stronger than a claim. Where the server lets the credential push, it counts, whatever it claims;
  /// where every server that was asked refuses, a credential without claims does not. Only a 403 is a refusal, because
  /// Attic gives a 401 for caches that do not exist, too.
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
          case .mayNotPush(let status): status == 403
          case .mayPush, .unanswered: false
          }
        }
    }
  }

  /// Its weight in a run.
  public enum Standing: String, Hashable, Sendable, Codable {
    /// It only reads.
    case reads
    /// The policy says that it only reads, which is an assertion and no proof.
    case asserted
    /// It may write, is good for many things, and reaches no cache of the run as far as can be told.
    case noted
    /// It may write to a cache: the run proves nothing.
    case decides
  }

  /// Its weight under `policy`.
  public func standing(under policy: Policy) -> Standing {
    guard countsAsWriting else { return .reads }
    if isAssertable, policy.readOnly.contains(where: { $0.covers(self) }) { return .asserted }
    guard let reaching, reaching.isEmpty, !policy.strict else { return .decides }
    return .noted
  }

  /// Whether a policy can assert that it only reads. A policy cannot contradict the server, nor the credential's own
  /// claims.
  private var isAssertable: Bool {
    if (probes ?? []).contains(where: { $0.answer == .mayPush }) { return false }
    switch (kind, permission) {
    case (.atticToken, .writes), (.netrcPassword, .writes): return false
    default: return true
    }
  }
}

/// The assertion of a policy that a means of writing only reads: `netrc-password@/etc/nix/netrc`.
public struct ReadOnlyAssertion: Hashable, Sendable {
  /// The kind of means.
  public let kind: MeansOfWriting.Kind
  /// Where that was found, as a run shows it, or without the words before the name: `ATTIC_TOKEN`, a file's path.
  public let place: String

  /// Parses `KIND@PLACE`.
  ///
  /// - Throws: ``ReadOnlyAssertionError`` where there is no such kind, or no place.
  public init(parsing text: String) throws(ReadOnlyAssertionError) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = MeansOfWriting.Kind(rawValue: String(parts[0])), !parts[1].isEmpty
    else { throw ReadOnlyAssertionError(text: text.excerpt) }
    self.kind = kind
    place = String(parts[1])
  }

  /// Whether it is about `means`: the place itself, or the file that the place is in.
  public func covers(_ means: MeansOfWriting) -> Bool {
    guard means.kind == kind else { return false }
    var names = [means.place]
    for words in Self.introductions where means.place.hasPrefix(words) {
      names.append(String(means.place.dropFirst(words.count)))
    }
    return names.contains { $0 == place || $0.hasPrefix("\(place), ") }
  }

  /// The words before the names of places.
  private static let introductions = [
    "the environment variable ", "the file ", "the substituter ", "the directory ", "the socket ",
    "Nix's setting secret-key-files, ", "Nix's setting post-build-hook, ",
  ]
}

extension ReadOnlyAssertion: CustomStringConvertible {
  public var description: String { "\(kind.rawValue)@\(place)" }
}

/// Why a text is no assertion about a means of writing.
public struct ReadOnlyAssertionError: Error, Hashable, Sendable {
  /// An excerpt of the text.
  public let text: String
}

extension ReadOnlyAssertionError: CustomStringConvertible {
  public var description: String {
    let kinds = MeansOfWriting.Kind.allCases.map(\.rawValue).sorted().joined(separator: ", ")
    return "'\(text)' is no KIND@PLACE, as a run shows what it found; the kinds are \(kinds)"
  }
}
