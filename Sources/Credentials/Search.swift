public import Foundation
public import NixModel
import TOMLKit

extension Surroundings {
  /// Every means of writing to a cache, all at once, in a stable order.
  ///
  /// A file that could hold credentials and cannot be read is a finding of its own: silence is no proof.
  public func meansOfWriting(at now: Date) -> [MeansOfWriting] { findings(at: now).map(\.means) }

  /// Every means of writing, with what a server can be asked about it.
  public func findings(at now: Date) -> [Finding] {
    attic(now) + netrc(now) + (nix() + cachix() + aws() + addresses()).map { Finding($0) }
  }

  // MARK: Attic

  private func attic(_ now: Date) -> [Finding] {
    var found: [Finding] = []
    if let token = variable("ATTIC_TOKEN") {
      found.append(
        Finding(atticToken: token, at: place("ATTIC_TOKEN"), for: variable("ATTIC_SERVER"), in: self, now))
    }
    for name in [
      "ATTIC_SERVER_TOKEN_HS256_SECRET_BASE64", "ATTIC_SERVER_TOKEN_RS256_SECRET_BASE64",
      "ATTIC_SERVER_CONFIG_BASE64",
    ] where variable(name) != nil {
      found.append(
        Finding(.init(.atticServerSecret, at: place(name), .writes("it can mint any token"))))
    }
    guard let directory = configurationDirectory else { return found }
    let path = "\(directory)/attic/config.toml"
    switch readFile(path) {
    case .absent: break
    case .unreadable(let cause):
      found.append(
        Finding(.init(.atticToken, at: "the file \(path)", .unknown("it cannot be read: \(cause)"))))
    case .text(let text): found += atticServers(in: text, path, now)
    }
    return found
  }

  private func atticServers(in text: String, _ path: String, _ now: Date) -> [Finding] {
    guard text.split(whereSeparator: \.isNewline).allSatisfy(Self.isPlain),
      let table = try? TOMLTable(string: text)
    else {
      let why = "it is not the TOML of Attic's configuration"
      return [Finding(.init(.atticToken, at: "the file \(path)", .unknown(why)))]
    }
    guard let servers = table["servers"]?.table else { return [] }
    return servers.keys.sorted().flatMap { name -> [Finding] in
      guard let server = servers[name]?.table else { return [] }
      let place = "the file \(path), server '\(name)'"
      let endpoint = server["endpoint"]?.string
      var found: [Finding] = []
      if let token = server["token"]?.string, !token.isEmpty {
        found.append(Finding(atticToken: token, at: place, for: endpoint, in: self, now))
      }
      if let file = server["token-file"]?.string, !file.isEmpty {
        let place = "\(place), token-file \(file)"
        switch readFile(file) {
        case .absent: break
        case .unreadable(let cause):
          found.append(Finding(.init(.atticToken, at: place, .unknown("it cannot be read: \(cause)"))))
        case .text(let text):
          let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
          found.append(Finding(atticToken: token, at: place, for: endpoint, in: self, now))
        }
      }
      return found
    }
  }

