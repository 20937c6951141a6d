import ArgumentParser
import Foundation
import NixLog
import NixModel
import Reporting

struct Classify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a stored or piped Nix log shows: what was copied, what was built.",
    discussion: """
      Reads internal-json logs and those that a person sees, with or without colours and a CI's \
      timestamps. A log that a person sees informs and never proves: a builder can print any line of it.
      """)

  @Argument(help: ArgumentHelp("Logs; standard input where there is none, or for '-'.", valueName: "log"))
  var logs: [String] = []

  @Flag(help: "Print the result as one JSON document.")
  var json = false

  func run() throws {
    var read: [(name: String, log: ClassifiedLog)] = []
    for name in logs.isEmpty ? ["-"] : logs {
      read.append((name, try LogFile(name).classify()))
    }
    if json {
      Console.print(
        try read.count == 1
          ? ClassificationDocument(read[0].log).json() : ClassificationsDocument(read).json())
      return
    }
    for (name, log) in read {
      if read.count > 1 { Console.print("\(name):\n") }
      let text = ClassificationText(log)
      Console.print(text.render(width: Console.width(STDOUT_FILENO), style: Console.style(STDOUT_FILENO)))
    }
  }
}

/// A log to be read, in pieces, whatever its size.
private struct LogFile {
  let name: String

  init(_ name: String) { self.name = name }

  func classify() throws(Failure) -> ClassifiedLog {
    let stream = name == "-" ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC)
    guard stream >= 0 else { throw unreadable() }
    defer { if stream != STDIN_FILENO { close(stream) } }

    var reader = LogReader()
    var classifier = Classifier()
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { piece.deallocate() }
    while true {
      let count = read(stream, piece.baseAddress, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable() }
      guard count > 0 else { break }
      reader.read(UnsafeRawBufferPointer(rebasing: piece[..<count])) { classifier.note($0) }
    }
    reader.finish { classifier.note($0) }
    guard let format = reader.format ?? (reader.bytes == 0 ? .human : nil) else {
      throw Failure(
        .usage,
        "\(name == "-" ? "standard input" : "'\(name)'") is not a Nix log: none of its \(reader.lines) lines is one that Nix prints; give it the standard error of nix build, in either format"
      )
    }
    return ClassifiedLog(format: format, lines: reader.lines, bytes: reader.bytes, events: classifier.events)
  }

  private func unreadable() -> Failure {
    Failure(.usage, "the log '\(name)' cannot be read: \(String(cString: strerror(errno)))")
  }
}
