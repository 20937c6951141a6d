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

  /// What the credential and the server disagree on, as a sentence.
  var dispute: String {
    let disputed = (probes ?? []).filter(\.isDisputed).map { probe in
      probe.claimsPush == true
        ? "claims that it may push to \(probe.cache), and the server refuses it"
        : "claims that it only reads \(probe.cache), and the server lets it push"
    }
    return "\(name) in \(place) ".capitalizedFirst + Words.list(disputed) + "."
  }

  /// What to do so that the next run does not hold it.
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
    case .atticServerSecret, .cachixToken, .cachixSigningKey, .awsCredentials:
      "Take it from the proving runner: unset the variable or remove the file, and prove again."
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
    }
  }
}

extension MeansOfWriting.Probe {
  /// What the server said, as part of a sentence.
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
