public import Foundation
public import NixModel

extension Surroundings {
  /// All means of writing to a cache, in a stable order.
  ///
  /// A file that could hold credentials and cannot be read is a finding too, because silence is no proof.
  public func meansOfWriting(at now: Date) -> [MeansOfWriting] { findings(at: now).map(\.means) }

  /// All means of writing, with the questions to their servers.
  public func findings(at now: Date) -> [Finding] {
    attic(now) + netrc(now) + nix() + cachix() + aws() + google() + minio() + niks3() + github() + addresses()
      + ssh() + kubernetes() + oidc() + fileCaches()
  }

  /// Tells `secrets` all values of the findings, and other secret values that are no means of writing.
  public func teach(_ secrets: KnownSecrets, _ findings: [Finding]) {
    for finding in findings {
      for secret in finding.secrets { secret.reveal { secrets.learn($0) } }
    }
    for path in netrcFiles {
      guard case .text(let text) = readFile(path) else { continue }
      for entry in Netrc(parsing: text).entries {
        entry.password?.reveal { secrets.learn(user: entry.login, password: $0) }
      }
    }
    for substituter in substituters {
      if let pair = substituter.credentials { secrets.learn(user: pair.user, password: pair.password) }
    }
    for token in tokensOfFetchers { secrets.learn(token) }
  }

  /// The tokens with which Nix fetches inputs, from `NIX_CONFIG`: `access-tokens = github.com=…`. Malformed
  /// lines, which Nix would refuse, are read as well.
  private var tokensOfFetchers: [String] {
    (variable("NIX_CONFIG") ?? "").split(whereSeparator: \.isNewline).filter {
      $0.contains("access-tokens")
    }.flatMap { line in
      line.split { $0.isWhitespace }.filter { $0.contains("=") }.flatMap { word -> [String] in
        let token = word.split(separator: "=", maxSplits: 1).last.map(String.init) ?? ""
        // GitLab's tokens begin with a kind: `PAT:…`, `OAuth2:…`.
        return [token] + token.split(separator: ":", maxSplits: 1).dropFirst().map(String.init)
      }
    }
  }

  // MARK: Shared by all searches

  func place(_ variable: String) -> String { "the environment variable \(variable)" }

  /// The findings in a credential's file: the result of `read` on its text, or one finding that says that the
  /// file cannot be read.
  func search(
    _ path: String, for kind: MeansOfWriting.Kind, reaching: [String]? = nil, _ read: (String) -> [Finding]
  ) -> [Finding] {
    switch readFile(path) {
    case .absent: []
    case .unreadable(let cause):
      [
        Finding(
          MeansOfWriting(
            kind, at: "the file \(path)", .unknown("it cannot be read: \(cause)"), reaching: reaching))
      ]
    case .text(let text): read(text)
    }
  }

  /// One finding for each variable that is set.
  func variables(
    _ names: [String], of kind: MeansOfWriting.Kind, _ permission: MeansOfWriting.Permission
  ) -> [Finding] {
    names.compactMap { name in
      variable(name).map { value in
        Finding(.init(kind, at: place(name), permission), secrets: secrets(in: value))
      }
    }
  }

  /// The secrets in a variable's value: the content of the file that it names, the credentials in an address,
  /// or else the value itself. An address without credentials is no secret.
  private func secrets(in value: String) -> [Secret] {
    if value.hasPrefix("/"), case .text(let text) = readFile(value) { return [Secret(text)] }
    guard value.contains("://") else { return [Secret(value)] }
    guard let address = URLComponents(string: value), let password = address.password else { return [] }
    return [Secret(password), Secret("\(address.user ?? ""):\(password)")]
      + (address.user.map { [Secret($0)] } ?? [])
  }

  /// The values that follow the matches of a pattern, without blanks and quotes.
  func values(of pattern: some RegexComponent, in text: String) -> [String] {
    text.matches(of: pattern.regex).compactMap { match -> String? in
      let rest = text[match.range.upperBound...].prefix { !$0.isNewline && $0 != "," && $0 != "}" }
      let value = rest.trimmingCharacters(in: CharacterSet(charactersIn: " \t\"'"))
      return value.isEmpty ? nil : value
    }
  }
}
