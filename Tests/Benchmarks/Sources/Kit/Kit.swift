import ArgumentParser

/// Makes what the benchmarks measure with, and measures what they compare to.
@main
struct Kit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Kit", abstract: "Inputs and yardsticks for scripts/bench.",
    subcommands: [Closure.self, Verify.self, Evidence.self, Record.self, Plans.self])
}
