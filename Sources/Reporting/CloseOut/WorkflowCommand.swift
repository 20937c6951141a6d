/// A workflow command, as GitHub's runner finds it in the lines of a step's output, on either stream:
/// `::error title=…::…`. Gitea's and Forgejo's runners know the same.
///
/// Source of the format: GitHub, "Workflow commands for GitHub Actions", and `ActionCommand.cs` in
/// actions/runner, which undoes the escapes.
struct WorkflowCommand {
  let level: Level
  /// The annotation's heading.
  let title: String
  let message: String

  /// The kinds of annotation.
  enum Level: String, CaseIterable {
    case error
    case warning
    case notice
  }

  /// How many annotations of one level GitHub shows of a step ("Usage limits" of the same documentation).
  static let limit = 10
  /// The runner cuts messages at 4,096 UTF-16 units (`_maxIssueMessageLength` in `ExecutionContext.cs`). So
  /// many scalars are never more.
  static let longestMessage = 2000

  /// The command, without a newline: everything in it stays on one line, texts by others included, and it
  /// holds no older command for a runner that does not know this one.
  var line: String {
    let message = Words.clipped(Words.printable(message), to: Self.longestMessage)
    let line = "::\(level.rawValue) title=\(Self.property(Words.line(title)))::\(Self.data(message))"
    return Self.inert(line, fromLineStart: false)
  }

  /// By Unicode scalars: a joining mark makes another character of the sign before it.
  private static func data(_ text: String, escaping signs: String = "%\r\n") -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if signs.unicodeScalars.contains(scalar) {
        let number = String(scalar.value, radix: 16, uppercase: true)
        shown.append(contentsOf: "%\(number.count == 1 ? "0" : "")\(number)".unicodeScalars)
      } else {
        shown.append(scalar)
      }
    }
    return String(shown)
  }

  private static func property(_ text: String) -> String { data(text, escaping: "%\r\n:,") }

  /// `text` as output in which a runner finds no command: a backslash stands before each possible beginning
  /// of one.
  ///
  /// A command is a line that begins with `::` after white space, or that has `##[` anywhere
  /// (`ActionCommand.TryParseV2` and `.TryParse` in actions/runner).
  ///
  /// - Parameter fromLineStart: whether nothing of ours stands before it in its line.
  static func inert(_ text: String, fromLineStart: Bool = true) -> String {
    let scalars = text.unicodeScalars
    var shown = String.UnicodeScalarView()
    var isAtStart = fromLineStart
    var index = scalars.startIndex
    while index < scalars.endIndex {
      let rest = scalars[index...]
      if isAtStart, rest.starts(with: "::".unicodeScalars) { shown.append("\\") }
      if rest.starts(with: "##[".unicodeScalars) {
        shown.append(contentsOf: "##\\[".unicodeScalars)
        index = scalars.index(index, offsetBy: 3)
        isAtStart = false
        continue
      }
      let scalar = scalars[index]
      // White space at the beginning of a line is passed over, as the runner does it; so are newlines.
      isAtStart = scalar == "\n" || scalar == "\r" || (isAtStart && scalar.properties.isWhitespace)
      shown.append(scalar)
      index = scalars.index(after: index)
    }
    return String(shown)
  }
}

/// The protection of a log that machines read, against texts by strangers.
public enum WorkflowLog {
  /// `text` as output in which the runner of GitHub Actions or its kin finds no command: a builder's or a
  /// flake's text could otherwise set outputs, mask words or silence the rest.
  public static func inert(_ text: String) -> String {
    // Nearly no text has either sign, and a step's output can be long.
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "#") }) else {
      return text
    }
    return WorkflowCommand.inert(text)
  }

  /// Why a command could not go on, as an annotation: a line, with its newline.
  public static func error(_ message: String) -> String {
    WorkflowCommand(level: .error, title: "warmth", message: message).line + "\n"
  }
}
