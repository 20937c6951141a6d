/// The standing of a target, compared with an earlier run about the same derivation.
public enum TargetStanding: Hashable, Sendable {
  /// It is warm in both.
  case warmInBoth
  /// It was not warm in the earlier run, and is now.
  case becameWarm(Verdict)
  /// It was not warm in the earlier run either.
  case neverWarm(Verdict)
  /// The later run ended before it came to the target, so its outcome is unknown.
  case unreached
  /// It was copied from these caches then, which were asked now and lack it, or something that it refers to.
  case lost(from: [String])
  /// It was warm, and is not, for another reason than a cache's loss.
  case brokeOtherwise

  /// Compares the judgments of both runs about a target.
  ///
  /// - Parameters:
  ///   - now: the later judgment, and `testimony` that of its witnesses.
  ///   - earlier: the earlier judgment, and `theirs` the testimony of its witnesses.
  public init(
    _ now: TargetJudgment, in testimony: Testimony, since earlier: TargetJudgment, in theirs: Testimony
  ) {
    let (verdict, before) = (now.ruling.verdict, earlier.ruling.verdict)
    if before != .warm {
      self = verdict == .warm ? .becameWarm(before) : .neverWarm(before)
      return
    }
    if verdict == .warm {
      self = .warmInBoth
      return
    }
    guard now.isReached else {
      self = .unreached
      return
    }
    let copies = LogDigest(theirs.log, theirs.graph).copies
    let lost = now.ruling.reasons.flatMap { reason -> [String] in
      guard reason.fact.isOfLack, let path = reason.path else { return [] }
      let origins = (copies[path] ?? []).compactMap { try? SubstituterURL(parsing: $0.from) }
      return (testimony.survey.answers[path] ?? []).filter { origins.contains($0.cache) && $0.isOfLack }
        .map(\.cache.canonical)
    }.unique
    self = lost.isEmpty ? .brokeOtherwise : .lost(from: lost)
  }
}

extension TargetJudgment {
  /// Whether the run came to the target: one that ended before, over another target or because it was cut off, says
  /// nothing of it.
  public var isReached: Bool {
    let codes = Set(ruling.reasons.map(\.code))
    return codes.isDisjoint(with: ReasonCode.endingEarly)
      || !codes.isSubset(of: ReasonCode.endingEarly + [.witnessMissing])
  }
}

extension ReasonCode {
  /// The reasons that say no more than that a run ended before its time.
  public static let endingEarly: [ReasonCode] = [.stoppedEarly, .interrupted, .timedOut]
}

extension Reason.Fact {
  /// Whether a cache lacks something.
  fileprivate var isOfLack: Bool {
    switch self {
    case .notInSubstituter, .referenceMissing, .narMissing: true
    default: false
    }
  }
}

extension Survey.Answer {
  /// Whether the cache said that it has the path no more, or not its archive.
  fileprivate var isOfLack: Bool {
    switch kind {
    case .absent, .offered(_, .missing): true
    default: false
    }
  }
}
