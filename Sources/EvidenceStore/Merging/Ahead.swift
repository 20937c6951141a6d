import Dispatch
import Synchronization

/// A value that another thread makes meanwhile.
final class Ahead<Value: Sendable>: Sendable {
  private let result = Mutex(Result<Value, any Error>?.none)
  private let done = DispatchSemaphore(value: 0)

  init(_ make: @escaping @Sendable () throws -> Value) {
    DispatchQueue.global(qos: .userInitiated).async {
      let made = Result { try make() }
      self.result.withLock { $0 = made }
      self.done.signal()
    }
  }

  /// The value, once it is made. It is to be asked for once.
  ///
  /// - Throws: the error of `make`.
  func value() throws -> Value? {
    done.wait()
    return try result.withLock { $0 }?.get()
  }
}
