import Foundation

extension FuzzTarget {
  /// How long a reader may take over one input. Code that is not optimized takes several times as long: there the
  /// limit still finds what is out of proportion.
  #if DEBUG
    public static let patience = Duration.milliseconds(500)
  #else
    public static let patience = Duration.milliseconds(100)
  #endif

  /// Feeds `bytes` to the reader and measures it, in the thread's own time: other work on the machine does
  /// not count. An input that takes too long is tried once more.
  ///
  /// - Throws: ``BrokenPromise`` where something does not hold, or where both tries took too long.
  @discardableResult
  public func attempt(_ bytes: [UInt8]) throws(BrokenPromise) -> Duration {
    var time = try measured(bytes)
    if time > Self.patience { time = min(time, try measured(bytes)) }
    try expect(time <= Self.patience, "\(bytes.count) bytes are read within \(Self.patience), not in \(time)")
    return time
  }

  private func measured(_ bytes: [UInt8]) throws(BrokenPromise) -> Duration {
    let start = Self.threadTime
    try run(bytes)
    return Self.threadTime - start
  }

  private static var threadTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
