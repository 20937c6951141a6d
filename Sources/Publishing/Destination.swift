import NixModel

/// Where a publication goes, and how. A further way is a case here, and a ``Backend`` in a file of its own.
public enum Destination: Sendable {
  case attic(AtticServer)
  case nixCopy(NixCopy)

  /// A cache of an Attic server.
  public struct AtticServer: Sendable {
    let url: SubstituterURL
    /// The client's name for the server.
    let alias: String
    let cache: String
    let token: PublisherToken
    /// Whether paths are pushed that an upstream cache has signed.
    let ignoresUpstreamFilter: Bool

    /// - Throws: ``Refusal``.
    public init(
      server: String, alias: String, cache: String, token: String?, ignoresUpstreamFilter: Bool
    ) throws(Refusal) {
      guard !server.isEmpty else {
        throw Refusal(
          "ATTIC_SERVER is not set: the URL of the Attic server, such as https://attic.example.org. To build without publishing, give --no-push; to publish with nix copy, --to URL"
        )
      }
      url = try PlainAddress.parse(server, of: "ATTIC_SERVER", ["http", "https"])
      guard !server.contains("?"), !server.contains("#") else {
        throw Refusal("ATTIC_SERVER is the server's own URL, without ? and #")
      }
      guard Self.isName(cache) else {
        throw Refusal(
          "--cache (or ATTIC_CACHE) must name the cache, and '\(cache.excerpt)' is no name of one")
      }
      guard Self.isName(alias) else {
        throw Refusal(
          "ATTIC_SERVER_NAME is the client's alias for the server, and '\(alias.excerpt)' is none")
      }
      self.token = try PublisherToken(token)
      (self.alias, self.cache, self.ignoresUpstreamFilter) = (alias, cache, ignoresUpstreamFilter)
    }

    /// As Attic's own client and server have it (`attic/src/cache.rs`).
    private static func isName(_ text: String) -> Bool {
      text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_+-]{0,49}/) != nil
    }

    /// The client's name for the cache.
    var reference: String { "\(alias):\(cache)" }
  }

  /// A store that `nix copy` writes to.
  public struct NixCopy: Sendable {
    let url: SubstituterURL
    /// The file of the secret key to sign with.
    let keyFile: String?

    /// - Throws: ``Refusal``.
    public init(to address: String, signingWith keyFile: String?) throws(Refusal) {
      url = try PlainAddress.parse(address, of: "--to", ["file", "https", "http", "s3", "ssh", "ssh-ng"])
      guard keyFile?.wholeMatch(of: /[A-Za-z0-9\/._+-]+/) != nil || keyFile == nil else {
        throw Refusal("--signing-key must have a plain path, since it becomes a part of a URL")
      }
      self.keyFile = keyFile
    }

    /// Whether only Nix can ask it, as whoever publishes.
    var isStoreOfNix: Bool { url.scheme.hasPrefix("ssh") }

    /// The address to write to. Stores behind ssh take no key: there paths are signed before.
    var address: String {
      guard let keyFile, !isStoreOfNix else { return url.configured }
      return url.configured + (url.configured.contains("?") ? "&" : "?") + "secret-key=\(keyFile)"
    }
  }

  /// Where readers substitute from, if it was not said.
  ///
  /// - Returns: `nil` for a store that only Nix can ask.
  /// - Throws: ``Refusal`` where it cannot be told.
  func readSide() throws(Refusal) -> SubstituterURL? {
    switch self {
    case .attic(let server):
      do { return try SubstituterURL(parsing: "\(server.url.canonical)/\(server.cache)") } catch {
        throw Refusal("ATTIC_SERVER: \(error)")
      }
    case .nixCopy(let copy) where copy.url.scheme == "s3":
      throw Refusal(
        "--read-side is needed with --to s3://: the URL that readers substitute from. The bucket itself would answer to this publisher's own credentials, which says nothing of readers"
      )
    case .nixCopy(let copy): return copy.isStoreOfNix ? nil : copy.url
    }
  }

  /// The place that is written to.
  var place: SubstituterURL {
    switch self {
    case .attic(let server): server.url
    case .nixCopy(let copy): copy.url
    }
  }

  /// The options that publish to it again, for a remedy.
  var options: String {
    switch self {
    case .attic(let server): "--cache \(server.cache)` with ATTIC_SERVER=\(server.url.canonical)"
    case .nixCopy(let copy):
      "--to \(copy.url.canonical)\(copy.keyFile.map { " --signing-key \($0)" } ?? "")`"
    }
  }

  /// How it is recorded.
  func recorded(readAt readSide: SubstituterURL?) -> PublicationDestination {
    switch self {
    case .attic(let server):
      PublicationDestination(kind: .attic, cache: server.cache, server: server.url, readSide: readSide)
    case .nixCopy(let copy):
      PublicationDestination(
        kind: .nixCopy, cache: nil, server: copy.url, readSide: readSide ?? copy.url)
    }
  }
}
