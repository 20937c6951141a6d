/// A page of the manual, in the macros of man(7), which every `man` reads.
///
/// Source: man-pages(7) for the order of sections, groff_man(7) for the macros.
package struct ManualPage: Sendable {
  /// The name without the section: `warmth-audit-show`.
  package let name: String
  /// 1 for commands, 7 for what they have in common.
  package let section: Int
  private let body: String
  private let version: String

  /// The name of its file: `warmth-audit-show.1`.
  package var file: String { "\(name).\(section)" }

  /// The page, ending with a newline.
  package var text: String {
    ".TH \"\(name.uppercased().roff)\" \(section) \"\" \"warmth \(version.roff)\" \"Nix caches\"\n\(body)"
  }

  /// The page of a command.
  package init(_ command: CommandDescription, version: String) {
    let name = command.words.joined(separator: "-")
    self.name = name
    section = 1
    self.version = version
    var text = ".SH NAME\n\(name.roff) \\- \((command.abstract ?? "").roff)\n"
    text += Self.synopsis(command)
    if let discussion = command.discussion {
      text +=
        ".SH DESCRIPTION\n"
        + discussion.split(separator: "\n", omittingEmptySubsequences: true)
        .map { "\(String($0).line)\n" }.joined(separator: ".PP\n")
    }
    let arguments = (command.arguments ?? []).filter(\.shouldDisplay)
    if !arguments.isEmpty { text += ".SH OPTIONS\n" + arguments.map(Self.entry).joined() }
    let below = (command.subcommands ?? []).filter { $0.commandName != "help" }
    if !below.isEmpty {
      text +=
        ".SH COMMANDS\n"
        + below.map { ".TP\n.B \($0.commandName.roff)\n\(($0.abstract ?? "").line)\n" }.joined()
    }
    let above =
      (command.superCommands ?? []).isEmpty ? [] : ["\((command.superCommands ?? []).joined(separator: "-"))"]
    let others =
      (above + below.map { "\(name)-\($0.commandName)" }).map { ($0, 1) }
      + HelpTopic.allCases.map { ($0.page, 7) }
    text += ".SH SEE ALSO\n" + others.map { ".BR \($0.0.roff) (\($0.1))" }.joined(separator: " ,\n") + "\n"
    body = text
  }

  /// The page of a topic.
  package init(_ topic: HelpTopic, version: String) {
    name = topic.page
    section = 7
    self.version = version
    body =
      ".SH NAME\n\(name.roff) \\- \(topic.title.roff)\n.SH DESCRIPTION\n\(topic.introduction.line)\n"
      + topic.entries.map { ".TP\n.B \($0.term.roff)\n\($0.meaning.line)\n" }.joined()
      + ".SH SEE ALSO\n.BR warmth (1)\n"
  }

  private static func synopsis(_ command: CommandDescription) -> String {
    var line = ".SH SYNOPSIS\n.nh\n.B \(command.words.joined(separator: " ").roff)\n"
    for argument in command.arguments ?? [] where argument.shouldDisplay && argument.names?.isHelp != true {
      let value = "<\(argument.valueName ?? "value")>".roff
      let shown =
        switch argument.kind {
        case .positional: value
        case .option: "\\fB\(argument.preferredName?.text.roff ?? "")\\fR \(value)"
        case .flag: "\\fB\(argument.preferredName?.text.roff ?? "")\\fR"
        }
      let more = argument.isRepeating ? " ..." : ""
      line += argument.isOptional ? "[\(shown)]\(more)\n" : "\(shown)\(more)\n"
    }
    if command.subcommands != nil { line += "\\fIcommand\\fR\n" }
    return line + ".hy\n"
  }

  private static func entry(_ argument: CommandDescription.Argument) -> String {
    let value = argument.kind == .flag ? "" : " <\(argument.valueName ?? "value")>".roff
    let term =
      argument.kind == .positional
      ? "\\fI<\((argument.valueName ?? "value").roff)>\\fR"
      : (argument.names ?? []).map { "\\fB\($0.text.roff)\\fR" }.joined(separator: ", ") + value
    var words = [argument.abstract ?? ""]
    if let values = argument.allValues, !values.isEmpty {
      words.append("One of: \(values.joined(separator: ", ")).")
    }
    if let standard = argument.defaultValue { words.append("Default: \(standard).") }
    if let discussion = argument.discussion { words.append(discussion) }
    return ".TP\n\(term)\n\(words.filter { !$0.isEmpty }.joined(separator: " ").line)\n"
  }
}

extension [CommandDescription.Argument.Name] {
  fileprivate var isHelp: Bool { contains { $0.name == "help" || $0.name == "version" } }
}

extension String {
  /// The text within a line of roff. Hyphens are those that a person types.
  fileprivate var roff: String {
    reduce(into: "") { text, character in
      switch character {
      case "\\": text += "\\e"
      case "-": text += "\\-"
      case "\"": text += "\\(dq"
      case "'": text += "\\(aq"
      case "\n", "\t": text += " "
      default: text.append(character)
      }
    }
  }

  /// The text as a line of its own, which must not begin like a macro.
  fileprivate var line: String {
    let text = roff
    return text.hasPrefix(".") ? "\\&\(text)" : text.isEmpty ? "\\&" : text
  }
}
