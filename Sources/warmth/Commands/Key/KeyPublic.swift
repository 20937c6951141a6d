import ArgumentParser
import NixModel

struct KeyPublic: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "public", abstract: "Print the public half of a key.")

  @Argument(help: ArgumentHelp("The file of the secret half.", valueName: "file"))
  var file: String

  func run() throws { Console.print("\(try SigningKeyFile.read(file).publicKey)\n") }
}
