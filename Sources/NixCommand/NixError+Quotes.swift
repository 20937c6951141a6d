import NixModel

extension NixError {
  /// The same without Nix's quotations of its configuration, because a malformed line can be a token. Names of settings and
  /// files stay.
  var withoutQuotedSettings: NixError {
    guard case .failed(let question, let exit, let message) = self else { return self }
    return .failed(question: question, exit: exit, message: Self.withoutQuotes(message))
  }

  static func withoutQuotes(_ message: String) -> String {
    message.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      // A substituter by its name, which is no secret: its credentials are redacted already.
      guard !line.hasPrefix("Cannot parse Nix store ") else { return String(line) }
      var shown = ""
      var rest = line
      while let start = rest.firstIndex(where: isQuote) {
        let quote = rest[start]
        shown += rest[...start]
        rest = rest[start...].dropFirst()
        let quoted = rest.prefix { $0 != quote }
        if quoted.endIndex < rest.endIndex, isHarmless(quoted) {
          shown += "\(quoted)\(quote)"
          rest = rest[quoted.endIndex...].dropFirst()
          continue
        }
        // A quotation can have quotes in it. So all of it goes, but for the file that Nix names last.
        shown += "\(Redaction.mark)\(quote)\(place(at: rest))"
        rest = ""
      }
      return shown + rest
    }.joined(separator: "\n")
  }

  /// ` in '/etc/nix/nix.conf'`, with which Nix ends a message about a line.
  private static func place(at text: Substring) -> String {
    guard let mark = text.ranges(of: " in ").last, let last = text.last, isQuote(last) else { return "" }
    let file = text[mark.upperBound...].dropFirst().dropLast()
    return isHarmless(file) ? " in '\(file)'" : ""
  }

  private static func isQuote(_ character: Character) -> Bool { character == "'" || character == "\"" }

  private static func isHarmless(_ quoted: Substring) -> Bool {
    quoted.hasPrefix("/") && quoted.hasSuffix(".conf") || quoted == "<unknown>" || quoted == "NIX_CONFIG"
      || Self.settings.contains(String(quoted))
  }

  /// Settings whose values Nix complains of by name; any other word may be a value.
  private static let settings: Set = [
    "sandbox", "substitute", "substituters", "trusted-public-keys", "max-jobs", "cores", "builders", "store",
    "access-tokens", "netrc-file", "secret-key-files", "require-sigs", "fallback", "timeout", "system",
    "connect-timeout", "http-connections", "experimental-features", "extra-experimental-features",
    "nix-command",
    "flakes", "show-config", "config", "nix --help",
  ]
}
