import NixModel

// The one place that words what readers lack, and the remedies.
extension PublicationFault {
  init(_ code: Code.Known, path: StorePath?, isFatal: Bool, _ message: String) {
    self.init(code: Code(code), path: path, isFatal: isFatal, message: message)
  }

  /// A push that failed.
  static func push(of what: String, _ failure: PushOutcome.Failure, to destination: Destination) -> Self {
    let advice =
      switch (failure.cause, destination) {
      case (.readOnlyToken, .attic(let server)):
        " The server knows the token and refuses to let it write: it is a read-only token, or one for another cache. A publisher's token needs pull and push for '\(server.cache)' (atticadm make-token --pull \(server.cache) --push \(server.cache))."
      case (.unknownToken, .attic(let server)):
        " The server does not know the token, or has no cache '\(server.cache)' for it: is it for this server, and not expired?"
      case (.readOnlyToken, .nixCopy), (.unknownToken, .nixCopy):
        " Its server refuses this user: give Nix's netrc-file, or the variables of the store, what may write there."
      case (.refused(413), _):
        " Something in front of the server takes no archive of that size (413): raise its limit (nginx: client_max_body_size)."
      case (.refused(let status), _): " The server answered \(status), also when it was asked again."
      case (.lostConnection, _): " The connection broke, also when it was tried again."
      case (.other, _): ""
      }
    return Self(
      .pushFailed, path: nil, isFatal: true,
      "the push of \(what) failed.\(advice) The last lines: \(failure.words)")
  }

  /// A path that readers lack.
  static func lack(
    _ lack: Reading.Lack, of path: StorePath, at place: SubstituterURL, in order: Order
  ) -> Self {
    let again = order.destination.map { "`warmth publish \(path) \($0.options)" } ?? ""
    let message =
      switch lack {
      case .missing(let why):
        "\(path) was published, and \(place) does not serve it: \(why). Is this the URL that readers substitute from (--read-side)? Are the two sides wired to the same cache? If so, push it again: \(again)"
      case .unsigned:
        "\(path) was published, and \(place) does not serve it: it has no signature there, so readers refuse it. nix copy signs with --signing-key; what is there unsigned must be removed first, or signed there, and pushed again: \(again)"
      case .untrusted(let names):
        "\(path) was published, and readers refuse it at \(place): it is signed there by \(names.joined(separator: ", ")), and no signature is one of a key that they trust (--read-key). Name that key if they do; else remove the narinfo there, and push it again: \(again)"
      case .noArchive(let why):
        "\(place) has the narinfo of \(path) and not its archive: \(why). A push may skip what looks published, so remove \(path.hashPart).narinfo there first, and push it again: \(again)"
      }
    return Self(lack.code, path: path, isFatal: true, message)
  }

  /// A path that Attic left out.
  static func filtered(_ path: StorePath, by key: String, at place: SubstituterURL) -> Self {
    Self(
      .upstreamFiltered, path: path, isFatal: true,
      "\(path) was left out by Attic's upstream filter, because of its signature by \(key), and \(place) does not serve it: who reads from there alone must build it. Where all readers use the upstream cache as well, say so by --upstream https://cache.nixos.org; else give --ignore-upstream-cache-filter"
    )
  }

  /// A path that readers get with another content than it has here.
  static func otherContent(_ path: StorePath, at place: SubstituterURL, isPushed: Bool) -> Self {
    Self(
      .otherContent, path: path, isFatal: isPushed,
      isPushed
        ? "\(path) was pushed, and \(place) serves another content for it: an older answer is kept in front of the cache, or the two sides are different caches"
        : "\(place) has \(path) with another content, from another build of the same derivation, and keeps it. Readers get that one; to build on it here as well, let Nix substitute from there (substituters, trusted-public-keys)"
    )
  }
}
