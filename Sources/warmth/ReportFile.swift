import Foundation
import NixModel

/// A file that others read when the run has ended: as a whole, or as part of what a step leaves behind.
struct ReportFile {
  let path: String

  init(_ path: String) { self.path = path }

  /// Why it could not be written.
  enum Flaw: Error, CustomStringConvertible {
    /// What the system said.
    case system(Int32)
    /// It would be larger than its reader accepts; what is there would be dropped as well.
    case tooLarge(there: Int, added: Int, limit: Int)

    var description: String {
      switch self {
      case .system(let code): String(cString: strerror(code))
      case .tooLarge(let there, let added, let limit):
        "it has \(there) bytes, and with \(added) more it would be over the \(limit) that its reader accepts"
      }
    }
  }

  /// Takes it away, if it is a file; one that stays is written over.
  func remove() {
    var facts = stat()
    if lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG { unlink(path) }
  }

  /// Makes it, or writes over it. What could be written only in part is taken away: half a report says
  /// something else than the whole.
  func replace(with text: String) throws(Flaw) {
    let file = try opened(O_CREAT | O_TRUNC)
    do { try write(text, to: file) } catch {
      remove()
      throw error
    }
  }

  /// How an addition is set apart from what is there.
  enum Separation {
    /// It begins on a line of its own.
    case line
    /// A line between them is empty.
    case emptyLine
  }

  /// Adds `text` at the end, or nothing of it: with half of it, a reader would make nothing of what was there
  /// before.
  ///
  /// - Parameter limit: how many bytes its reader accepts.
  func append(_ text: String, after separation: Separation, upTo limit: Int = .max) throws(Flaw) {
    let file = try opened(O_CREAT | O_APPEND)
    var facts = stat()
    // A pipe or a terminal has no size and no end to look at.
    let isRegular = fstat(file, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    let there = isRegular ? Int(facts.st_size) : 0
    var separator = ""
    if there > 0 {
      if !endsLine(at: there) { separator += "\n" }
      if separation == .emptyLine { separator += "\n" }
    }
    let addition = separator + text
    let added = addition.utf8.count
    guard there <= limit - added else {
      close(file)
      throw .tooLarge(there: there, added: added, limit: limit)
    }
    do { try write(addition, to: file) } catch {
      if isRegular { truncate(path, facts.st_size) }
      throw error
    }
  }

  private func opened(_ flags: Int32) throws(Flaw) -> Int32 {
    let file = open(path, O_WRONLY | O_CLOEXEC | flags, 0o644)
    guard file >= 0 else { throw .system(errno) }
    return file
  }

  /// Writes all of `text`, and closes `file` whatever comes of it.
  private func write(_ text: String, to file: Int32) throws(Flaw) {
    var bytes = Array(Redaction.withoutKnown(text).utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let code = errno
        close(file)
        throw .system(code)
      }
      bytes = bytes.dropFirst(count)
    }
    // Some file systems say only now that there is no room.
    guard close(file) == 0 || errno == EINTR else { throw .system(errno) }
  }

  /// Whether the last of so many bytes ends a line; one that may not be read is taken to.
  private func endsLine(at size: Int) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return true }
    defer { close(file) }
    var last = UInt8(ascii: "\n")
    return pread(file, &last, 1, off_t(size - 1)) < 1 || last == UInt8(ascii: "\n")
  }
}
