public import NixModel

/// What the evidence says to a gate that asks whether its targets are warm.
public struct GateAnswer: Hashable, Sendable {
  /// May it pass?
  public let answer: Answer
  /// What the answer rests on, target by target.
  public let targets: [Target]

  /// The three answers, as the exit codes 0, 1 and 2 give them.
  public enum Answer: String, Hashable, Sendable, CaseIterable, Codable {
    /// Every target is warm.
    case yes
    /// A target is cold.
    case no
    /// The evidence says neither.
    case unknown
  }

  /// One target, and the run that speaks for it.
  public struct Target: Hashable, Sendable {
    /// The target, as the gate named it.
    public let target: String
    /// Its verdict in that run; `nil` where no run is about it.
    public let verdict: Verdict?
    /// The run.
    public let run: RunID?
    /// How long ago that run ended, in seconds.
    public let age: Int?
    /// What follows, for a person.
    public let sentence: String

    /// One target's evidence.
    public init(target: String, verdict: Verdict?, run: RunID?, age: Int?, sentence: String) {
      self.target = target
      self.verdict = verdict
      self.run = run
      self.age = age
      self.sentence = sentence
    }
  }

  /// An answer and what it rests on.
  public init(answer: Answer, targets: [Target]) {
    self.answer = answer
    self.targets = targets
  }
}
