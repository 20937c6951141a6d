/// A difference from an earlier run about the same target.
public enum TargetChange: Hashable, Sendable {
  /// Another verdict, and why, where it is not warm.
  case verdict(Verdict, because: [ReasonCode])
  /// The same verdict for other reasons.
  case reasons(from: [ReasonCode], to: [ReasonCode])
  /// Another derivation: its inputs changed.
  case derivation(from: StorePath, to: StorePath)
  /// Other output paths of the same derivation, or of none.
  case outputs(from: [StorePath], to: [StorePath])
  /// Copied from other caches.
  case origins(from: [String], to: [String])
  /// Another unpacked size in bytes.
  case size(from: UInt64, to: UInt64)
}

extension TargetJudgment {
  /// The changes since `earlier`, the gravest first. A value that one of the two does not know is no change.
  public func changes(since earlier: TargetJudgment) -> [TargetChange] {
    var changes: [TargetChange] = []
    let (verdict, codes) = (ruling.verdict, firstCodes)
    if verdict != earlier.ruling.verdict {
      changes.append(.verdict(verdict, because: codes))
    } else if Set(codes) != Set(earlier.firstCodes) {
      changes.append(.reasons(from: earlier.firstCodes, to: codes))
    }
    let (paths, earlierPaths) = (outputs.map(\.path), earlier.outputs.map(\.path))
    if let derivation, let old = earlier.derivation, derivation != old {
      changes.append(.derivation(from: old, to: derivation))
    } else if !paths.isEmpty, !earlierPaths.isEmpty, Set(paths) != Set(earlierPaths) {
      changes.append(.outputs(from: earlierPaths, to: paths))
    }
    if !origins.isEmpty, !earlier.origins.isEmpty, Set(origins) != Set(earlier.origins) {
      changes.append(.origins(from: earlier.origins, to: origins))
    }
    if let size = narBytes, let old = earlier.narBytes, size != old {
      changes.append(.size(from: old, to: size))
    }
    return changes
  }

  /// The codes of its reasons, each once: those that can be first causes, or all where none can.
  public var firstCodes: [ReasonCode] {
    let first = ruling.reasons.filter(\.fact.canBeFirst)
    return (first.isEmpty ? ruling.reasons : first).map(\.code).unique
  }
}

/// A line of a target's history.
public struct TargetHistoryLine: Hashable, Sendable {
  /// The run's record of the target.
  public let record: TargetRecord
  /// The differences from the run before it.
  public let change: Change

  /// How a line differs from the one before it.
  public enum Change: Hashable, Sendable {
    /// The run came to no judgment, so that nothing can be compared.
    case unknown
    /// There is no judgment before it.
    case first
    /// The differences from that run, which may be none.
    case since(RunID, [TargetChange])
  }

  /// Compares each of `records`, the latest first, with the one before it that is about the same target and came to
  /// a judgment, and gives the first `count` of them.
  public static func lines(of records: [TargetRecord], count: Int) -> [TargetHistoryLine] {
    var later: [Installable: TargetRecord] = [:]
    var lines: [TargetHistoryLine] = []
    // From the earliest on, so that each is compared with the last one before it.
    for (index, record) in records.enumerated().reversed() {
      let before = later[record.installable]
      var change = Change.unknown
      if let judgment = record.judgment {
        change =
          if let before, let earlier = before.judgment {
            .since(before.run, judgment.changes(since: earlier))
          } else {
            .first
          }
        later[record.installable] = record
      }
      if index < count { lines.append(TargetHistoryLine(record: record, change: change)) }
    }
    return lines.reversed()
  }
}
