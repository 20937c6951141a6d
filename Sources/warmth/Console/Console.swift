import Evidence
import EvidenceStore
import Foundation
import NixModel
import Reporting
import Synchronization

/// The two streams: results go to standard output, everything else to standard error.
///
/// A result that could not be printed, or not all of it, is lost. ``Main`` asks ``hasLostResult`` wherever the program
/// ends, so that no command has to think of it.
///
/// Where the runner of GitHub Actions or its kin reads along, only texts of ``command(_:)`` and ``printCommands(_:)`` are
/// commands to it. All other texts are made inert, because strangers may have written them.
enum Console {
  /// Writes a result.
  static func print(_ text: String) { printed { write(inert(text), to: STDOUT_FILENO) } }

  /// Writes a result of sentences, broken between words where standard output is a terminal.
  static func printProse(_ text: String) { print(Wrapping.wrapped(text, to: width(STDOUT_FILENO))) }

  /// Writes a result that consists of workflow commands.
  static func printCommands(_ lines: String) { printed { write(lines, to: STDOUT_FILENO) } }

  /// Writes a part of a result that is a bundle.
  ///
  /// - Returns: whether the reader still takes the result.
  static func printBundle(_ bytes: Data) -> Bool {
    printed { bytes.withUnsafeBytes { put($0, to: STDOUT_FILENO) } }
  }

  /// Tells the runner something beside the result: it reads both streams.
  static func command(_ lines: String) { _ = write(lines, to: STDERR_FILENO) }

  /// Writes a result of many lines as they come, so that they need never all be there.
  static func printLines(of result: ((String) -> Void) -> Void) {
    var pending = ""
    var isTaken = true
    result { line in
      guard isTaken else { return }
      pending += line
      pending += "\n"
      guard pending.utf8.count >= 64 << 10 else { return }
      isTaken = printed { write(inert(pending), to: STDOUT_FILENO) }
      pending.removeAll(keepingCapacity: true)
    }
    print(pending)
  }

  /// Whether a result could not be printed, or not all of it.
  static var hasLostResult: Bool { loss.withLock { $0 } != 0 }

  /// The error that ended printing, or 0. Stdio keeps the same for a stream (`ferror`).
  private static let loss = Mutex<Int32>(0)

  /// Prints, unless something before could not be printed: a result with a hole in it would be taken for a whole one.
  ///
  /// - Returns: whether all of the result was printed until now.
  @discardableResult
  private static func printed(_ write: () -> Int32) -> Bool {
    let error = loss.withLock { loss -> Int32 in
      guard loss == 0 else { return 0 }
      loss = write()
      return loss
    }
    switch error {
    case 0: break
    // The reader has gone and wants no more of it; the exit code says so, and a sentence would disturb the next one.
    case EPIPE: break
    case EBADF: say("warmth: the result could not be printed: standard output is closed")
    default: say("warmth: the result could not be printed: \(String(cString: strerror(error)))")
    }
    return !hasLostResult
  }

  /// Sees that none of the three standard streams is closed: the next file that is opened, which may be the evidence,
  /// would take its place, and a result would be printed into it. The substitute for a closed stream fails like a closed
  /// stream.
  static func occupyStreams() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
      // The lowest free descriptor, which is this one: those below it are open by now.
      _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Writes a line for a person.
  static func say(_ line: String) { _ = write(inert(line) + "\n", to: STDERR_FILENO) }

  /// Writes a line that must not be lost.
  ///
  /// - Returns: why it could not be written, or 0.
  static func handOver(_ line: String) -> Int32 { put(line + "\n", to: STDERR_FILENO) }

  /// Writes escapes and text as they are.
  static func draw(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// Whether a stream is a terminal that a person looks at.
  static func isTerminal(_ stream: Int32) -> Bool {
    isatty(stream) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Colours where the stream is a terminal, unless `NO_COLOR` is set (https://no-color.org), and anywhere if
  /// `FORCE_COLOR` or `CLICOLOR_FORCE` is (https://force-color.org). `--color` wins over all of them.
  static func style(_ stream: Int32) -> Style {
    func isSet(_ name: String) -> Bool {
      let value = ProcessInfo.processInfo.environment[name] ?? ""
      return !value.isEmpty && (name == "NO_COLOR" || value != "0")
    }
    switch Presentation.chosen.color {
    case .always: return .ansi
    case .never: return .plain
    case .auto: break
    }
    if isSet("NO_COLOR") { return .plain }
    return isTerminal(stream) || isSet("FORCE_COLOR") || isSet("CLICOLOR_FORCE") ? .ansi : .plain
  }

  /// How many columns a stream has; `nil` where it is no terminal.
  static func width(_ stream: Int32) -> Int? {
    var size = winsize()
    guard isTerminal(stream), ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  private static func inert(_ text: String) -> String { Forge.readsCommands ? WorkflowLog.inert(text) : text }

  /// Writes a text without lines that look like those of a bundle. Such a line comes from Nix, from a cache, or from the
  /// author of the proved code, and would be evidence to an import of the log.
  ///
  /// - Returns: why not everything was written, or 0.
  private static func write(_ text: String, to stream: Int32) -> Int32 {
    put(BundleLine.withoutBundles(Redaction.withoutKnown(text)), to: stream)
  }

  private static func put(_ text: String, to stream: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { put(UnsafeRawBufferPointer($0), to: stream) }
  }

  private static func put(_ bytes: UnsafeRawBufferPointer, to stream: Int32) -> Int32 {
    var rest = bytes
    while !rest.isEmpty {
      let written = Foundation.write(stream, rest.baseAddress, rest.count)
      if written < 0, errno == EAGAIN {
        // Another process that shares the pipe has made it non-blocking. So wait here.
        var place = pollfd(fd: stream, events: Int16(POLLOUT), revents: 0)
        guard poll(&place, 1, -1) > 0 || errno == EINTR else { return errno }
        continue
      }
      guard written > 0 || errno == EINTR else { return errno }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(0, written)))
    }
    return 0
  }
}
