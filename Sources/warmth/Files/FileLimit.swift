import Machine

/// The numbers of open files that commands need.
enum FileLimit {
  /// How many files are open besides those that a command counts.
  private static let others = 64
  /// How many files asking caches needs, with room for the connections.
  private static let least = 256

  /// Sees that this process may have as many files open as asking caches needs. Where it may not, the libraries below
  /// end it with a signal, or wait for ever.
  static func allowConnections() throws(Failure) {
    let allowed = OpenFiles.raise(to: 4096)
    guard allowed < least else { return }
    throw Failure(
      .missing,
      """
      this process may have \(allowed) files open, and needs \(least) to ask caches, so nothing was asked; \
      raise the limit: ulimit -n 1024
      """)
  }

  /// Sees that `count` stores can be open at once: every store that is imported is opened before anything is written.
  static func allow(_ count: Int) throws(Failure) {
    let allowed = OpenFiles.raise(to: count + others)
    guard allowed < count + others else { return }
    throw Failure(
      .usage,
      "\(count) files are more than this process may have open; import at most \(max(1, allowed - others)) at once"
    )
  }
}
