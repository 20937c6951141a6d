public import Foundation
import NixModel

/// A file to write. A regular file, also one behind links, is there as a whole or stays as it was; a device, a FIFO or a
/// socket is written into, and never replaced.
///
/// This program writes all its files through this type, but for the evidence itself.
public struct OutputFile: Sendable {
  /// Its name, which may be that of a link.
  public let path: String

  /// The file at `path`.
  public init(_ path: String) { self.path = path }

  /// Why it could not be written.
  public enum Flaw: Error, CustomStringConvertible {
    /// A system call failed.
    case system(SystemError)
    /// It would be larger than its reader accepts, who would drop the present content as well.
    case tooLarge(there: Int, added: Int, limit: Int)

    static func system(_ code: Int32) -> Flaw { .system(SystemError(code)) }

    public var description: String {
      switch self {
      case .system(let error): "\(error)"
      case .tooLarge(let there, let added, let limit):
        "it has \(there) bytes, and with \(added) more it would be over the \(limit) that its reader accepts"
      }
    }
  }

  /// The permissions of a file.
  public enum Mode {
    /// The mode of the file that is replaced; the usual one of a new file.
    case kept
    /// These permissions.
    case exactly(mode_t)

    fileprivate var ofNew: mode_t {
      switch self {
      case .kept: 0o644
      case .exactly(let mode): mode
      }
    }
  }

  // MARK: Atomic

  /// Replaces the content with what `fill` writes.
  ///
  /// - Parameters:
  ///   - mode: the permissions of the file.
  ///   - fill: writes all of it. It is called again where the file turns out to be one that can be written to
  ///     and not replaced.
  /// - Throws: ``Flaw``, and the errors of `fill`.
  public func replace(_ mode: Mode = .kept, _ fill: (Sink) throws -> Void) throws {
    let place = try place()
    switch place {
    case .directory: throw Flaw.system(EISDIR)
    case .descriptor, .special: try into(place, fill)
    case .absent(let path): try Self.exchange(path, mode, fill)
    case .file(let path):
      do { try Self.exchange(path, mode, fill) } catch let obstacle as Irreplaceable {
        // Its name is not ours to give: it is mounted by itself, or lies in a directory that may not be written to.
        guard access(path, W_OK) == 0 else { throw obstacle.flaw }
        try into(place, fill)
      }
    }
  }

  /// Replaces the content with a text, in which secrets of this runner are masked.
  public func replace(with text: String) throws(Flaw) {
    do { try replace { try $0.write(Data(Redaction.withoutKnown(text).utf8)) } } catch let flaw as Flaw {
      throw flaw
    } catch {
      throw .system(EIO)
    }
  }

  /// A file that cannot be replaced, though perhaps written to.
  private struct Irreplaceable: Error { let flaw: Flaw }

