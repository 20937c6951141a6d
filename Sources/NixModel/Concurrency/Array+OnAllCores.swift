import Dispatch
import Synchronization

extension Array where Element: Sendable {
  /// The results of `transform`, which may block, in the order of the elements. As many calls run at once as there
  /// are cores.
  public func mappedOnAllCores<Result: Sendable>(_ transform: @Sendable (Element) -> Result) -> [Result] {
    let results = Mutex<[(Int, Result)]>([])
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let result = transform(self[index])
      results.withLock { $0.append((index, result)) }
    }
    return results.withLock { $0 }.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
