import Foundation
import Machine

/// The files of one command, none of which may be written over another. They are compared by device and inode, since
/// a link, a hard link or a mount gives a file another name.
struct FilesApart: Sendable {
  private struct Entry {
    /// Such as `--junit`, or `the evidence`.
    let role: String
    let path: String
    let isReplaced: Bool
    let identity: FileIdentity?
  }

  /// The evidence store's file.
  let evidence: String
  private var read: [(role: String, path: String)] = []
  private var appended: [(role: String, path: String)] = []
  private var replaced: [(role: String, path: String)] = []

  init(evidence: String) { self.evidence = evidence }

  /// Adds a file that is only read, if one was named.
  mutating func read(_ path: String?, as role: String) { if let path { read.append((role, path)) } }

  /// Adds a file that something is added to, if one was named.
  mutating func append(to path: String?, as role: String) { if let path { appended.append((role, path)) } }

  /// Adds a file that gets other contents, if one was named.
  mutating func replace(_ path: String?, as role: String) { if let path { replaced.append((role, path)) } }

  /// Compares all of them as they are now. A command that makes one of them must compare again afterwards.
  ///
  /// - Throws: ``Failure`` that names the first two that are one.
  func check() throws(Failure) {
    var seen: [FileIdentity: Entry] = [:]
    for entry in entries {
      guard let identity = entry.identity else { continue }
      guard let other = seen.updateValue(entry, forKey: identity), other.isReplaced || entry.isReplaced else {
        continue
      }
      throw Failure(
        .usage, "\(entry.role) names '\(entry.path)', where \(other.role) is; name a file of its own")
    }
  }

  private var entries: [Entry] {
    func entry(_ role: String, _ path: String, isReplaced: Bool) -> Entry {
      let place = try? FilePlace(of: path)
      // In a file that is open already, a report is added behind the present content; a store is opened anew.
      let goesOn = if case .descriptor? = place { path != evidence } else { false }
      return Entry(role: role, path: path, isReplaced: isReplaced && !goesOn, identity: place?.identity)
    }
    // SQLite follows links, and has its own files beside the one that it comes to.
    let store: String? =
      switch try? FilePlace(of: evidence) {
      case .file(let path), .absent(let path): path
      case .directory, .descriptor, .special, nil: nil
      }
    let beside = ["-journal", "-wal", "-shm"].compactMap { suffix in
      store.map { entry("the evidence's \(suffix.dropFirst())", $0 + suffix, isReplaced: true) }
    }
    return
      ["output", "error"].map {
        entry("standard \($0)", "/proc/self/fd/\($0 == "output" ? 1 : 2)", isReplaced: false)
      }
      + [entry("the evidence", evidence, isReplaced: true)] + beside
      + (read + appended).map { entry($0.role, $0.path, isReplaced: false) }
      + replaced.map { entry($0.role, $0.path, isReplaced: true) }
  }
}
