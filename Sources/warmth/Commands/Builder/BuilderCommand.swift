import ArgumentParser

struct BuilderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "builder",
    abstract: "A machine that appears, builds, uploads to a cache, and is gone.",
    discussion: """
      `plan`, and `start` without --apply, print everything that would be done, and change nothing. Every machine is \
      a record in the evidence store, written before each call to the provider. docs/builder.md goes from an account \
      to a warm cache.
      """,
    subcommands: [
      BuilderPlanCommand.self, BuilderStart.self, BuilderStatus.self, BuilderLogs.self, BuilderWait.self,
      BuilderStop.self, BuilderReap.self,
    ])
}
