import Foundation
package import Subprocess
import SystemPackage
import Testing

extension Lab {
  /// A program of the fixtures that mounts: `private-nix` or `bare-root`. Every test that needs mounts asks here.
  ///
  /// Where nothing can be mounted, as in a plain container, `scripts/test` has the other tests run and ends with an
  /// error that names the suites of these; so the test is noted in the file `$WARMTH_TEST_UNMOUNTED`, and cancelled.
  /// Whoever runs the tests otherwise sees them fail.
  package static func mounting(_ program: String) throws -> Executable {
    guard let obstacle else { return .path(FilePath("\(fixtures)/\(program)")) }
    guard let list = ProcessInfo.processInfo.environment["WARMTH_TEST_UNMOUNTED"], let test = Test.current,
      let file = FileHandle(forWritingAtPath: list)
    else { throw Missing(description: obstacle) }
    try file.seekToEnd()
    try file.write(contentsOf: Data("\(test.id)\n".utf8))
    try file.close()
    try Test.cancel("\(obstacle)")
  }

  /// What keeps this user from mounting, if anything does.
  private static let obstacle: String? = {
    let probe = Process()
    let errors = Pipe()
    probe.executableURL = URL(filePath: "\(fixtures)/private-nix")
    probe.arguments = ["--probe"]
    probe.standardError = errors
    do { try probe.run() } catch { return "\(error)" }
    let words = errors.fileHandleForReading.readDataToEndOfFile()
    probe.waitUntilExit()
    return probe.terminationStatus == 0
      ? nil : String(decoding: words, as: UTF8.self).trimmingCharacters(in: .newlines)
  }()
}
