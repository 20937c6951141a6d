import NixModel
import Synchronization

/// Looks at the clock for each event of a realization, as it is read.
final class StopWatch: Sendable {
  private let start = ContinuousClock.now
  private let clock = Mutex(CopyClock())

  func note(_ event: LogEvent.Kind) {
    let moment = ContinuousClock.now - start
    clock.withLock { $0.note(event, at: moment) }
  }

  /// What it came to until now.
  func taken() -> TimeTaken {
    let moment = ContinuousClock.now - start
    return clock.withLock { $0.taken(at: moment) }
  }
}
