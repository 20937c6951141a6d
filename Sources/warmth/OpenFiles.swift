import Foundation

/// How many files this process may have open.
enum OpenFiles {
  /// What is open besides.
  private static let others = 64

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
