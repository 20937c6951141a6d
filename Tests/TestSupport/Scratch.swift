import Foundation

/// Where tests write: a folder of the test process, which is removed when the process ends.
public enum Scratch {
  /// The folder. Other users can come into it.
  public static let directory: String = {
    let path = FileManager.default.temporaryDirectory.appending(path: "warmth-tests-\(token())").path
    try? FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    atexit { Scratch.remove() }
    return path
  }()

  /// A path in the folder that nobody else has, and at which there is nothing yet.
  public static func path(_ name: String) -> String { "\(directory)/\(name)-\(token())" }

  /// Digits that nobody else has. Few, because paths of sockets must be short.
  public static func token() -> String { String(UUID().uuidString.prefix(8)).lowercased() }

  private static func remove() {
    let files = FileManager.default
    // Whoever is not root has to be allowed to write into what Nix made read-only.
    if geteuid() != 0, let all = files.enumerator(atPath: directory) {
      for case let name as String in all {
        let path = "\(directory)/\(name)"
        let type = try? files.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        if type == .typeDirectory { try? files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path) }
      }
    }
    try? files.removeItem(atPath: directory)
  }
}
