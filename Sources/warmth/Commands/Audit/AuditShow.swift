import ArgumentParser
import Evidence
import EvidenceStore
import Foundation
import NixModel
import Reporting

struct AuditShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one run: a proof's verdict, outputs and reasons, or what a publication pushed.")

  @OptionGroup var evidence: EvidenceOptions

  @Argument(
    help: ArgumentHelp(
      "The run's name, or the beginning of it, or latest; the latest proof where none is named.",
      valueName: "run"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "How to print it: what prove prints, writes and tells a forge, byte for byte.",
      valueName: "format"))
  var format: RunFormat?

  @Flag(help: "List every path that the run needed, with what became of it.")
  var paths = false

  @Flag(
    help:
      "Print the result as one JSON document: that of --format json, and the terms that the run was made under."
  )
  var json = false

  func validate() throws {
    if paths, json || format != nil {
      throw ValidationError("--paths adds to the text; audit paths --run RUN --json gives the paths alone.")
    }
    if json, format != nil { throw ValidationError("--json and --format exclude each other.") }
  }

  func run() throws {
    let store = try evidence.openForReading()
    if let name, let publication = try reading({ try store.publication(RunID(name)) }) {
      return try show(publication)
    }
    if let name, let build = try reading({ try store.build(RunID(name)) }) {
      return Console.print(
        json ? try BuildDocument(build, at: .now).json() : BuildText(build, at: .now).render())
    }
    let found = try reading { try name.map { try store.run(RunID($0)) } ?? store.latestRun() }
    guard let found else {
      throw Failure(
        .usage,
        name.map {
          "there is no run '\($0)' in '\(evidence.path)'; warmth audit runs lists those there are"
        }
          ?? "there is no run in '\(evidence.path)' yet; warmth prove records one")
    }
    guard let format else {
      try show(found, with: reading { try store.promise(of: found.start.id) })
      if paths { try showPaths(of: found.start.id, in: store) }
      return
    }
    let text = try format.render(found, style: Console.style(STDOUT_FILENO))
    if format == .github { Console.printCommands(text) } else { Console.print(text) }
  }

  private func show(_ run: Run, with promise: RunPromise) throws {
    guard !json else { return Console.print(try ProveDocument(run, promise: promise).json()) }
    let style = Console.style(STDOUT_FILENO)
    Console.printProse(
      TextReport(run).render(style: style) + PromiseText(promise, by: run.start.flags).render(style: style))
  }

  private func showPaths(of run: RunID, in store: EvidenceStore) throws {
    var filter = RunFilter()
    filter.runs = [run]
    let paths = try reading { try store.paths(matching: filter, limit: .max) }
    let list = Listing.paths(Page(paths), now: .now)
    Console.print(
      "\n" + list.table(width: Console.width(STDOUT_FILENO), style: Console.style(STDOUT_FILENO)))
  }

  private func show(_ publication: Publication) throws {
    switch format ?? (json ? .json : .text) {
    case .text: Console.print(PublicationText(publication).render(style: Console.style(STDOUT_FILENO)))
    case .json: Console.print(try PublicationSummary(publication).json())
    case .markdown, .junit, .github, .githubOutput, .gitlab:
      throw Failure(
        .usage,
        "\(publication.head.id) is a publication, which has no verdict to report; it is shown as text or json"
      )
    }
  }
}
