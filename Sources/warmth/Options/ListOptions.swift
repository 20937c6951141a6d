import ArgumentParser

/// How a list is given.
struct ListOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How many lines at most.", valueName: "number"))
  var limit = 50

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit must be at least 1.") }
  }
}
