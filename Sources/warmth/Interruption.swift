import Dispatch
import Foundation
import NixModel
import Synchronization

/// Why a run is to end before its time: a signal, or a limit. The first cause stays.
final class Interruption: Sendable {
  private let cause = Mutex<NixEnding?>(nil)

  /// The cause, once there is one.
  var ending: NixEnding? { cause.withLock { $0 } }

  /// Runs `work`, and cancels it where a signal arrives or `limit` passes. Work that is cancelled is
  /// expected to come to an orderly end by itself; a second signal does not wait for that.
  func watch<Value: Sendable>(
    limit: Duration?, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await work() }
    let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        if note(.interrupted) { task.cancel() } else { _exit(ExitStatus.inconclusive.rawValue) }
      }
      source.resume()
      return source
    }
    let timer = limit.map { limit in
      Task {
        try await Task.sleep(for: limit)
        if note(.timedOut) { task.cancel() }
      }
    }
    defer {
      timer?.cancel()
      for source in sources { source.cancel() }
    }
    return try await task.value
  }

  /// Whether `ending` is the first cause.
  private func note(_ ending: NixEnding) -> Bool {
    cause.withLock { cause in
      guard cause == nil else { return false }
      cause = ending
      return true
    }
  }
}
