public import Foundation

/// One run's record of one target.
public struct TargetRecord: Hashable, Sendable {
  /// The run.
  public let run: RunID
  /// When the run started.
  public let started: Date
  /// The target, as the run was asked about it.
  public let installable: Installable
  /// The run's end for the target.
  public let ending: Ending

  /// How a run about a target can end.
  public enum Ending: Hashable, Sendable {
    /// It has not: its process is still alive on this machine.
    case running
    /// Its process ended without a conclusion.
    case interrupted
    /// With a judgment.
    case judged(TargetJudgment, RunFigures)
  }

  /// A record.
  public init(run: RunID, started: Date, installable: Installable, ending: Ending) {
    self.run = run
    self.started = started
    self.installable = installable
    self.ending = ending
  }

  /// The judgment, where there is one.
  public var judgment: TargetJudgment? {
    switch ending {
    case .running, .interrupted: nil
    case .judged(let judgment, _): judgment
    }
  }

  /// The figures of the run, where it has a conclusion.
  public var figures: RunFigures? {
    switch ending {
    case .running, .interrupted: nil
    case .judged(_, let figures): figures
    }
  }
}

/// The costs of a whole run.
public struct RunFigures: Hashable, Sendable {
  /// The compressed size of all that it copied, in bytes, as the narinfos state it.
  public let downloadBytes: UInt64
  /// From its beginning to its conclusion.
  public let milliseconds: Int
  /// The time that Nix took to realize the targets; `nil` where it was not recorded.
  public let timeTaken: TimeTaken?

  /// The figures of a run.
  public init(downloadBytes: UInt64, milliseconds: Int, timeTaken: TimeTaken?) {
    self.downloadBytes = downloadBytes
    self.milliseconds = milliseconds
    self.timeTaken = timeTaken
  }
}

extension TargetJudgment {
  /// The caches that its outputs were copied from, each once, in the order of the outputs.
  public var origins: [String] {
    outputs.compactMap { output in
      switch output.outcome {
      case .substituted(let from): from
      case .builtLocally, .builtRemotely, .presentBefore, .addedByEvaluation, .notRealized, .failed: nil
      }
    }.unique
  }

  /// The unpacked size of its outputs in bytes; `nil` where not all of them are known.
  public var narBytes: UInt64? {
    let sizes = outputs.map(\.narSize)
    guard !sizes.isEmpty, !sizes.contains(nil) else { return nil }
    return sizes.reduce(0) { sum, size in sum.addingReportingOverflow(size ?? 0).partialValue }
  }
}
