import Foundation
import NixLog
import NixModel

/// A log of any size to be read in pieces: a file, or standard input (`-`).
struct LogFile {
  static let standardInput = "-"

  private let name: String

  init(_ name: String) { self.name = name }

  /// Reads all of it.
  func classified() throws(UnreadableLog) -> ClassifiedLog {
    let isInput = name == Self.standardInput
    let stream = isInput ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC)
    guard stream >= 0 else { throw failure() }
    defer { if !isInput { close(stream) } }

    var classifier = LogClassifier()
    var isEmpty = true
    // Larger pieces do not stay in the processor's cache until they are read.
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 64)
    defer { piece.deallocate() }
    while true {
      let count = read(stream, piece.baseAddress, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure() }
      guard count > 0 else { break }
      isEmpty = false
      classifier.read(UnsafeRawBufferPointer(rebasing: piece[..<count]))
    }
    guard let log = classifier.finish() else {
      let cause = isEmpty ? "it is empty" : "none of its lines is one that only Nix prints"
      throw UnreadableLog(
        "\(isInput ? "standard input" : "'\(name)'") is not a Nix log: \(cause); give it the standard error of nix build, in either format"
      )
    }
    return log
  }

  private func failure() -> UnreadableLog {
    UnreadableLog("the log '\(name)' cannot be read: \(String(cString: strerror(errno)))")
  }
}
