import ArgumentParser
import EvidenceStore
import Foundation
import Machine

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
    do { return try EvidenceStore(creatingAt: path) } catch { throw Failure(.evidence, "\(error)") }
  }

  /// Opens the store to read it.
  func openForReading() throws(Failure) -> EvidenceStore {
    do { return try EvidenceStore(reading: path, isAlive: RunnerFacts.isAlive) } catch {
      throw Failure(.evidence, "\(error)")
    }
  }
}
