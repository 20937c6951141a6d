import Foundation

/// Does long work that waits for nobody on a thread of its own: in the pool that all tests share, which has a thread
/// for each core, those who wait for answers would wait for it as well.
public func onThreadOfItsOwn<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws
  -> Value
{
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
  }
}
