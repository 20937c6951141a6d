import Foundation
import NixModel

/// A place of Nix's own for its records (`json-log-path`, 2.30 and later), which nothing that Nix starts can write
/// to.
///
/// The programs that Nix starts inherit its standard error: `git`, `ssh`, hooks and credential helpers print there what
/// a server makes them print. A socket is closed to them: only the first that connects is heard, which is
/// Nix itself, before it evaluates anything; then the name is gone; and a connection can be opened neither by a path
/// nor through `/proc`.
final class RecordSocket: Sendable {
  /// The path that Nix is given.
  let path: String

  private let directory: String
  private let listener: Int32
  /// A pipe. Writing to its second end tells the reader that Nix has ended.
  private let wake: (read: Int32, write: Int32)

  /// - Throws: ``NixError/unusable(program:cause:)`` where no socket can be made.
  init(
    for program: String, in parent: String = FileManager.default.temporaryDirectory.path
  ) throws(NixError) {
    func failure(_ what: String) -> NixError {
      .unusable(
        program: program,
        cause:
          "\(what) for Nix's log: \(String(cString: strerror(errno))); set TMPDIR to a directory of this user's"
      )
    }
    var template = Array("\(parent)/warmth-log-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw failure("there is no place") }
    directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    path = "\(directory)/records"
    var ends: [Int32] = [-1, -1]
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0, Self.bind(listener, in: directory), Foundation.listen(listener, 1) == 0,
      pipe(&ends) == 0
    else {
      let error = failure("no socket can be made")
      if listener >= 0 { Foundation.close(listener) }
      unlink(path)
      rmdir(directory)
      throw error
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    wake = (ends[0], ends[1])
  }

  deinit {
    for descriptor in [listener, wake.read, wake.write] { close(descriptor) }
    unlink(path)
    rmdir(directory)
  }

  /// An address of a socket has room for some hundred bytes, and TMPDIR can be longer: the directory's descriptor
  /// has a short name.
  private static func bind(_ socket: Int32, in directory: String) -> Bool {
    let opened = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { return false }
    defer { close(opened) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    let plain = "\(directory)/records"
    let name = plain.utf8.count < room ? plain : "/proc/self/fd/\(opened)/records"
    guard name.utf8.count < room else { return false }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.utf8) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  /// Nix has ended, and with it everything that it started: no more records come than are there.
  func end() {
    var byte: UInt8 = 0
    _ = write(wake.write, &byte, 1)
  }

  /// Hands on the records as they come, until Nix closes its end.
  ///
  /// - Returns: whether Nix connected at all.
  func read(_ body: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) async -> Bool {
    await withCheckedContinuation { continuation in
      // It blocks for as long as Nix runs, and so has a thread of its own.
      Thread.detachNewThread { [self] in continuation.resume(returning: hear(body)) }
    }
  }

  private func hear(_ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    var hasEnded = false
    guard wait(for: listener, &hasEnded) else { return false }
    let connection = accept(listener, nil, nil)
    guard connection >= 0 else { return false }
    defer { close(connection) }
    unlink(path)
    withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
      while wait(for: connection, &hasEnded) {
        let count = Foundation.read(connection, buffer.baseAddress, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
    return true
  }

  /// Waits until there is something to read from `descriptor`; `false` where nothing comes any more.
  private func wait(for descriptor: Int32, _ hasEnded: inout Bool) -> Bool {
    while true {
      var watched = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: hasEnded ? -1 : wake.read, events: Int16(POLLIN), revents: 0),
      ]
      // Of a Nix that has ended everything is in the socket already.
      let ready = poll(&watched, 2, hasEnded ? 0 : -1)
      if ready < 0, errno == EINTR { continue }
      if ready > 0, watched[0].revents != 0 { return true }
      guard ready > 0, !hasEnded else { return false }
      hasEnded = true
    }
  }
}
