import Foundation

/// A variable with a secret that no other process gets to see.
///
/// The environment that a process was started with can be read in `/proc` for as long as the process lives. So the
/// secret goes into a pipe, and the program starts itself again without the variable.
public enum HiddenVariable {
  /// More than any token has, and less than a pipe holds.
  private static let longest = 32 << 10

  /// Takes a variable out of the environment. Where it is set, the program begins anew before this returns.
  ///
  /// - Returns: its value, or `nil` where it was not set.
  /// - Throws: ``SystemError`` where the program cannot be started again, so that the secret would stay to be seen.
  public static func take(_ name: String) throws(SystemError) -> String? {
    let handle = "WARMTH_\(name)_FROM"
    if let text = getenv(handle).map({ String(cString: $0) }) {
      unsetenv(handle)
      guard let pipe = Int32(text), fcntl(pipe, F_GETFD) >= 0 else { return nil }
      defer { close(pipe) }
      return String(decoding: contents(of: pipe), as: UTF8.self)
    }
    guard let value = getenv(name).map({ String(cString: $0) }) else { return nil }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError(errno) }
    let bytes = Array(value.utf8.prefix(longest))
    guard write(ends[1], bytes, bytes.count) == bytes.count else { throw SystemError(errno) }
    close(ends[1])
    unsetenv(name)
    setenv(handle, "\(ends[0])", 1)
    // By its own name, which tools for processes show, unless its file was replaced.
    let itself = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
    arguments.append(nil)
    for program in [itself, "/proc/self/exe"] { execv(program, arguments) }
    throw SystemError(errno)
  }

  /// Sees that no core holds a secret of this process's memory, also where cores go to a program: that is told to
  /// take none by a limit of one byte (core(5)).
  public static func forbidCores() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_CORE.rawValue)
    getrlimit(resource, &limit)
    limit.rlim_cur = min(1, limit.rlim_max)
    setrlimit(resource, &limit)
  }

  private static func contents(of file: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(file, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0, bytes.count <= longest else { return bytes }
      bytes += piece.prefix(count)
    }
  }
}
