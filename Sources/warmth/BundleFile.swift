import Foundation

/// The file of a bundle, which is there as a whole or not at all: half a bundle under its name would be taken for
/// a whole one.
struct BundleFile: Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  /// Whether a file could be made there, as far as can be told beforehand.
  func check() throws(Failure) {
    guard !path.isEmpty else { throw Failure(.usage, "a bundle needs the name of a file") }
    var isDirectory: ObjCBool = false
    let directory = URL(filePath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), isDirectory.boolValue
    else {
      throw Failure(.usage, "the bundle '\(path)' cannot be made: there is no directory '\(directory)'")
    }
    var facts = stat()
    guard stat(path, &facts) != 0 || facts.st_mode & S_IFMT == S_IFREG else {
      throw Failure(.usage, "the bundle '\(path)' cannot be made: something that is no file has that name")
    }
  }

  /// Makes it of what `fill` writes: it is renamed when it is on disk.
  func write(_ fill: (FileHandle) throws -> Void) throws {
    let temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).tmp"
    guard FileManager.default.createFile(atPath: temporary, contents: nil),
      let file = FileHandle(forWritingAtPath: temporary)
    else {
      throw Failure(.evidence, "the bundle '\(path)' cannot be made: \(String(cString: strerror(errno)))")
    }
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
