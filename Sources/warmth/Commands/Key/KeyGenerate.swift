import ArgumentParser
import Foundation
import NixModel

struct KeyGenerate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Make a key, and print its public half.",
    discussion: """
      The secret half goes into FILE, which only its owner may read and which must not be there yet. It belongs \
      with the collector of evidence, where no pull request's code runs. The public half is for --trusted-key.
      """)

  @Argument(help: ArgumentHelp("What the key is called, such as collector-1.", valueName: "name"))
  var name: String

  @Argument(help: ArgumentHelp("Where the secret half goes.", valueName: "file"))
  var file: String

  func run() throws {
    let key: SigningKey
    do { key = try SigningKey(named: name) } catch {
      throw Failure(.usage, "'\(name)' is no name for a key: give one of visible characters without a colon")
    }
    try SigningKeyFile.write(key, to: file)
    Console.print("\(key.publicKey)\n")
  }
}
