import ArgumentParser
import Foundation
import NixModel
import PolicyYAML
import Reporting

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look this runner over: exit 0 fit for a proof, 2 doubtful, 1 not.",
    discussion: """
      Without a target, in a second or two: Nix, its store and who may write there, the caches that it would ask \
      and whether their signatures are trusted, what could write to a cache, the sandbox, proxy and certificates, \
      the evidence, and the clock. Each line says what to do where it is not ok. Nothing is evaluated or copied.
      """)

  @OptionGroup var caches: CacheOptions
  @OptionGroup var variables: VariableOptions
  @OptionGroup var evidence: EvidenceOptions

  @Flag(help: "Look from the publisher's side: a means of writing is needed there, and so are its programs.")
  var publisher = false

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  @Option(help: ArgumentHelp("The nix to use.", valueName: "path"))
  var nix = "nix"

  func run() async throws {
    try FileLimit.allowConnections()
    let file = try caches.file()
    let choice = try caches.parsed(with: file)
    let policy = Policy(
      expectFrom: choice.expectFrom, strict: file.strict ?? false, readOnly: file.readOnly)
    let examination = Examination(
      nix: nix, choice: choice, policy: policy, evidence: evidence, keeping: variables.kept,
      isOfPublisher: publisher)
    let checkup = await examination.checkup()
    if json {
      Console.print(try CheckupDocument(checkup).json())
    } else {
      Console.printProse(CheckupText(checkup).render(style: Console.style(STDOUT_FILENO)))
    }
    switch checkup.health {
    case .ok: throw ExitStatus.warm.code
    case .doubtful: throw ExitStatus.inconclusive.code
    case .wrong: throw ExitStatus.cold.code
    }
  }
}
