import ArgumentParser
import EvidenceStore
import Foundation
import Machine
import NixModel
import Reporting

struct AuditExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write whole runs into one file, for another store to import.",
    discussion: """
      The bundle goes to stdout unless --output names a file. It has the lines of each record, \
      with digests and signatures, packed by zstd; evidence/README.md describes it. Every command that reads a store reads a bundle \
      as well.
      """)

  @OptionGroup var evidence: EvidenceOptions

  @Argument(help: ArgumentHelp("The runs' names, or the beginnings of them.", valueName: "run"))
  var names: [String] = []

  @Flag(help: "Export every run.")
  var all = false

  @Option(name: [.short, .long], help: ArgumentHelp("Where the bundle goes.", valueName: "file"))
  var output: String?

  func validate() throws {
    if names.isEmpty != all { throw ValidationError("Name the runs to export, or --all, and not both.") }
  }

  func run() throws {
    let store = try evidence.openForReading()
    let runs = try all ? nil : names.map { try found($0, in: store) }
    guard let output else {
      do {
        try store.export(runs) { piece in
          guard Console.printBundle(piece) else { throw ExitStatus.resultMissing.code }
        }
      } catch let code as ExitCode { throw code } catch { throw Failure(.evidence, "\(error)") }
      return
    }
    var files = FilesApart(evidence: evidence.path)
    files.replace(output, as: "--output")
    try files.check()
    guard !output.isEmpty, !output.hasSuffix("/") else {
      throw Failure(.usage, "a bundle needs the name of a file, and '\(output)' is none")
    }
    try write(runs, of: store, to: output)
  }

  private func found(_ name: String, in store: EvidenceStore) throws -> RunID {
    guard let run = try reading({ try store.name(of: RunID(name)) }) else {
      throw Failure(
        .usage, "there is no run '\(name)' in '\(store.path)'; warmth audit runs lists those there are")
    }
    return run
  }

  private func write(_ runs: [RunID]?, of store: EvidenceStore, to path: String) throws {
    do {
      try BundleFile(path).write { file in try store.export(runs) { try file.write($0) } }
    } catch let failure as Failure { throw failure } catch { throw Failure(.evidence, "\(error)") }
  }
}
