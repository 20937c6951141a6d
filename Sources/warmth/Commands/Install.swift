import ArgumentParser
import Foundation
import Machine
import Manual

struct Install: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Copy this program into a directory, or install it with its manual.",
    discussion: """
      With a directory, for the init container of a verifier's Job in an image that holds nothing else: there is no \
      cp in it. With --system, the program goes into bin below the prefix, with a page of the manual for each command \
      and completions for bash, zsh and fish. Each file is there as a whole or not at all.
      """)

  @Argument(help: ArgumentHelp("The directory, which is made where it is missing.", valueName: "dir"))
  var directory: String?

  @Flag(help: "Install the program, its manual and its completions below the prefix.")
  var system = false

  @Option(help: ArgumentHelp("With --system: where everything goes.", valueName: "dir"))
  var prefix = "/usr/local"

  func validate() throws {
    if system != (directory == nil) { throw ValidationError("Name a directory, or --system, and not both.") }
  }

  func run() throws {
    var places = [try copy(into: directory ?? "\(prefix)/bin")]
    if system { places += try Self.companions().map { try write($0.text, to: "\(prefix)/\($0.place)") } }
    Console.print(places.map { "\($0)\n" }.joined())
  }

  /// The files beside the program, each with its place below the prefix.
  private static func companions() throws -> [(place: String, text: String)] {
    let commands = try CommandDescription(ofProgram: Data(Warmth._dumpHelp().utf8)).all
    let pages =
      commands.map { ManualPage($0, version: Warmth.version) }
      + HelpTopic.allCases.map { ManualPage($0, version: Warmth.version) }
    return pages.map { ("share/man/man\($0.section)/\($0.file)", $0.text) } + [
      ("share/bash-completion/completions/warmth", Warmth.completionScript(for: .bash)),
      ("share/zsh/site-functions/_warmth", Warmth.completionScript(for: .zsh)),
      ("share/fish/vendor_completions.d/warmth.fish", Warmth.completionScript(for: .fish)),
    ]
  }

  private func copy(into directory: String) throws -> String {
    try placed("\(directory)/warmth") { file in
      try file.replace(.exactly(0o755)) { try $0.copy("/proc/self/exe") }
    }
  }

  private func write(_ text: String, to place: String) throws -> String {
    try placed(place) { file in try file.replace(.exactly(0o644)) { try $0.write(Data(text.utf8)) } }
  }

  private func placed(_ place: String, _ put: (OutputFile) throws -> Void) throws -> String {
    let url = URL(filePath: place)
    func failure(_ cause: String) -> Failure {
      Failure(.resultMissing, "'\(url.path)' cannot be written: \(cause); nothing was left there")
    }
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try put(OutputFile(url.path))
    } catch let flaw as OutputFile.Flaw { throw failure("\(flaw)") } catch {
      throw failure(error.localizedDescription)
    }
    return url.path
  }
}
