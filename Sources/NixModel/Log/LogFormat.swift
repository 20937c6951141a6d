/// The two shapes of a Nix log.
public enum LogFormat: String, Hashable, Sendable, CaseIterable {
  /// `--log-format internal-json`: one JSON object a line, behind `@nix `. Its numeric types tell
  /// Nix's own events from a builder's text.
  case internalJSON = "internal-json"
  /// The form for people (`raw`, `bar`, `nix-build`). A builder can print lines that are identical to Nix's,
  /// so such a log informs and never proves.
  case human
}
