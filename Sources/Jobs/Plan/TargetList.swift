import NixModel

/// A list of targets, one on each line. `#` begins a comment.
public enum TargetList {
  /// The targets that a text lists.
  public static func parse(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      // A '#' inside a word belongs to the word: nixpkgs#qemu.
      let words = line.split(whereSeparator: \.isWhitespace).prefix { !$0.hasPrefix("#") }
      return words.isEmpty ? nil : words.joined(separator: " ")
    }
  }

  static func text(_ targets: [String]) -> String { targets.map { "\($0)\n" }.joined() }
}
