import ArgumentParser
import EvidenceStore
import Foundation

/// Where the evidence is.
struct EvidenceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The evidence store.", discussion: "Else $WARMTH_EVIDENCE, else evidence/warmth.sqlite.",
      valueName: "file"))
  var evidence: String?

  var path: String {
    if let evidence { return evidence }
    let variable = ProcessInfo.processInfo.environment["WARMTH_EVIDENCE"] ?? ""
    return variable.isEmpty ? "evidence/warmth.sqlite" : variable
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
