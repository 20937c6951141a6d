import Foundation

/// A store directory for one run (`--isolated`), removed afterwards.
struct ScratchStore {
  let path: String

  init() throws(Failure) {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "warmth-store-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        .inconclusive,
        "no throwaway store can be made in \(directory.deletingLastPathComponent().path): \(error.localizedDescription)"
      )
    }
    path = directory.path
  }

  /// Removes the store. Nix makes everything in it read-only, which only a privileged root may overlook.
  func remove() {
    if (try? FileManager.default.removeItem(atPath: path)) != nil { return }
    makeWritable()
    do { try FileManager.default.removeItem(atPath: path) } catch {
      Console.say("warmth: the throwaway store \(path) could not be removed: \(error.localizedDescription)")
    }
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
