import NixModel

// The one place that words a means of writing.
extension MeansOfWriting {
  /// It as the object of a sentence: `The run held …`.
  var phrase: String {
    let permits =
      switch permission {
      case .readOnly(let claims): "which only reads (\(claims))"
      case .writes(let claims): "which may write (\(claims))"
      case .unknown(let why): "which counts as writing: \(why)"
      }
    let heard = (probes ?? []).map(\.phrase)
    return "\(name) in \(place), \(permits)" + (heard.isEmpty ? "" : "; " + heard.joined(separator: "; "))
  }

  /// The disagreement of credential and server, as a sentence.
  var dispute: String {
    let disputed = (probes ?? []).filter(\.isDisputed).map { probe in
      probe.claimsPush == true
        ? "claims that it may push to \(probe.cache), and the server refuses it"
        : "claims that it only reads \(probe.cache), and the server lets it push"
    }
    return "\(name) in \(place) ".capitalizedFirst + Words.list(disputed) + "."
  }

  /// The step after which the next run does not hold it.
  var remedy: String {
    switch kind {
    case .atticToken:
      "Take it from the proving runner (unset \(place)), or make it a token with `r` and nothing else: "
        + "`atticadm make-token --sub proof --validity 1d --pull CACHE`."
    case .netrcPassword:
      "Take the entry out of the proving runner's netrc, or make its password an Attic token that may only read."
    case .nixSecretKey: "Unset secret-key-files in the proving runner's nix.conf."
    case .postBuildHook: "Unset post-build-hook in the proving runner's nix.conf."
    case .storeAddress: "Take the secret out of the substituter's address on the proving runner."
    case .atticServerSecret, .cachixToken, .cachixSigningKey, .awsCredentials, .githubRuntimeToken,
      .googleCredentials, .minioCredentials, .niks3Token:
      "Take it from the proving runner: unset the variable or remove the file, and prove again." + assertion
    case .anonymousPut:
      "Let the cache refuse a PUT without credentials; whoever can reach it can change what it serves."
        + assertion
    case .sshKey, .sshAgent, .kubeconfig, .serviceAccountToken, .oidcRequestToken:
      "Prove on a runner without it." + assertion
    case .fileCache: "Prove as a user who may only read the directory." + assertion
    }
  }

  /// The advice to assert in the policy that the credential only reads.
  private var assertion: String {
    " Whoever knows that it only reads can say so in the policy: `read-only: [\"\(kind.rawValue)@\(place)\"]`."
  }

  /// It as a sentence where it does not make a run inconclusive; `nil` where it does, or reads by its own word.
  func remark(under policy: Policy) -> String? {
    let start = "The run held \(name) in \(place), "
    switch standing(under: policy) {
    case .decides, .reads: return nil
    case .asserted:
      return start + "which only reads, as the policy asserts (read-only); nothing here proves it."
    case .noted:
      return start
        + "which is good for many things and reaches no cache of this run by itself; under --strict it decides."
    }
  }

  private var name: String {
    switch kind {
    case .atticToken: "an Attic token"
    case .atticServerSecret: "the secret of an Attic server"
    case .netrcPassword: "a password"
    case .nixSecretKey: "a signing key"
    case .postBuildHook: "a hook"
    case .cachixToken: "a Cachix token"
    case .cachixSigningKey: "a Cachix signing key"
    case .awsCredentials: "AWS credentials"
    case .storeAddress: "a secret"
    case .githubRuntimeToken: "a token for GitHub's cache"
    case .googleCredentials: "Google's credentials"
    case .minioCredentials: "MinIO credentials"
    case .niks3Token: "a niks3 setting"
    case .anonymousPut: "the right of anybody to write"
    case .sshKey: "an SSH key without a passphrase"
    case .sshAgent: "an SSH agent"
    case .kubeconfig: "a Kubernetes user's credentials"
    case .serviceAccountToken: "a service account's token"
    case .oidcRequestToken: "the means to get OIDC tokens"
    case .fileCache: "a writable cache"
    }
  }
}

extension MeansOfWriting.Probe {
  /// The server's answer, as part of a sentence.
  fileprivate var phrase: String {
    switch answer {
    case .mayPush: "the server lets it push to \(cache)"
    case .mayNotPush(let status): "the server refuses it a push to \(cache) (HTTP \(status))"
    case .unanswered(let cause): "\(cache) did not say whether it may push: \(cause)"
    }
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
