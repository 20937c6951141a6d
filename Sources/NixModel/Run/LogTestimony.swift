/// The testimony of Nix's log: its events, and how Nix ended.
public struct LogTestimony: Hashable, Sendable {
  /// Everything that bears on a verdict, in order. Progress is left out.
  public let events: [LogEvent]
  /// How many lines the log had.
  public let lines: Int
  /// How many bytes the log had.
  public let bytes: Int
  /// How many records of Nix's could not be read. Their content is not known, so nothing is certain.
  public let unreadable: Int
  /// How many of these were read and not kept, since the log had more than is kept of one.
  public let dropped: Int
  /// How Nix ended.
  public private(set) var ending: NixEnding
  /// How many lines at the beginning are the evaluation's, which can copy and build as well.
  public private(set) var evaluationLines: Int
  /// How long the realization took; `nil` where Nix was not started for one, or no time was taken.
  public let timeTaken: TimeTaken?
  /// The file that the whole log was kept in, where it was (`--log-file`).
  public var kept: KeptLog?

  /// A log and its end.
  public init(
    events: [LogEvent], lines: Int, bytes: Int, unreadable: Int = 0, dropped: Int = 0,
    ending: NixEnding,
    evaluationLines: Int = 0, timeTaken: TimeTaken? = nil
  ) {
    self.timeTaken = timeTaken
    self.unreadable = unreadable
    self.dropped = dropped
    self.events = events
    self.lines = lines
    self.bytes = bytes
    self.ending = ending
    self.evaluationLines = evaluationLines
  }

  /// Nothing heard.
  public static let silent = LogTestimony(events: [], lines: 0, bytes: 0, ending: .notStarted)

  /// This log with another behind it that was written beside it, so that its lines were numbered from 1: they are
  /// renumbered. The ending is the second's.
  public func followed(by next: LogTestimony) -> LogTestimony {
    joined(by: next, next.events.map { LogEvent(line: lines + $0.line, kind: $0.kind) })
  }

  /// This log with its continuation behind it, whose lines were numbered on when they were read. The ending is the
  /// second's.
  public func continued(by next: LogTestimony) -> LogTestimony { joined(by: next, next.events) }

  private func joined(by next: LogTestimony, _ following: [LogEvent]) -> LogTestimony {
    LogTestimony(
      events: events + following, lines: lines + next.lines, bytes: bytes + next.bytes,
      unreadable: unreadable + next.unreadable, dropped: dropped + next.dropped, ending: next.ending,
      evaluationLines: evaluationLines, timeTaken: next.timeTaken
    ).keeping(next.kept ?? kept)
  }

  /// The same log with the time that the realization took.
  public func taking(_ timeTaken: TimeTaken) -> LogTestimony {
    LogTestimony(
      events: events, lines: lines, bytes: bytes, unreadable: unreadable, dropped: dropped, ending: ending,
      evaluationLines: evaluationLines, timeTaken: timeTaken
    ).keeping(kept)
  }

  /// The same log, which was kept whole.
  public func keeping(_ kept: KeptLog?) -> LogTestimony {
    var other = self
    other.kept = kept
    return other
  }

  /// The same log, all of which an evaluation wrote, before anything was realized.
  public var asEvaluation: LogTestimony {
    var other = ending(.notStarted)
    other.evaluationLines = lines
    return other
  }

  /// The same log with another ending.
  public func ending(_ ending: NixEnding) -> LogTestimony {
    var other = self
    other.ending = ending
    return other
  }
}

/// How Nix ended, or why it was not started.
public enum NixEnding: Hashable, Sendable {
  /// Nix was not started, because the outcome was certain before.
  case notStarted
  /// Nix could not be started, or its log could not be received; the cause.
  case failedToStart(String)
  /// It ended by itself.
  case exited(code: Int32)
  /// A signal that we did not send ended it.
  case signalled(number: Int32)
  /// We ended it at the first build that the policy does not allow (`--builds stop`).
  case stopped(at: StorePath)
  /// We ended it because the run took longer than it was given.
  case timedOut
  /// We ended it because we were asked to end.
  case interrupted
}
