import Foundation

/// The file of a bundle, which is there as a whole or not at all: half a bundle under its name would be taken for
/// a whole one.
struct BundleFile: Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  /// Whether a file could be made there, as far as can be told beforehand.
  func check() throws(Failure) {
    guard !path.isEmpty, !path.hasSuffix("/") else {
      throw Failure(.usage, "a bundle needs the name of a file, and '\(path)' is none")
    }
    var isDirectory: ObjCBool = false
    let directory = URL(filePath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), isDirectory.boolValue
    else {
      throw Failure(.usage, "the bundle '\(path)' cannot be made: there is no directory '\(directory)'")
    }
    guard access(directory, W_OK | X_OK) == 0 else {
      throw Failure(
        .usage, "the bundle '\(path)' cannot be made: '\(directory)': \(String(cString: strerror(errno)))")
    }
    var facts = stat()
    guard stat(path, &facts) != 0 || facts.st_mode & S_IFMT == S_IFREG else {
      throw Failure(.usage, "the bundle '\(path)' cannot be made: something that is no file has that name")
    }
  }

  /// Makes it of what `fill` writes: it is renamed when it is on disk.
  func write(_ fill: (FileHandle) throws -> Void) throws {
    // A name that nobody else can have prepared: pods that share a volume have equal process ids.
    let temporary = "\(path).\(UUID().uuidString).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Failure(.evidence, "the bundle '\(path)' cannot be made: \(String(cString: strerror(errno)))")
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      do { try fill(file) } catch {
        try? file.close()
        throw error
      }
      try file.synchronize()
      try file.close()
      guard rename(temporary, path) == 0 else {
        throw Failure(.evidence, "the bundle '\(path)' cannot be made: \(String(cString: strerror(errno)))")
      }
    } catch {
      unlink(temporary)
      throw error
    }
  }
}
