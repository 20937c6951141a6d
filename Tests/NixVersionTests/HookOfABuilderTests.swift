import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A builder's hook (`queue`), as each Nix calls it.
@Suite struct `The hook of a builder` {
  @Test func `notes each build with its derivation and its outputs`() async throws {
    let lab = try await Lab.shared
    let folder = lab.scratch("hook")
    let queue = "\(folder)/queue"
    try FileManager.default.createDirectory(atPath: "\(queue)/new", withIntermediateDirectories: true)
    let hook = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../Sources/BuilderResources/machine/queue"
    ).standardized.path
    // Nix wants a program.
    try FileManager.default.copyItem(atPath: hook, toPath: "\(folder)/hook")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/hook")
    let record = try await Subprocess.run(
      .path(FilePath("\(Lab.fixtures)/private-nix")),
      arguments: [
        folder, lab.nix, "build", "--no-link", "-f", "\(Lab.fixtures)/lab.nix", "libguestfs", "--option",
        "post-build-hook", "\(folder)/hook",
      ],
      environment: .inherit.updating(["WARMTH_QUEUE": queue]), output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 20))
    #expect(record.terminationStatus == .exited(0), "\(record.standardError)")
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(queue)/new")
    let file = try #require(files.first { $0.hasSuffix("-libguestfs-1.54.1.drv") }, "\(files)")
    let lines = try String(contentsOfFile: "\(queue)/new/\(file)", encoding: .utf8).split(separator: "\n")
      .map(String.init)
    #expect(lines.first == "/nix/store/\(file)")
    let outputs = try ["out", "dev", "man"].map { try lab.path("libguestfs", $0).description }
    #expect(Set(lines.dropFirst()) == Set(outputs))
  }
}
