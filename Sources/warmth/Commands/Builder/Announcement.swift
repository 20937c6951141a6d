import Building
import Foundation
import NixModel
import Subprocess
import SystemPackage

/// Tells the storage the public keys of a machine, through a command of the operator.
struct Announcement: Sendable {
  let command: String
  let start: BuildStart

  init(command: String, of start: BuildStart) {
    self.command = command
    self.start = start
  }

  /// What the command reads on its standard input: one line of JSON.
  private struct Keys: Encodable {
    let build: String
    /// When the storage can forget them.
    let expires: String
    let sshKey: String?
    let signingKey: String?
  }

  /// Runs the command.
  ///
  /// - Throws: ``Failure`` where it does not end with 0, because the machine could not upload then.
  func make() async throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try encoder.encode(
      Keys(
        build: start.id.text, expires: start.expires.formatted(.iso8601), sshKey: start.identity.uploadKey,
        signingKey: start.identity.signingKey))
    // The line is in the pipe before the command starts. Subprocess would write it meanwhile, and traps where the
    // command ends without having read it.
    let pipe = try FileDescriptor.pipe()
    do { try pipe.writeEnd.closeAfter { _ = try pipe.writeEnd.writeAll(line + Data("\n".utf8)) } } catch {
      try? pipe.readEnd.close()
      throw error
    }
    let record = try await Subprocess.run(
      .path("/bin/sh"), arguments: ["-c", command],
      input: .fileDescriptor(pipe.readEnd, closeAfterSpawningProcess: true),
      output: .string(limit: 64 << 10), error: .string(limit: 64 << 10))
    guard record.terminationStatus.isSuccess else {
      let words =
        record.standardError.split(whereSeparator: \.isNewline).last.map(String.init) ?? "it said nothing"
      throw Failure(
        .missing,
        "the command of --announce ended with \(record.terminationStatus) (\(words.excerpt)), so the storage does not know the machine's keys; nothing was made"
      )
    }
  }
}
