import NixModel

/// Targets, one a line; `#` begins a comment.
public enum TargetList {
  /// What a text lists.
  public static func parse(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      // A '#' within a word belongs to it: nixpkgs#qemu.
      let words = line.split(whereSeparator: \.isWhitespace).prefix { !$0.hasPrefix("#") }
      return words.isEmpty ? nil : words.joined(separator: " ")
    }
  }

  static func text(_ targets: [String]) -> String { targets.map { "\($0)\n" }.joined() }
}
