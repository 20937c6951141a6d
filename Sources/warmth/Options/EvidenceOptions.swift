import ArgumentParser
import EvidenceStore
import Foundation
import Machine
import NixModel

/// Where the evidence is.
struct EvidenceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The evidence store.", discussion: "Else $WARMTH_EVIDENCE, else evidence/warmth.sqlite.",
      valueName: "file"))
  var evidence: String?

  var path: String { named ?? "evidence/warmth.sqlite" }

  /// The store that was named, by option or variable, and not the one in the working directory.
  var named: String? { Self.named(evidence) }

  /// The same of an option `--evidence` of another command.
  static func named(_ evidence: String?) -> String? {
    if let evidence { return evidence }
    let variable = ProcessInfo.processInfo.environment["WARMTH_EVIDENCE"] ?? ""
    return variable.isEmpty ? nil : variable
  }

  /// Opens the store to add to it.
  func openForRecording() throws(Failure) -> EvidenceStore {
    try checkDirectory()
    do { return try EvidenceStore(creatingAt: path) } catch { throw Failure(.evidence, "\(error)") }
  }

  /// The full name of a run.
  func runID(_ name: String, in store: EvidenceStore) throws -> RunID {
    guard let id = try reading({ try store.name(of: RunID(name)) }) else {
      throw Failure(
        .usage, "there is no run '\(name.prefix(80))' in '\(path)'; warmth audit runs lists those there are")
    }
    return id
  }

  /// Sees that at most the last directory has to be made, because the others are a slip of the pen.
  private func checkDirectory() throws(Failure) {
    let directory = URL(filePath: path).deletingLastPathComponent()
    let above = directory.deletingLastPathComponent().path
    guard !FileManager.default.fileExists(atPath: directory.path),
      !FileManager.default.fileExists(atPath: above)
    else { return }
    throw Failure(
      .evidence,
      "the evidence store '\(path)' cannot be made: there is no directory '\(above)'; make it (mkdir -p '\(directory.path)'), or name another file with --evidence"
    )
  }

  /// Opens the store to read it.
  func openForReading() throws(Failure) -> EvidenceStore {
    do { return try EvidenceStore(reading: path, isAlive: RunnerFacts.isAlive) } catch {
      throw Failure(.evidence, "\(error)")
    }
  }
}
