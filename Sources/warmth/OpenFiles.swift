import Foundation

/// How many files this process may have open.
enum OpenFiles {
  /// What is open besides.
  private static let others = 64

  /// What asking caches needs, with room for the connections.
  private static let least: rlim_t = 256

  /// Sees that this process may have as many open as asking caches needs: where it may not, the libraries below end it
  /// with a signal, or wait for ever.
  static func allowConnections() throws(Failure) {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < 4096 else { return }
    let allowed = limit.rlim_cur
    limit.rlim_cur = min(4096, limit.rlim_max)
    if limit.rlim_cur > allowed, setrlimit(resource, &limit) != 0 { limit.rlim_cur = allowed }
    guard limit.rlim_cur < least else { return }
    throw Failure(
      .missing,
      """
      this process may have \(limit.rlim_cur) files open, and needs \(least) to ask caches, so nothing was asked; \
      raise the limit: ulimit -n 1024
      """)
  }

  /// Sees that so many can be open at once: every store that is imported is opened before anything is written.
  static func allow(_ count: Int) throws(Failure) {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    let needed = rlim_t(count + others)
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < needed else { return }
    limit.rlim_cur = min(needed, limit.rlim_max)
    guard setrlimit(resource, &limit) == 0, limit.rlim_cur == needed else {
      throw Failure(
        .usage,
        "\(count) files are more than this process may have open; import at most \(max(1, Int(clamping: limit.rlim_cur) - others)) at once"
      )
    }
  }
}
