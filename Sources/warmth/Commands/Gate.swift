import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Proof
import Reporting

struct Gate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate",
    abstract: "Ask the evidence whether targets are warm: exit 0 yes, 1 no, 2 unknown.",
    discussion: "The latest run about each target decides; one that was cut off decides nothing.")

  @OptionGroup var evidence: EvidenceOptions

  @Option(
    name: .customLong("target"),
    help: ArgumentHelp(
      "A target, as it was proved or by its attribute alone. Repeatable.", valueName: "target"))
  var targets: [String] = []

  @Option(help: ArgumentHelp("How old a proof may be.", valueName: "duration"))
  var maxAge = TimeSpan(seconds: 24 * 3600)

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func validate() throws {
    if targets.isEmpty { throw ValidationError("A gate needs at least one --target.") }
  }

  func run() throws {
    let runs = try reading {
      let store = try evidence.openForReading()
      return try targets.map { (target: $0, run: try store.latestRun(about: $0)) }
    }
    let answer = gate(runs, at: .now, maximumAge: maxAge.seconds)
    Console.print(
      json ? try GateDocument(answer).json() : GateText(answer).render(style: Console.style(STDOUT_FILENO)))
    throw ExitStatus(answer.answer).code
  }
}
