import ArgumentParser
import Foundation
import Machine

struct Install: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Copy this program into a directory.",
    discussion: """
      For the init container of a verifier's Job, in an image that holds nothing else: there is no cp in it. The \
      program is there as a whole or not at all.
      """)

  @Argument(help: ArgumentHelp("The directory, which is made where it is missing.", valueName: "dir"))
  var directory: String

  func run() throws {
    let place = URL(filePath: directory).appending(path: "warmth").path
    func failure(_ cause: String) -> Failure {
      Failure(.resultMissing, "this program cannot be copied to '\(place)': \(cause); nothing was left there")
    }
    do {
      try FileManager.default.createDirectory(
        at: URL(filePath: directory), withIntermediateDirectories: true)
      try OutputFile(place).replace(.exactly(0o755)) { try $0.copy("/proc/self/exe") }
    } catch let flaw as OutputFile.Flaw { throw failure("\(flaw)") } catch {
      throw failure(error.localizedDescription)
    }
    Console.print("\(place)\n")
  }
}
