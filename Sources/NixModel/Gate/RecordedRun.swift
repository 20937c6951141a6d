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
  /// Its subject.
  public let subject: GateSubject
  /// The target's output paths; empty where the run did not come to know them.
  public let outputs: [StorePath]

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
  public init(
    id: RunID, started: Date, runner: Runner, state: State, subject: GateSubject, outputs: [StorePath]
  ) {
    self.id = id
    self.started = started
    self.runner = runner
    self.state = state
    self.subject = subject
    self.outputs = outputs
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

// MARK: Which run is the latest

extension RecordedRun {
  /// How far two machines' clocks may be apart, in seconds.
  static let tolerance = 300

  /// Whether it began or ended in the future: then its clock is ahead by an unknown time.
  func liesInFuture(at now: Date) -> Bool {
    switch state {
    case .finished(let finished, _): max(started, finished) > now
    case .running, .interrupted: started > now
    }
  }

  /// Since when it speaks. A warm run of the future began earlier than it says, and so does not beat one that is not
  /// warm and may be later.
  private func speaksSince(at now: Date) -> Date {
    saysWarm && liesInFuture(at: now) ? earliest(at: now) : started
  }

  /// When a run of the future may have begun.
  private func earliest(at now: Date) -> Date {
    min(started, now).addingTimeInterval(-Double(Self.tolerance))
  }

  /// The runs by when they speak, the latest first.
  public static func ordered(_ runs: [RecordedRun], at now: Date) -> [RecordedRun] {
    guard runs.contains(where: { $0.liesInFuture(at: now) }) else { return runs }
    return runs.enumerated().sorted { left, right in
      let (first, second) = (left.element.speaksSince(at: now), right.element.speaksSince(at: now))
      if first != second { return first > second }
      let isWarm = (left.element.saysWarm, right.element.saysWarm)
      return isWarm.0 == isWarm.1 ? left.offset < right.offset : isWarm.1
    }.map(\.element)
  }

  /// Whether the latest of all runs may be another than the first of `runs` as they were told, those that began last
  /// first, if more of them were told.
  public static func needsMore(than runs: [RecordedRun], at now: Date) -> Bool {
    guard let first = runs.first, let last = runs.last, first.liesInFuture(at: now) else { return false }
    return last.started >= first.earliest(at: now)
  }
}
