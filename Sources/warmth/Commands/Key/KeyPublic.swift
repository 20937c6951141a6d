import ArgumentParser
import NixModel

struct KeyPublic: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "public", abstract: "Print the public half of a key.")

  @Argument(help: ArgumentHelp("The file of the secret half.", valueName: "file"))
  var file: String

  @Flag(help: "Print it as PEM, as openssl and verifiers of in-toto's statements take it.")
  var pem = false

  func run() throws {
    let key = try SigningKeyFile.read(file).publicKey
    Console.print(pem ? key.pem : "\(key)\n")
  }
}
