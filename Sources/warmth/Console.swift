import EvidenceStore
import Foundation
import NixModel
import Reporting

/// The two streams: results go to standard output, everything else to standard error.
///
/// Where the runner of GitHub Actions or its kin reads along, nothing that is written here is a command to it,
/// whoever wrote it, but what goes through ``command(_:)``.
enum Console {
  /// Writes a result. A reader that has gone wants no more of it; the evidence has it.
  static func print(_ text: String) { report(write(inert(text), to: STDOUT_FILENO)) }

  /// Writes a result that consists of workflow commands.
  static func printCommands(_ lines: String) { report(write(lines, to: STDOUT_FILENO)) }

  /// Tells the runner something beside the result: it reads both streams.
  static func command(_ lines: String) { _ = write(lines, to: STDERR_FILENO) }

  /// Writes a result of many lines as they come, so that they need never all be there.
  static func printLines(of result: ((String) -> Void) -> Void) {
    var pending = ""
    var error: Int32 = 0
    result { line in
      guard error == 0 else { return }
      pending += line
      pending += "\n"
      guard pending.utf8.count >= 64 << 10 else { return }
      error = write(inert(pending), to: STDOUT_FILENO)
      pending.removeAll(keepingCapacity: true)
    }
    report(error == 0 ? write(inert(pending), to: STDOUT_FILENO) : error)
  }

  private static func report(_ error: Int32) {
    guard error != 0, error != EPIPE else { return }
    say("warmth: the result could not be printed: \(String(cString: strerror(error)))")
  }

  /// Writes a line for a person.
  static func say(_ line: String) { _ = write(inert(line) + "\n", to: STDERR_FILENO) }

  /// Writes a line that somebody must get.
  ///
  /// - Returns: why it could not be written, or 0.
  static func handOver(_ line: String) -> Int32 { put(line + "\n", to: STDERR_FILENO) }

  /// Writes escapes and text as they are.
  static func draw(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// Whether a stream is a terminal that a person looks at.
  static func isTerminal(_ stream: Int32) -> Bool {
    isatty(stream) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Colours where the stream is a terminal and nobody asked for none (https://no-color.org).
  static func style(_ stream: Int32) -> Style {
    let refuses = !(ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    return isTerminal(stream) && !refuses ? .ansi : .plain
  }

  /// How many columns a stream has; `nil` where it is no terminal.
  static func width(_ stream: Int32) -> Int? {
    var size = winsize()
    guard isTerminal(stream), ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  private static func inert(_ text: String) -> String { Forge.readsCommands ? WorkflowLog.inert(text) : text }

  /// Writes anything but a line of a bundle: what looks like one came from Nix, a cache, or who wrote what is being
  /// proved, and would be evidence to whoever imports the log.
  ///
  /// - Returns: why not everything was written, or 0.
  private static func write(_ text: String, to stream: Int32) -> Int32 {
    put(BundleLog.withoutBundles(Redaction.withoutKnown(text)), to: stream)
  }

  private static func put(_ text: String, to stream: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let written = Foundation.write(stream, rest.baseAddress, rest.count)
        guard written > 0 || errno == EINTR else { return errno }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(0, written)))
      }
      return 0
    }
  }
}
