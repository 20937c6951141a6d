package import Foundation

/// A command as the argument parser describes it (`--experimental-dump-help`).
package struct CommandDescription: Decodable, Sendable {
  package let commandName: String
  package let superCommands: [String]?
  package let abstract: String?
  package let discussion: String?
  package let subcommands: [CommandDescription]?
  package let arguments: [Argument]?

  /// An argument or an option.
  package struct Argument: Decodable, Sendable {
    package enum Kind: String, Decodable, Sendable { case positional, option, flag }

    package struct Name: Decodable, Sendable {
      package let kind: String
      package let name: String

      /// `--json`, `-o`.
      var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    package let kind: Kind
    package let shouldDisplay: Bool
    package let isOptional: Bool
    package let isRepeating: Bool
    package let names: [Name]?
    package let preferredName: Name?
    package let valueName: String?
    package let defaultValue: String?
    package let allValues: [String]?
    package let abstract: String?
    package let discussion: String?
  }

  /// Reads the description of a program.
  ///
  /// - Throws: an error of the decoder where it is none.
  package init(ofProgram json: Data) throws {
    struct Tool: Decodable { let command: CommandDescription }
    self = try JSONDecoder().decode(Tool.self, from: json).command
  }

  /// `warmth audit show`.
  package var words: [String] { (superCommands ?? []) + [commandName] }

  /// The command and all commands below it, but for the parser's own `help`.
  package var all: [CommandDescription] {
    [self] + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap(\.all)
  }
}
