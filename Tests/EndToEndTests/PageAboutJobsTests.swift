import EndToEndSupport
import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// `docs/jobs.md` shows what is really printed.
@Suite struct `The page about Jobs` {
  @Test func `shows the manifest that its command prints`() async throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
      .standardizedFileURL
    let page = try String(contentsOf: root.appending(path: "docs/jobs.md"), encoding: .utf8)
    let shown = try #require(
      page.firstMatch(
        of: /```console\n\$ warmth (?<command>[^\n]+)\n```\n```yaml\n(?<manifest>.*?)```\n/
          .dotMatchesNewlines()))
    let lab = try await Lab.shared
    let printed = try await Subprocess.run(
      .path(FilePath(lab.warmth)), arguments: Arguments(shown.command.split(separator: " ").map(String.init)),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(printed.terminationStatus == .exited(0), "\(printed.standardError)")
    #expect(printed.standardOutput == String(shown.manifest))
  }
}
