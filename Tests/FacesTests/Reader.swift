import Foundation
import Subprocess
import SystemPackage

/// Programs in Python that use readers of others, which scripts/setup installs.
enum Reader {
  struct Missing: Error, CustomStringConvertible { let description: String }

  /// Runs a script on an input, and decodes its answer.
  ///
  /// - Throws: ``Missing`` where the script fails, with its words.
  static func read<Answer: Decodable>(_ input: some Encodable, by script: String) async throws -> Answer {
    let variables = ProcessInfo.processInfo.environment
    let cache = variables["XDG_CACHE_HOME"] ?? "\(NSHomeDirectory())/.cache"
    let python = "\(cache)/warmth/readers-2/bin/python3"
    guard FileManager.default.isExecutableFile(atPath: python) else {
      throw Missing(description: "there is no \(python); run scripts/setup --for test")
    }
    let record = try await Subprocess.run(
      .path(FilePath(python)), arguments: ["-c", script],
      input: .string(String(decoding: try JSONEncoder().encode(input), as: UTF8.self)),
      output: .string(limit: 64 << 20), error: .string(limit: 1 << 20))
    guard record.terminationStatus.isSuccess else { throw Missing(description: record.standardError) }
    return try JSONDecoder().decode(Answer.self, from: Data(record.standardOutput.utf8))
  }
}
