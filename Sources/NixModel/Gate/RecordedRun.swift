public import Foundation

/// A run about a target, as far as a gate must know it to choose the runs that speak.
public struct RecordedRun: Hashable, Sendable {
  /// Its name.
  public let id: RunID
  /// When it began, by the runner's clock: the latest run is the one that began last.
  public let started: Date
  /// Where it took place.
  public let runner: Runner
  /// How it ended, if it did.
  public let state: State

  /// How a run ended for one target.
  public enum State: Hashable, Sendable {
    /// Its process is still alive on this machine.
    case running
    /// Its process ended without a conclusion.
    case interrupted
    /// It came to a conclusion then, with this verdict about the target.
    case finished(at: Date, Verdict)
  }

  /// A run about a target.
  public init(id: RunID, started: Date, runner: Runner, state: State) {
    self.id = id
    self.started = started
    self.runner = runner
    self.state = state
  }

  /// Whether it came to the verdict that the target is warm.
  public var saysWarm: Bool {
    switch state {
    case .finished(_, .warm): true
    case .finished(_, .cold), .finished(_, .inconclusive), .running, .interrupted: false
    }
  }

  /// How long ago it ended, in whole seconds; negative in the future, `nil` without a conclusion.
  public func age(at now: Date) -> Int? {
    switch state {
    case .running, .interrupted: nil
    case .finished(let finished, _): Int(now.timeIntervalSince(finished).rounded(.down))
    }
  }
}
