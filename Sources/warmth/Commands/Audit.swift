import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Read back what was recorded.", subcommands: [Runs.self, Show.self])

  struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "runs", abstract: "List runs, the latest first.")

    @OptionGroup var evidence: EvidenceOptions

    @Option(help: ArgumentHelp("How many runs at most.", valueName: "number"))
    var limit = 50

    @Flag(help: "Print the result as one JSON document.")
    var json = false

    func validate() throws {
      if limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    func run() throws {
      let runs = try reading { try evidence.openForReading().runs(limit: limit) }
      Console.print(
        json
          ? try RunsDocument(runs).json()
          : RunsTable(runs, now: .now).render(
            width: Console.width(STDOUT_FILENO), style: Console.style(STDOUT_FILENO)))
    }
  }

  struct Show: ParsableCommand {
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
        json ? try ProveDocument(found).json() : TextReport(found).render(style: Console.style(STDOUT_FILENO))
      )
    }
  }
}

/// Evidence that cannot be read is no evidence.
func reading<Value>(_ read: () throws -> Value) throws(Failure) -> Value {
  do { return try read() } catch let failure as Failure { throw failure } catch {
    throw Failure(.evidence, "\(error)")
  }
}
