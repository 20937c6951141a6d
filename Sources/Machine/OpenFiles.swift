import Foundation

/// How many files this process may have open (`RLIMIT_NOFILE`).
public enum OpenFiles {
  /// Raises the limit to `wanted`, or as far as this process may raise it, where it is lower.
  ///
  /// - Returns: how many files may be open now.
  public static func raise(to wanted: Int) -> Int {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return wanted }
    let allowed = limit.rlim_cur
    guard allowed < rlim_t(wanted) else { return wanted }
    limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
    let isRaised = limit.rlim_cur > allowed && setrlimit(resource, &limit) == 0
    return Int(clamping: isRaised ? limit.rlim_cur : allowed)
  }
}
