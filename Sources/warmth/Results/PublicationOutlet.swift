import ArgumentParser
import Evidence
import EvidenceStore
import Foundation
import Machine
import NixModel
import Reporting

/// Where a publication is told of: its summary, the evidence, and a bundle for another store.
struct PublicationOutlet: Sendable {
  /// A file, or `-` for standard output.
  let summary: String?
  /// The evidence store, if it is recorded.
  let evidence: String?
  let handOut: HandOut

  /// Sees that none of its files is another, and removes the bundle of an earlier publication.
  func check() throws {
    if handOut.isAskedFor, evidence == nil {
      throw Failure(
        .usage, "a bundle is of a recorded publication: name a store with --evidence FILE or $WARMTH_EVIDENCE"
      )
    }
    guard let evidence else { return }
    var files = FilesApart(evidence: evidence)
    if summary != "-" { files.replace(summary, as: "--summary") }
    files.replace(handOut.file?.path, as: "--bundle-file")
    files.replace(handOut.fileOfLogs?.path, as: "the logs beside --bundle-file")
    try files.check()
    handOut.begin()
    handOut.fileOfLogs?.remove()
  }

  /// Tells of it in every way that was asked for.
  ///
  /// - Parameter logs: what the builders of failed builds printed, which may be more than one would keep in a record.
  /// - Returns: the code to exit with: that of the publication, unless that is 0 and something could not be told.
  func leave(_ publication: Publication, logs: String) async throws -> Int32 {
    var code = Int32(publication.head.exitCode)
    let document = try PublicationSummary(publication).json()
    switch summary {
    case nil: break
    case "-"?: Console.print(document)
    case let path?:
      // Whole, or not at all: a reader never finds a half of it.
      do { try OutputFile(path).replace(with: document) } catch {
        Console.say(
          "warmth: the summary cannot be written to '\(path)': \(error); the publication itself ended with exit code \(code)"
        )
        if code == 0 { code = ExitStatus.resultMissing.rawValue }
      }
    }
    let text = PublicationText(publication)
    if summary == "-" {
      Console.say(text.render())
    } else {
      Console.print(text.render(style: Console.style(STDOUT_FILENO)))
    }
    for tell in [{ try await record(publication, document) }, { try await handOut.deliver(logs: logs) }] {
      do { try await tell() } catch let failure as Failure {
        Console.say("warmth: \(failure.message)")
        if code == 0 { code = failure.code.rawValue }
      }
    }
    return code
  }

  private func record(_ publication: Publication, _ document: String) async throws {
    guard let evidence else { return }
    let store: EvidenceStore
    do {
      store = try EvidenceStore(creatingAt: evidence)
      try store.record(summary: Data(document.utf8))
    } catch {
      throw Failure(.evidence, "the publication is not recorded: \(error)")
    }
    try await handOut.deliver(publication.head.id, of: store)
  }
}
