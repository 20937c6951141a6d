import Foundation

/// Where a path leads to through all its links, also where nothing is there yet.
public enum FilePlace {
  /// A regular file, and the one of its names that is no link.
  case file(String)
  /// Nothing yet: a file that is made there gets this name.
  case absent(String)
  /// A directory.
  case directory
  /// An open file of this process, by a name such as `/dev/stdout`.
  case descriptor(Int32)
  /// A device, a FIFO, a socket.
  case special

  /// How many links are followed: as many as the kernel follows (path_resolution(7)).
  private static let mostLinks = 40

  /// Follows `path` through its links.
  ///
  /// - Throws: ``SystemError`` where it leads nowhere: into a directory that is not there, in a circle.
  public init(of path: String) throws(SystemError) {
    var path = path
    for _ in 0...Self.mostLinks {
      let (parent, name) = try Self.split(path)
      guard let name else {
        self = .directory
        return
      }
      if let number = Self.descriptor(name, in: parent) {
        self = .descriptor(number)
        return
      }
      let whole = parent == "/" ? "/\(name)" : "\(parent)/\(name)"
      var facts = stat()
      guard lstat(whole, &facts) == 0 else {
        guard errno == ENOENT else { throw SystemError(errno) }
        self = .absent(whole)
        return
      }
      switch facts.st_mode & S_IFMT {
      case S_IFREG: self = .file(whole)
      case S_IFDIR: self = .directory
      case S_IFLNK:
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: whole) else {
          throw SystemError(EIO)
        }
        path = target.hasPrefix("/") ? target : "\(parent)/\(target)"
        continue
      default: self = .special
      }
      return
    }
    throw SystemError(ELOOP)
  }

  /// The directory, by the one name that has no links in it, and the name in it; `nil` where the path names the
  /// directory itself.
  private static func split(_ path: String) throws(SystemError) -> (parent: String, name: String?) {
    guard !path.isEmpty else { throw SystemError(ENOENT) }
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    let before = slash.map { String(path[..<$0]) } ?? "."
    let isDirectory = ["", ".", ".."].contains(name)
    guard let parent = realpath(isDirectory ? path : before.isEmpty ? "/" : before, nil) else {
      throw SystemError(errno)
    }
    defer { free(parent) }
    return (String(cString: parent), isDirectory ? nil : name)
  }

  /// The number of `/proc/self/fd/1`, which looks like a link to the open file, and is none.
  private static func descriptor(_ name: String, in parent: String) -> Int32? {
    parent == "/proc/\(getpid())/fd" ? Int32(name).flatMap { fcntl($0, F_GETFD) < 0 ? nil : $0 } : nil
  }

  /// Its identity, which does not depend on the name; `nil` where it is no file that can be overwritten.
  public var identity: FileIdentity? {
    switch self {
    case .file(let path): FileIdentity(of: path)
    case .absent(let path): FileIdentity(madeAt: path)
    case .descriptor(let number): FileIdentity(open: number)
    case .directory, .special: nil
    }
  }
}

/// A file, by device and inode, with which the kernel tells files apart.
public struct FileIdentity: Hashable, Sendable {
  private let device: dev_t
  private let inode: ino_t
  /// The name, of a file that is not there yet; device and inode are those of its directory.
  private let name: String?

  /// - Parameter path: that of a regular file, which is no link.
  fileprivate init?(of path: String) {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { return nil }
    self.init(facts)
  }

  fileprivate init?(open descriptor: Int32) {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { return nil }
    self.init(facts)
  }

  fileprivate init?(madeAt path: String) {
    let parent = (path as NSString).deletingLastPathComponent
    var facts = stat()
    guard stat(parent, &facts) == 0 else { return nil }
    (device, inode, name) = (facts.st_dev, facts.st_ino, (path as NSString).lastPathComponent)
  }

  private init?(_ facts: stat) {
    guard facts.st_mode & S_IFMT == S_IFREG else { return nil }
    (device, inode, name) = (facts.st_dev, facts.st_ino, nil)
  }
}
