import ArgumentParser

struct Key: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Make the keys that evidence is signed with.",
    subcommands: [KeyGenerate.self, KeyPublic.self])
}