  private static func exchange(_ path: String, _ mode: Mode, _ fill: (Sink) throws -> Void) throws {
    // A name that no other process can have prepared: pods that share a volume have equal process ids.
    let directory = (path as NSString).deletingLastPathComponent
    let draft = (directory as NSString).appendingPathComponent(".warmth-\(UUID().uuidString).tmp")
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode.ofNew)
    guard file >= 0 else { throw refusal(errno) }
    do {
      let sink = Sink(file)
      do {
        adopt(mode, of: path, for: file)
        try fill(sink)
        guard fsync(file) == 0 else { throw Flaw.system(errno) }
      } catch {
        try? sink.close()
        throw error
      }
      try sink.close()
      guard rename(draft, path) == 0 else { throw refusal(errno) }
    } catch {
      unlink(draft)
      throw error
    }
    // That it has its name must survive the loss of power as well.
    let parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard parent >= 0 else { return }
    fsync(parent)
    close(parent)
  }

  private static func refusal(_ code: Int32) -> any Error {
    [EACCES, EPERM, EROFS, EBUSY].contains(code)
      ? Irreplaceable(flaw: .system(code)) : Flaw.system(code)
  }

  /// Gives the new file the old one's owner, as far as possible, and its mode, unless another is asked for.
  private static func adopt(_ mode: Mode, of path: String, for file: Int32) {
    var facts = stat()
    let isThere = lstat(path, &facts) == 0
    if isThere { _ = fchown(file, facts.st_uid, facts.st_gid) }
    switch mode {
    case .kept: if isThere { fchmod(file, facts.st_mode & 0o777) }
    case .exactly(let mode): fchmod(file, mode)
    }
  }

  // MARK: Append

  /// How an addition is set apart from the content before it.
  public enum Separation {
    /// It begins on a line of its own.
    case line
    /// A line between them is empty.
    case emptyLine
  }

  /// Adds `text` at the end, or nothing of it: with half of it, a reader could not read what was there before.
  ///
  /// - Parameters:
  ///   - separation: how it is set apart.
  ///   - limit: how many bytes the file's reader accepts.
  public func append(_ text: String, after separation: Separation, upTo limit: Int = .max) throws(Flaw) {
    let file = try opened(O_CREAT | O_APPEND)
    let sink = Sink(file)
    var facts = stat()
    // A pipe or a terminal has no size and no end to look at.
    let isRegular = fstat(file, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    let there = isRegular ? Int(facts.st_size) : 0
    var separator = ""
    if there > 0 {
      if !endsLine(at: there) { separator += "\n" }
      if separation == .emptyLine { separator += "\n" }
    }
    let addition = Data((separator + Redaction.withoutKnown(text)).utf8)
    do throws(Flaw) {
      guard there <= limit - addition.count else {
        throw Flaw.tooLarge(there: there, added: addition.count, limit: limit)
      }
      try sink.write(addition)
    } catch {
      if isRegular { ftruncate(file, facts.st_size) }
      try? sink.close()
      throw error
    }
    try sink.close()
  }

  /// Whether the last byte of a file of this size ends a line; also `true` where it may not be read.
  private func endsLine(at size: Int) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return true }
    defer { close(file) }
    var last = UInt8(ascii: "\n")
    return pread(file, &last, 1, off_t(size - 1)) < 1 || last == UInt8(ascii: "\n")
  }

  // MARK: Into

  /// Writes into the present file.
  private func into(_ place: FilePlace, _ fill: (Sink) throws -> Void) throws {
    let file = try opened(O_TRUNC)
    let sink = Sink(file)
    do { try fill(sink) } catch {
      // Half a report says something else than the whole.
      if case .file = place { ftruncate(file, 0) }
      try? sink.close()
      throw error
    }
    try sink.close()
  }

  /// Opens the file, to write into it.
  private func opened(_ flags: Int32) throws(Flaw) -> Int32 {
    let place = try place()
    let file =
      if case .descriptor(let number) = place {
        // It goes on where others have stopped, as the shell's `>&1` does.
        fcntl(number, F_DUPFD_CLOEXEC, 0)
      } else {
        open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags, 0o644)
      }
    if file < 0, errno == ENXIO, case .special = place { return try UnixSocket.connected(to: path) }
    guard file >= 0 else { throw .system(errno) }
    return file
  }

  // MARK: New, and gone

  /// Makes a file that is not there yet.
  ///
  /// - Throws: ``Flaw``, with `EEXIST` where anything has that name, and the errors of `fill`.
  public func create(_ mode: mode_t, _ fill: (Sink) throws -> Void) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { throw Flaw.system(errno) }
    let sink = Sink(file)
    do {
      try fill(sink)
      guard fsync(file) == 0 else { throw Flaw.system(errno) }
    } catch {
      unlink(path)
      try? sink.close()
      throw error
    }
    try sink.close()
  }

  /// Removes the regular file that the path leads to. Links to it stay, and so does anything that is no regular file.
  public func remove() {
    if case .file(let path)? = try? place() { unlink(path) }
  }

  private func place() throws(Flaw) -> FilePlace {
    do { return try FilePlace(of: path) } catch { throw .system(error) }
  }
}

extension OutputFile {
  /// Takes bytes for an open file.
  public struct Sink {
    private let file: Int32

    fileprivate init(_ file: Int32) { self.file = file }

    /// Writes all of `bytes`.
    public func write(_ bytes: Data) throws(Flaw) {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw .system(errno) }
        rest = rest.dropFirst(count)
      }
    }

    /// Copies the file at `path`.
    public func copy(_ path: String) throws(Flaw) {
      let source = open(path, O_RDONLY | O_CLOEXEC)
      guard source >= 0 else { throw .system(errno) }
      defer { Foundation.close(source) }
      var piece = Data(count: 1 << 18)
      while true {
        let count = piece.withUnsafeMutableBytes { read(source, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw .system(errno) }
        guard count > 0 else { return }
        try write(piece.prefix(count))
      }
    }

    /// Some file systems say only now that there is no room.
    fileprivate func close() throws(Flaw) {
      guard Foundation.close(file) == 0 || errno == EINTR else { throw .system(errno) }
    }
  }
}

/// A socket of the file system that takes a stream.
private enum UnixSocket {
  static func connected(to path: String) throws(OutputFile.Flaw) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array(path.utf8)
    let isTooLong = withUnsafeMutableBytes(of: &address.sun_path) { place in
      guard name.count < place.count else { return true }
      place.copyBytes(from: name)
      return false
    }
    if isTooLong { throw .system(ENAMETOOLONG) }
    let stream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard stream >= 0 else { throw .system(errno) }
    let failed = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(stream, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) != 0
      }
    }
    guard failed else { return stream }
    let code = errno
    close(stream)
    throw .system(code)
  }
}
