import Foundation
import LinuxProcess
public import NixModel
import Synchronization

/// Ends a run before its time: at a signal, or at a limit. The first cause stays.
public final class Interruption: Sendable {
  private struct State {
    var cause: NixEnding?
    var signal: Int32?
    var work: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  /// The cause, once there is one.
  public var ending: NixEnding? { state.withLock { $0.cause } }

  /// The number of the signal that ended the run, if one did.
  public var signal: Int32? { state.withLock { $0.signal } }

  /// Listens to signals from now on: one that arrives before there is anything to cancel ends the run all the same, and
  /// in order.
  ///
  /// - Parameter code: the code to exit with at once when a second signal arrives: it does not wait for that order.
  ///   `nil` for 128 and the signal's number.
  public init(exitingAtSecondSignalWith code: Int32?) throws(SystemError) {
    let endings = warmth_receive_endings()
    guard endings >= 0 else { throw SystemError(errno) }
    Thread.detachNewThread { [self] in
      var number: UInt8 = 0
      while true {
        let count = read(endings, &number, 1)
        if count < 0, errno == EINTR { continue }
        guard count == 1 else { return }
        let signal = Int32(number)
        // Nix and its children end with this process (see Supervisor).
        if !end(as: .interrupted, by: signal) { _exit(code ?? 128 + signal) }
      }
    }
  }

  /// Runs `work`, and cancels it where a signal arrives or `limit` passes. Cancelled work must come to an orderly end
  /// by itself.
  public func watch<Value: Sendable>(
    limit: Duration?, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await work() }
    let isDue = state.withLock { state in
      state.work = { task.cancel() }
      return state.cause != nil
    }
    if isDue { task.cancel() }
    let timer = limit.map { limit in
      Task {
        try await Task.sleep(for: limit)
        _ = end(as: .timedOut)
      }
    }
    defer { timer?.cancel() }
    return try await task.value
  }

  /// Whether `ending` is the first cause; then the work is cancelled.
  private func end(as ending: NixEnding, by signal: Int32? = nil) -> Bool {
    let (isFirst, cancel) = state.withLock { state in
      defer { (state.cause, state.signal) = (state.cause ?? ending, state.signal ?? signal) }
      return (state.cause == nil, state.work)
    }
    if isFirst { cancel?() }
    return isFirst
  }
}
