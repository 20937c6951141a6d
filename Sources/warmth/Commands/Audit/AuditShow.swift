import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct AuditShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one run: its verdict, outputs and reasons.")

  @OptionGroup var evidence: EvidenceOptions

  @Argument(
    help: ArgumentHelp(
      "The run's name, or the beginning of it; the latest where none is named.", valueName: "run"))
  var name: String?

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    let store = try evidence.openForReading()
    let found = try reading { try name.map { try store.run(RunID($0)) } ?? store.latestRun() }
    guard let found else {
      throw Failure(
        .usage,
        name.map {
          "there is no run '\($0)' in '\(evidence.path)'; warmth audit runs lists those there are"
        }
          ?? "there is no run in '\(evidence.path)' yet; warmth prove records one")
    }
    Console.print(
      json ? try ProveDocument(found).json() : TextReport(found).render(style: Console.style(STDOUT_FILENO)))
  }
}
