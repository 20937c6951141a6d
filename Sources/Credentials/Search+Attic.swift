import Foundation
import NixModel
import TOMLKit

extension Surroundings {
  /// Attic's tokens, and the secrets of its server.
  func attic(_ now: Date) -> [Finding] {
    var found: [Finding] = []
    if let token = variable("ATTIC_TOKEN") {
      found.append(
        Finding(atticToken: token, at: place("ATTIC_TOKEN"), for: variable("ATTIC_SERVER"), in: self, now))
    }
    found += variables(
      [
        "ATTIC_SERVER_TOKEN_HS256_SECRET_BASE64", "ATTIC_SERVER_TOKEN_RS256_SECRET_BASE64",
        "ATTIC_SERVER_CONFIG_BASE64",
      ], of: .atticServerSecret, .writes("it can mint any token"))
    guard let directory = configurationDirectory else { return found }
    let path = "\(directory)/attic/config.toml"
    return found + search(path, for: .atticToken) { atticServers(in: $0, path, now) }
  }

  private func atticServers(in text: String, _ path: String, _ now: Date) -> [Finding] {
    guard text.split(whereSeparator: \.isNewline).allSatisfy(Self.isPlain),
      let table = try? TOMLTable(string: text)
    else {
      let why = "it is not the TOML of Attic's configuration"
      return [Finding(.init(.atticToken, at: "the file \(path)", .unknown(why)), holding: text)]
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

  /// Whether a line has one of the plain forms that Attic writes: a comment, a table, or a key with a simple
  /// value.
  ///
  /// The TOML library ends the process over some malformed files (`[=`). So it does not get a file with any
  /// other line, and the file counts as a credential that cannot be read.
  private static func isPlain(_ line: Substring) -> Bool {
    let plain =
      /\s*(?:\[[A-Za-z0-9_.\-]+\]|[A-Za-z0-9_\-]+\s*=\s*(?:"[^"\\]*"|'[^']*'|true|false|[0-9]+))?\s*(?:#.*)?/
    // The match is by Unicode scalars, because in TOML a quote ends a string even if a combining mark follows
    // it.
    return line.wholeMatch(of: plain.matchingSemantics(.unicodeScalar)) != nil && !line.utf8.contains(0)
  }
}
