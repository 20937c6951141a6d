import NixModel
import Synchronization

/// Takes the time at which each event of a realization is read.
final class StopWatch: Sendable {
  private let start = ContinuousClock.now
  private let clock = Mutex(CopyClock())

  func note(_ event: LogEvent) {
    let moment = ContinuousClock.now - start
    clock.withLock { $0.note(event, at: moment) }
  }

  /// The time taken until now.
  func taken() -> TimeTaken {
    let moment = ContinuousClock.now - start
    return clock.withLock { $0.taken(at: moment) }
  }
}
