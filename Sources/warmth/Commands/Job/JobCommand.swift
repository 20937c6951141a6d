import ArgumentParser

struct JobCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "job",
    abstract: "Kubernetes Jobs that warm a cache and prove it warm.",
    discussion: """
      Prints a manifest and changes nothing, unless --apply says so: then the very manifest that would be printed \
      is handed to kubectl. docs/jobs.md has the rights and the Secret that they need.
      """,
    subcommands: [JobPrewarm.self, JobProve.self])
}