  /// Whether a line is of the plain kind that Attic writes: a comment, a table, or a key with a string.
  ///
  /// The TOML library ends the process over some malformed files (`[=`), so what is not plain is not shown
  /// to it, and counts as a credential that cannot be read.
  private static func isPlain(_ line: Substring) -> Bool {
    let plain =
      /\s*(?:\[[A-Za-z0-9_.\-]+\]|[A-Za-z0-9_\-]+\s*=\s*(?:"[^"\\]*"|'[^']*'|true|false|[0-9]+))?\s*(?:#.*)?/
    // By scalars: a quote that a joining mark follows ends a string in TOML.
    return line.wholeMatch(of: plain.matchingSemantics(.unicodeScalar)) != nil && !line.utf8.contains(0)
  }

  // MARK: Netrc

  private func netrc(_ now: Date) -> [Finding] {
    netrcFiles.flatMap { path -> [Finding] in
      switch readFile(path) {
      case .absent: return []
      case .unreadable(let cause):
        let why = "it cannot be read: \(cause)"
        return [Finding(.init(.netrcPassword, at: "the file \(path)", .unknown(why)))]
      case .text(let text):
        return Netrc(parsing: text).entries.compactMap { entry in
          entry.password.map { password in
            let machine = entry.machine.map { "machine \($0)" } ?? "default"
            return finding(password, at: "the file \(path), \(machine)", machine: entry.machine, now)
          }
        }
      }
    }
  }

  /// Attic takes its token as a password, so one may say of itself that it only reads. Any other password
  /// is sent with uploads as with downloads.
  private func finding(_ password: Secret, at place: String, machine: String?, _ now: Date) -> Finding {
    password.reveal { text in
      guard let token = try? AtticToken(decoding: text) else {
        return Finding(
          .init(.netrcPassword, at: place, .unknown("a password does not say what it permits")))
      }
      // Nix sends it to this host with every request anyway, so the host may be asked about it.
      let caches = substituters.filter { $0.isHTTP && URL(string: $0.canonical)?.host() == machine }
      return Finding(
        .init(.netrcPassword, at: place, token.permission(at: now)),
        question: ServerQuestion(
          caches: caches.compactMap { AtticCache(substituter: $0) }, token: Secret(text), claims: token))
    }
  }

  // MARK: Nix, Cachix, AWS, addresses

  private func nix() -> [MeansOfWriting] {
    let keys = secretKeyFiles.map {
      MeansOfWriting(
        .nixSecretKey, at: "Nix's setting secret-key-files, \($0)", .writes("it signs what is built here"))
    }
    let hook = postBuildHook.map {
      MeansOfWriting(
        .postBuildHook, at: "Nix's setting post-build-hook, \($0)",
        .writes("it runs after each build, and may publish"))
    }
    return keys + (hook.map { [$0] } ?? [])
  }

  private func cachix() -> [MeansOfWriting] {
    var found: [MeansOfWriting] = []
    if variable("CACHIX_AUTH_TOKEN") != nil {
      found.append(
        .init(.cachixToken, at: place("CACHIX_AUTH_TOKEN"), .unknown("it does not say what it permits")))
    }
    if variable("CACHIX_SIGNING_KEY") != nil {
      found.append(
        .init(.cachixSigningKey, at: place("CACHIX_SIGNING_KEY"), .writes("it signs what is pushed")))
    }
    guard let directory = configurationDirectory else { return found }
    let path = "\(directory)/cachix/cachix.dhall"
    switch readFile(path) {
    case .absent: break
    case .unreadable(let cause):
      found.append(.init(.cachixToken, at: "the file \(path)", .unknown("it cannot be read: \(cause)")))
    case .text(let text):
      // Dhall is a language; what matters is whether one of its two secrets is a text that is not empty.
      if text.firstMatch(of: /authToken\s*=\s*"[^"]/.matchingSemantics(.unicodeScalar)) != nil {
        found.append(.init(.cachixToken, at: "the file \(path)", .unknown("it does not say what it permits")))
      }
      if text.firstMatch(of: /secretKey\s*=\s*"[^"]/.matchingSemantics(.unicodeScalar)) != nil {
        found.append(.init(.cachixSigningKey, at: "the file \(path)", .writes("it signs what is pushed")))
      }
    }
    return found
  }

  private func aws() -> [MeansOfWriting] {
    let names = [
      "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE",
      "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    ]
    let why = MeansOfWriting.Permission.unknown("what it permits is known to AWS alone")
    var found = names.filter { variable($0) != nil }.map {
      MeansOfWriting(.awsCredentials, at: place($0), why)
    }
    let files = [
      variable("AWS_SHARED_CREDENTIALS_FILE") ?? home.map { "\($0)/.aws/credentials" },
      variable("AWS_CONFIG_FILE") ?? home.map { "\($0)/.aws/config" },
    ]
    for path in files.compactMap({ $0 }) {
      switch readFile(path) {
      case .absent: break
      case .unreadable(let cause):
        found.append(.init(.awsCredentials, at: "the file \(path)", .unknown("it cannot be read: \(cause)")))
      case .text(let text):
        let holds =
          /(?im)^[ \t]*(aws_access_key_id|aws_secret_access_key|aws_session_token|credential_process|sso_session|sso_start_url|role_arn|web_identity_token_file)\s*=\s*\S/
        if text.firstMatch(of: holds.matchingSemantics(.unicodeScalar)) != nil {
          found.append(.init(.awsCredentials, at: "the file \(path)", why))
        }
      }
    }
    return found
  }

  private func addresses() -> [MeansOfWriting] {
    substituters.compactMap { url in
      if url.configured.holds("secret-key=") {
        return .init(.storeAddress, at: "the substituter \(url)", .writes("its address names a secret key"))
      }
      if let password = url.credentials?.password {
        let permission = MeansOfWriting.Permission(ofAtticToken: password, at: .distantPast)
        return .init(
          .storeAddress, at: "the substituter \(url)",
          permission.isReadOnly ? permission : .unknown("its address holds a password"))
      }
      return nil
    }
  }

  private func place(_ variable: String) -> String { "the environment variable \(variable)" }
}

extension MeansOfWriting.Permission {
  fileprivate var isReadOnly: Bool {
    switch self {
    case .readOnly: true
    case .writes, .unknown: false
    }
  }
}
