/// The answer of the evidence to a gate that asks whether its targets are warm.
public struct GateAnswer: Hashable, Sendable {
  /// The grounds of the answer, target by target.
  public let targets: [Target]

  /// One target, the run that speaks for it, and the findings of the rules.
  public struct Target: Hashable, Sendable {
    /// The target, as the gate named it.
    public let target: String
    /// The subject of the answer; `nil` where it is not clear.
    public let subject: GateSubject?
    /// The output paths that the answer speaks of, as far as they are known.
    public let outputs: [StorePath]
    /// The latest run about it; `nil` where there is none.
    public let run: RecordedRun?
    /// How long ago that run ended, in seconds.
    public let age: Int?
    /// The findings of the rules that the policy asks for; never empty.
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
    ///   - subject: the subject in question, where it was clear.
    ///   - outputs: the output paths in question.
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

    /// The answer for this target. Evidence that is too old, or that no trusted collector signed, gives
    /// neither yes nor no.
    public var answer: Answer {
      let standings = findings.map(\.standing)
      if !findings.isEmpty, standings.allSatisfy({ $0 == .met }) { return .yes }
      let isAdmissible = findings.allSatisfy { !$0.rule.isAboutEvidence || $0.standing == .met }
      return isAdmissible && standings.contains(.notMet) ? .no : .unknown
    }

    /// The verdict that stands without the policy's other demands; `nil` where no finished run is about the
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

  /// An answer from its grounds.
  public init(targets: [Target]) { self.targets = targets }

  /// May it pass? No targets are no proof.
  public var answer: Answer {
    let answers = targets.map(\.answer)
    if answers.contains(.no) { return .no }
    return !answers.isEmpty && answers.allSatisfy { $0 == .yes } ? .yes : .unknown
  }
}
