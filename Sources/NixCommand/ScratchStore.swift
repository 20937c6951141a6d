import Foundation

/// A store directory for one run (`--isolated`), removed afterwards.
public struct ScratchStore: Sendable {
  /// The directory.
  public let path: String

  /// Makes an empty directory among the temporary files.
  ///
  /// - Throws: ``NixError/noScratchStore(directory:cause:)``.
  public init() throws(NixError) {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "warmth-store-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw .noScratchStore(
        directory: directory.deletingLastPathComponent().path, cause: error.localizedDescription)
    }
    path = directory.path
  }

  /// Removes the store. Nix makes everything in it read-only, and only a privileged root may ignore that.
  ///
  /// - Throws: the file system's error, where something of it is left.
  public func remove() throws {
    if (try? FileManager.default.removeItem(atPath: path)) != nil { return }
    makeWritable()
    try FileManager.default.removeItem(atPath: path)
  }

  private func makeWritable() {
    for case let item as String in FileManager.default.enumerator(atPath: path) ?? .init() {
      let file = "\(path)/\(item)"
      var status = stat()
      guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
      chmod(file, 0o700)
    }
  }
}
