public import Foundation

/// What one run says became of one path.
public struct PathRecord: Hashable, Sendable {
  /// The path.
  public let path: StorePath
  /// What became of it; `nil` where the run was cut off before it could tell, or was recorded by a `warmth` that
  /// told it of targets alone.
  public let outcome: Outcome?
  /// The archive's size in bytes, as the store registered it or else as a cache offered it.
  public let narSize: UInt64?
  /// The run.
  public let run: RunID
  /// When the run started.
  public let started: Date

  /// A record.
  public init(path: StorePath, outcome: Outcome?, narSize: UInt64?, run: RunID, started: Date) {
    self.path = path
    self.outcome = outcome
    self.narSize = narSize
    self.run = run
    self.started = started
  }
}
