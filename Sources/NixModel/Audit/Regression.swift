public import Foundation

/// A target that was warm, and is not in the latest run that came to a verdict about it.
public struct Regression: Hashable, Sendable {
  /// The target, as it was proved.
  public let installable: Installable
  /// The latest judgment about it.
  public let judgment: TargetJudgment
  /// The latest run with a verdict about it.
  public let now: Moment
  /// The first run after ``lastWarm`` in which it was not warm.
  public let first: Moment
  /// The latest run before that in which it was warm.
  public let lastWarm: Moment

  /// A run and when it started.
  public struct Moment: Hashable, Sendable {
    /// The run.
    public let run: RunID
    /// When it started.
    public let started: Date

    /// A run and when it started.
    public init(run: RunID, started: Date) {
      self.run = run
      self.started = started
    }
  }

  /// A regression.
  public init(
    installable: Installable, judgment: TargetJudgment, now: Moment, first: Moment, lastWarm: Moment
  ) {
    self.installable = installable
    self.judgment = judgment
    self.now = now
    self.first = first
    self.lastWarm = lastWarm
  }

  /// Whether a cause is in the target itself: about its derivation, one of its outputs, or the run as a whole.
  /// Otherwise the cause is in something that the target needs, and dragged it down.
  public func isOwn(_ reason: Reason) -> Bool {
    guard let path = reason.path else { return true }
    return path == judgment.derivation || judgment.outputs.contains { $0.path == path }
  }
}
