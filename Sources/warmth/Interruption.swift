import Foundation
import LinuxProcess
import NixModel
import Synchronization

/// Why a run is to end before its time: a signal, or a limit. The first cause stays.
final class Interruption: Sendable {
  private struct State {
    var cause: NixEnding?
    var work: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  /// The cause, once there is one.
  var ending: NixEnding? { state.withLock { $0.cause } }

  /// Listens to signals from now on: one that arrives before there is anything to cancel ends the run all
  /// the same, and in order. A second one does not wait for that.
  init() throws(Failure) {
    let endings = warmth_receive_endings()
    guard endings >= 0 else {
      throw Failure(.fault, "signals cannot be received: \(String(cString: strerror(errno)))")
    }
    Thread.detachNewThread { [self] in
      var number: UInt8 = 0
      while true {
        let count = read(endings, &number, 1)
        if count < 0, errno == EINTR { continue }
        guard count == 1 else { return }
        // Nix and its children end with this process (see Supervisor).
        if !end(as: .interrupted) { _exit(ExitStatus.inconclusive.rawValue) }
      }
    }
  }

  /// Runs `work`, and cancels it where a signal arrives or `limit` passes. Work that is cancelled is
  /// expected to come to an orderly end by itself.
  func watch<Value: Sendable>(
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
  private func end(as ending: NixEnding) -> Bool {
    let (isFirst, cancel) = state.withLock { state in
      defer { state.cause = state.cause ?? ending }
      return (state.cause == nil, state.work)
    }
    if isFirst { cancel?() }
    return isFirst
  }
}
