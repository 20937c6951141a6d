import Foundation
package import Subprocess
package import SystemPackage
import TestSupport

/// A directory of its own, in which a shell runs the built `warmth` as `$WARMTH`; no forge and no settings of the caller's are
/// around it.
package struct Shell: Sendable {
  package let directory: String

  /// What came of a script.
  package struct Answer: Sendable {
    package let exit: TerminationStatus
    package let output: String
    package let errors: String
  }

  package init() throws {
    directory = Scratch.path("shell")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  package func remove() { try? FileManager.default.removeItem(atPath: directory) }

  /// Runs a script in the directory, with `arguments` as `"$@"`, and ends it after a minute: what waits for a file
  /// that nobody writes waits for ever.
  package func run(_ script: String, _ arguments: [String] = [], output: FileDescriptor? = nil) async throws
    -> Answer
  {
    try await Self.turnstile.pass { try await start(script, arguments, output) }
  }

  /// A store with one run, made once: scripts copy it from `$RECORDED`.
  private static let recorded = Task {
    let store = Scratch.path("recorded") + ".sqlite"
    // There is no such Nix, so the run is inconclusive.
    _ = try await Subprocess.run(
      .path(FilePath(Lab.shared.warmth)),
      arguments: ["prove", "x", "--nix", "/none", "--evidence", store], output: .discarded, error: .discarded)
    return store
  }

  /// A script takes a core.
  private static let turnstile = Turnstile(4)

  private func start(_ script: String, _ arguments: [String], _ output: FileDescriptor?) async throws
    -> Answer
  {
    let warmth = try await Lab.shared.warmth
    var variables: [Environment.Key: String?] = [
      "WARMTH": warmth, "RECORDED": try await Self.recorded.value, "HOME": directory,
    ]
    for name in [
      "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITLAB_CI", "WARMTH_EVIDENCE", "NIX_CONFIG",
    ] {
      if let key = Environment.Key(rawValue: name) { variables[key] = String?.none }
    }
    let command = Arguments(["-k", "5", "60", "sh", "-c", script, "sh"] + arguments)
    let environment = Environment.inherit.updating(variables)
    if let output {
      let record = try await Subprocess.run(
        .name("timeout"), arguments: command, environment: environment, workingDirectory: FilePath(directory),
        input: .none, output: .fileDescriptor(output, closeAfterSpawningProcess: true),
        error: .string(limit: 1 << 20))
      return Answer(exit: record.terminationStatus, output: "", errors: record.standardError)
    }
    let record = try await Subprocess.run(
      .name("timeout"), arguments: command, environment: environment, workingDirectory: FilePath(directory),
      input: .none, output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
    return Answer(exit: record.terminationStatus, output: record.standardOutput, errors: record.standardError)
  }

  package func path(_ name: String) -> String { "\(directory)/\(name)" }

  package func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path(name)))
  }

  package func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path(name))), as: UTF8.self)
  }
}
