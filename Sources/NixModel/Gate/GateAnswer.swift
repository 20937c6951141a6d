/// What the evidence says to a gate that asks whether its targets are warm.
public struct GateAnswer: Hashable, Sendable {
  /// What the answer rests on, target by target.
  public let targets: [Target]

  /// One target, the run that speaks for it, and what the rules found.
  public struct Target: Hashable, Sendable {
    /// The target, as the gate named it.
    public let target: String
    /// What the answer speaks of; `nil` where that cannot be told.
    public let subject: GateSubject?
    /// The output paths that the answer speaks of, as far as they are known.
    public let outputs: [StorePath]
    /// The latest run about it; `nil` where there is none.
    public let run: RecordedRun?
    /// How long ago that run ended, in seconds.
    public let age: Int?
    /// What each rule found that the policy asks for; never empty.
    public let findings: [GateFinding]

    /// A target that `run` speaks for.
    public init(target: String, run: RecordedRun, age: Int?, findings: [GateFinding]) {
      self.target = target
      subject = run.subject
      outputs = run.outputs
      self.run = run
      self.age = age
      self.findings = findings
    }

    /// A target that no run speaks for.
    ///
    /// - Parameters:
    ///   - subject: what was looked for, where the question was clear.
    ///   - outputs: the output paths that were looked for.
    public init(
      unproved target: String, subject: GateSubject? = nil, outputs: [StorePath] = [],
      because finding: GateFinding = .noRun
    ) {
      self.target = target
      self.subject = subject
      self.outputs = outputs
      run = nil
      age = nil
      findings = [finding]
    }

    /// The answer for this target. Evidence that is too old, or that nobody trusted has signed, says neither yes
    /// nor no.
    public var answer: Answer {
      let standings = findings.map(\.standing)
      if !findings.isEmpty, standings.allSatisfy({ $0 == .met }) { return .yes }
      let isAdmissible = findings.allSatisfy { !$0.rule.isAboutEvidence || $0.standing == .met }
      return isAdmissible && standings.contains(.notMet) ? .no : .unknown
    }

    /// The verdict that stands, whatever else the policy asks for; `nil` where no finished run is about the
    /// target.
    public var verdict: Verdict? {
      guard let run else { return nil }
      let isInTime = findings.allSatisfy { $0.rule != .age || $0.standing == .met }
      let isSupported = findings.allSatisfy { $0.rule != .latestRun || $0.standing != .unknown }
      switch run.state {
      case .running: return nil
      case .interrupted: return .inconclusive
      case .finished(_, let verdict): return isInTime && isSupported ? verdict : .inconclusive
      }
    }
  }

  /// An answer from what it rests on.
  public init(targets: [Target]) { self.targets = targets }

  /// May it pass? No targets are no proof.
  public var answer: Answer {
    let answers = targets.map(\.answer)
    if answers.contains(.no) { return .no }
    return !answers.isEmpty && answers.allSatisfy { $0 == .yes } ? .yes : .unknown
  }
}
