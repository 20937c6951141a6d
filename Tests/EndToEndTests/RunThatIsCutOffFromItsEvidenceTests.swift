import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// Whatever happens to the evidence: exit code 74 where it could not be written, with a sentence, and what
/// was recorded before stays.
@Suite struct `A run that is cut off from its evidence` {
  /// What can happen to the evidence.
  enum Mishap: CaseIterable, Sendable {
    case fileRemoved, directoryRemoved, fileReplaced, writeProtected
  }

  @Test(arguments: Mishap.allCases)
  func `whose evidence is taken away says so`(mishap: Mishap) async throws {
    var undertaking = try await Undertaking()
    // Root overlooks write protection, unless it has given that up.
    undertaking.script = #"exec setpriv --bounding-set=-dac_override --inh-caps=-dac_override -- "$@""#
    let evidence = undertaking.evidence
    let directory = URL(filePath: evidence).deletingLastPathComponent().path
    let kept = try await Undertaking.storeOfWarmRun()
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: kept, toPath: evidence)
    let end = try await undertaking.run { process in
      switch mishap {
      case .fileRemoved: unlink(evidence)
      case .directoryRemoved: rename(directory, directory + "-elsewhere")
      case .fileReplaced:
        unlink(evidence)
        try FileManager.default.copyItem(atPath: kept, toPath: evidence)
      case .writeProtected:
        chmod(evidence, 0o444)
        chmod(directory, 0o555)
      }
      kill(process, SIGTERM)
    }
    chmod(directory, 0o755)
    try await undertaking.expectNothingLeft()
    #expect(end.exit == .exited(74), "\(end.errors)")
    let complaint = end.errors.split(separator: "\n").last { $0.hasPrefix("warmth: ") } ?? ""
    #expect(complaint.contains(evidence), "\(end.errors)")
    switch mishap {
    case .fileRemoved: #expect(complaint.contains("was removed or replaced"))
    case .directoryRemoved:
      try expectWarmRuns(in: directory + "-elsewhere/warmth.sqlite", before: 1)
    case .fileReplaced:
      #expect(complaint.contains("was removed or replaced"))
      try expectWarmRuns(in: evidence, before: 1)
    case .writeProtected:
      #expect(complaint.contains("Permission denied"))
      try expectWarmRuns(in: evidence, before: 1)
    }
  }

  @Test func `which was half written is read as it was before, by whoever may undo that`() async throws {
    let lab = try await Lab.shared
    let store = try await Undertaking.storeOfWarmRun()
    try leaveHalfWritten(store)
    let directory = URL(filePath: store).deletingLastPathComponent().path
    func audit() async throws -> (exit: TerminationStatus, output: String, errors: String) {
      let record = try await Subprocess.run(
        .name("setpriv"),
        arguments: [
          "--bounding-set=-dac_override", "--inh-caps=-dac_override", "--", lab.warmth, "audit", "runs",
          "--evidence", store,
        ], output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
      return (record.terminationStatus, record.standardOutput, record.standardError)
    }
    chmod(store, 0o444)
    chmod(directory, 0o555)
    let refused = try await audit()
    #expect(refused.exit == .exited(74))
    #expect(refused.errors.contains("was being written when its process was killed"), "\(refused.errors)")
    chmod(store, 0o644)
    chmod(directory, 0o755)
    let read = try await audit()
    #expect(read.exit == .exited(0), "\(read.errors)")
    #expect(read.output.contains("warm"))
  }
}
