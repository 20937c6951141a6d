import ArgumentParser
import NixModel
import PolicyYAML

/// How a person wants every command to talk: the options that may stand anywhere on the command line.
struct Presentation: Sendable {
  /// Whether output is coloured.
  enum Color: String, CaseIterable {
    /// On a terminal, and by the environment (``Console/style(_:)``).
    case auto
    case always
    case never
  }

  var color = Color.auto
  /// Whether progress is left out.
  var isQuiet = false

  @TaskLocal static var chosen = Presentation()

  /// Takes these options out of a command line.
  ///
  /// - Returns: the rest, for the parser.
  mutating func take(from words: [String]) throws(Failure) -> [String] {
    var left: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "--": return left + [word] + rest
      case "-q", "--quiet": isQuiet = true
      // As every program of GNU has it; Nix has none.
      case "-V": left.append("--version")
      case "--color", "--colour": color = try Self.color(rest.popFirst() ?? "")
      default:
        if let value = word.split(separator: "=", maxSplits: 1).last, word.hasPrefix("--color=") {
          color = try Self.color(String(value))
        } else {
          left.append(word)
        }
      }
    }
    return left
  }

  private static func color(_ word: String) throws(Failure) -> Color {
    guard let color = Color(rawValue: word) else {
      throw Failure(
        .usage,
        "--color takes auto, always or never\(Suggestion.clause(for: word, among: Color.allCases.map(\.rawValue)))"
      )
    }
    return color
  }
}

/// The names of commands, which the parser does not suggest where one is misspelt.
enum CommandNames {
  /// Refuses a word that stands where a command's name has to.
  static func check(_ words: [String]) throws(Failure) {
    var command: any ParsableCommand.Type = Warmth.self
    var path = ["warmth"]
    for word in words {
      let subcommands = command.configuration.subcommands
      guard !subcommands.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
      guard let next = subcommands.first(where: { $0.configuration.commandName == word }) else {
        let names = subcommands.compactMap { $0.configuration.commandName }
        throw Failure(
          .usage,
          "there is no command '\((path + [String(word.prefix(80))]).joined(separator: " "))'\(Suggestion.clause(for: word, among: names)); there are \(names.sorted().joined(separator: ", "))"
        )
      }
      command = next
      path.append(word)
    }
  }
}
