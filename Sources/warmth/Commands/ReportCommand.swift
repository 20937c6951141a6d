import ArgumentParser
import EvidenceStore
import Foundation
import Machine
import NixModel
import Pages
import Reporting

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a record as one HTML file, to read in a browser or to print.",
    discussion: """
      Of a proof it shows the verdict, the reasons with their evidence, the course of copies and builds, the \
      closure by size and by cache, and the lines of Nix's log behind each claim; of a publication its receipt, \
      and of a build its phases and its cost. The file needs nothing beside it: it has no script, and fetches \
      nothing.
      """)

  @OptionGroup var evidence: EvidenceOptions

  @Argument(
    help: ArgumentHelp(
      "The record's name, or the beginning of it; the latest proof where none is named.", valueName: "record")
  )
  var name: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Where the file goes; else the page is printed.", valueName: "file"))
  var output: String?

  func run() throws {
    let store = try evidence.openForReading()
    guard let output else {
      guard !Console.isTerminal(STDOUT_FILENO) else {
        throw Failure(
          .usage, "a page is for a browser, and this is a terminal: name a file with --output FILE")
      }
      return Console.print(try page(in: store))
    }
    let file = ResultFile(path: output, content: "the page", evidence: evidence)
    try file.check()
    guard !output.isEmpty, !output.hasSuffix("/") else {
      throw Failure(.usage, "a page needs the name of a file, and '\(output)' is none")
    }
    try file.write(Redaction.withoutKnown(try page(in: store)))
  }

  private func page(in store: EvidenceStore) throws -> String {
    if let name, let publication = try reading({ try store.publication(RunID(name)) }) {
      return PublicationPage(publication).html.text
    }
    if let name, let build = try reading({ try store.build(RunID(name)) }) {
      return BuildPage(build, at: .now).html.text
    }
    let run = try Explain.find(name, in: store, at: evidence.path)
    let read = try ReadRun(run, in: store)
    let promise = try reading { try store.promise(of: run.start.id) }
    return ProofPage(read.explained, read.testimony, promise: promise).html.text
  }
}
