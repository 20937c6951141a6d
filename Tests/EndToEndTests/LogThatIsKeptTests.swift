import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// `prove --log-file`: Nix's whole log, into which the numbers of lines point.
@Suite struct `A log that is kept` {
  @Test(arguments: ["nix.json", "nix.json.gz"])
  func `has the lines that events name, and is the one of the record`(name: String) async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let file = "\(lab.scratch("kept"))-\(name)"
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "qemu_kvm", "--substituter", cache.url,
        "--trusted-public-key", lab.publicKey, "--log-file", file,
      ]
    ).run(in: lab)
    #expect(result.exit == .exited(0), "\(result.errors)")
    let store = try EvidenceStore(reading: result.evidence)
    let run = try #require(try store.latestRun())
    let log = try store.testimony(of: run.start.id).log
    let kept = try #require(log.kept)

    let unpacked = try await Subprocess.run(
      .name(name.hasSuffix(".gz") ? "zcat" : "cat"), arguments: [file], output: .string(limit: 16 << 20))
    let text = unpacked.standardOutput
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(kept.lines == lines.count && kept.bytes == text.utf8.count && kept.lines == log.lines)
    for event in log.events {
      guard case .copyStarted(let path, _) = event.kind else { continue }
      #expect(lines[event.line - 1].contains(path.baseName) && lines[event.line - 1].hasPrefix("@nix {"))
    }
    let sum = try await Subprocess.run(
      .name("sh"),
      arguments: ["-c", "\(name.hasSuffix(".gz") ? "zcat" : "cat") \"$1\" | sha256sum", "sh", file],
      output: .string(limit: 200))
    #expect(sum.standardOutput.hasPrefix(kept.sha256))
    guard !name.hasSuffix(".gz") else { return }
    let classified = try await Subprocess.run(
      .path(FilePath(lab.warmth)), arguments: ["classify", "--json", file], output: .string(limit: 1 << 20))
    let copied = try result.document().closure.substituted
    #expect(classified.standardOutput.contains("\"copied\" : \(copied)"))
  }
}
