import ArgumentParser
import Credentials
import NixModel

/// Nix's own options that bear on evaluation.
struct EvaluationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Take attributes from this expression, as from a Nix file.", valueName: "expression"))
  var expr: String?

  @Flag(help: "Let evaluation see what is not locked: the environment, the time, files of this machine.")
  var impure = false

  @Option(
    name: .customLong("arg"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "An argument for functions of the Nix file, as an expression. Repeatable.",
      valueName: "name> <expression"))
  var arguments: [String] = []

  @Option(
    name: .customLong("argstr"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "An argument for functions of the Nix file, as a string. Repeatable.", valueName: "name> <string"))
  var strings: [String] = []

  @Option(
    name: [.customShort("I", allowingJoined: true), .customLong("include")],
    help: ArgumentHelp("An entry of Nix's search path, such as nixpkgs=DIR. Repeatable.", valueName: "path"))
  var includes: [String] = []

  @Option(
    name: .customLong("override-input"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Evaluate a flake with another flake for this input. Repeatable.", valueName: "input> <ref"))
  var overriddenInputs: [String] = []

  @Option(
    help: ArgumentHelp(
      "Take the inputs of this flake for entries of the registry. Repeatable.", valueName: "ref"))
  var inputsFrom: [String] = []

  @Flag(help: "Refuse a lock file that would have to change.")
  var noUpdateLockFile = false

  @Flag(help: "Do not look names of flakes up in registries.")
  var noRegistries = false

  @Option(help: ArgumentHelp("The platform to evaluate for, such as aarch64-linux.", valueName: "system"))
  var system: String?

  @Option(
    name: .customLong("option"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A setting for Nix, below those that a proof depends on. Repeatable.", valueName: "name> <value"))
  var settings: [String] = []

  /// The flags, once everything that writes, prints or sends was told the secrets among them.
  func parsed() throws(Failure) -> EvaluationFlags {
    var given: [(name: EvaluationFlags.Name, values: [String])] = []
    func add(_ name: EvaluationFlags.Name, if isSet: Bool) { if isSet { given.append((name, [])) } }
    func add(_ name: EvaluationFlags.Name, _ values: [String]) {
      given += values.map { (name, [$0]) }
    }
    func add(pairs name: EvaluationFlags.Name, _ texts: [String]) throws(Failure) {
      for text in texts {
        guard let pair = TwoValues.split(text) else {
          throw Failure(
            .usage,
            "\(name.rawValue) takes two values, a name and what it stands for, and was given '\(text.prefix(80))'"
          )
        }
        given.append((name, [pair.0, pair.1]))
      }
    }
    add(.impure, if: impure)
    try add(pairs: .argument, arguments)
    try add(pairs: .string, strings)
    add(.include, includes)
    try add(pairs: .overrideInput, overriddenInputs)
    add(.inputsFrom, inputsFrom)
    add(.noUpdateLockFile, if: noUpdateLockFile)
    add(.noRegistries, if: noRegistries)
    add(.system, [system].compactMap(\.self))
    try add(pairs: .option, settings)
    guard !given.isEmpty else { return .none }
    let flags: EvaluationFlags
    do { flags = try EvaluationFlags(given) } catch { throw Failure(.usage, error.description) }
    _ = Surroundings.here().taughtFindings()
    if let exposing = flags.exposing {
      throw Failure(
        .usage,
        "\(exposing.rawValue) has a secret of this runner in it, and Nix would get it as an argument, which every user of the machine can read; let the expression read it from a file, or leave it out"
      )
    }
    flags.secrets.forEach { Redaction.known?.learn($0) }
    return flags
  }
}

/// Options of Nix that take two values. The parser knows only such with one, so both are made one word before it sees them:
/// `--arg NAME EXPRESSION` becomes `--arg NAME=EXPRESSION`, which may be written, too.
enum TwoValues {
  private static let names: Set<String> = ["--arg", "--argstr", "--override-input", "--option"]

  /// The command line for the parser.
  static func folded(_ words: some Collection<String>) -> [String] {
    var folded: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      folded.append(word)
      if word == "--" { return folded + rest }
      guard names.contains(word), let name = rest.first, !name.contains("="), rest.count > 1 else { continue }
      rest.removeFirst()
      folded.append("\(name)=\(rest.removeFirst())")
    }
    return folded
  }

  /// The name and the value; no name of an argument, an input or a setting has `=` in it.
  static func split(_ text: String) -> (String, String)? {
    guard let mark = text.firstIndex(of: "=") else { return nil }
    return (String(text[..<mark]), String(text[text.index(after: mark)...]))
  }
}
