import ArgumentParser

/// The variables of this process that Nix gets, which evaluated code can read.
struct VariableOptions: ParsableArguments {
  @Option(
    name: .customLong("keep-env"),
    help: ArgumentHelp(
      "A variable that Nix is to get although it looks like a secret, such as one that git's credential helper reads. Repeatable.",
      valueName: "name"))
  var kept: [String] = []

  func validate() throws {
    for name in kept where name.isEmpty || name.contains("=") {
      throw ValidationError("--keep-env takes the name of a variable, without its value.")
    }
  }
}
