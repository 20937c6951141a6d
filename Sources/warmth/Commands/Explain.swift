import ArgumentParser
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say why a run was not warm: the first causes, what shows them, and what to do.",
    discussion: """
      Follows each build and each path that did not come back to the fact at the beginning of its chain. \
      Where no cache has a target, its derivation is compared with that of the last run in which it was \
      warm, so that changed inputs are told from an incomplete prewarm.
      """)

  @OptionGroup var evidence: EvidenceOptions

  @Argument(
    help: ArgumentHelp(
      "The run's name, or the beginning of it; the latest where none is named.", valueName: "run"))
  var name: String?

  @Argument(
    help: ArgumentHelp(
      "A store path, or the name of one: tells what every witness said of it.", valueName: "path"))
  var path: String?

  @Option(
    help: ArgumentHelp(
      "The run to compare derivations with; by default the last in which the target was warm.",
      valueName: "run"))
  var against: String?

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    let store = try evidence.openForReading()
    // A path alone means the latest run.
    let isPath = path == nil && name?.hasPrefix(StoreDirectory.standard.path + "/") == true
    let run = try Self.find(isPath ? nil : name, in: store, at: evidence.path)
    let asked = isPath ? name : path
    let against = try against.map { try Self.find($0, in: store, at: evidence.path).start.id }
    let explained = try ReadRun(run, in: store, against: against) { testimony in
      try asked.map { try account(named: $0, in: testimony, of: run) }
    }.explained
    if json {
      Console.print(try ExplanationDocument(explained).json())
    } else {
      Console.printProse(ExplanationText(explained).render(style: Console.style(STDOUT_FILENO)))
    }
  }

  /// The run of that name, or the latest.
  static func find(_ name: String?, in store: EvidenceStore, at path: String) throws -> Run {
    if let name, try reading({ try store.publication(RunID(name)) }) != nil {
      throw Failure(
        .usage,
        "\(name) is a publication, which came to no verdict; warmth audit show \(name) tells what it published"
      )
    }
    let found = try reading { try name.map { try store.run(RunID($0)) } ?? store.latestRun() }
    guard let found else {
      throw Failure(
        .usage,
        name.map { "there is no run '\($0)' in '\(path)'; warmth audit runs lists those there are" }
          ?? "there is no run in '\(path)' yet; warmth prove records one")
    }
    return found
  }

  /// The testimony about a path, which may be named in full, by its name, or by its target.
  private func account(named text: String, in testimony: Testimony, of run: Run) throws -> PathAccount {
    let paths = testimony.pathsNamed(text)
    guard let path = paths.first else {
      throw Failure(
        .usage,
        "run \(run.start.id) had nothing to do with '\(text)'; warmth audit show \(run.start.id) names its targets"
      )
    }
    guard paths.count == 1 else {
      throw Failure(
        .usage,
        "'\(text)' names \(paths.count) paths of run \(run.start.id); which one?\n"
          + paths.prefix(20).map { "  \($0)" }.joined(separator: "\n"))
    }
    guard let account = NixModel.account(of: path, in: testimony, under: run.start.policy) else {
      throw Failure(.usage, "run \(run.start.id) says nothing of \(path)")
    }
    return account
  }
}
