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

  /// What the latest run about a target says.
  public enum Finding: Hashable, Sendable {
    /// It proved the target warm, recently enough.
    case warm
    /// It found the target cold.
    case cold
    /// It could not prove anything.
    case inconclusive
    /// It is older than the gate accepts, in seconds.
    case tooOld(maximumAge: Int)
    /// It says that it ended in the future.
    case fromTheFuture
    /// It was cut off.
    case interrupted
    /// It is still under way.
    case running
    /// There is none.
    case noRun

    /// The verdict that stands; `nil` where no finished run is about the target.
    public var verdict: Verdict? {
      switch self {
      case .warm: .warm
      case .cold: .cold
      case .inconclusive, .tooOld, .fromTheFuture, .interrupted: .inconclusive
      case .running, .noRun: nil
      }
    }
  }

  /// One target, and the run that speaks for it.
  public struct Target: Hashable, Sendable {
    /// The target, as the gate named it.
    public let target: String
    /// The run; `nil` where none is about the target.
    public let run: RunID?
    /// How long ago that run ended, in seconds.
    public let age: Int?
    /// What it says.
    public let finding: Finding

    /// One target's evidence.
    public init(target: String, run: RunID?, age: Int?, finding: Finding) {
      self.target = target
      self.run = run
      self.age = age
      self.finding = finding
    }
  }

  /// An answer and what it rests on.
  public init(answer: Answer, targets: [Target]) {
    self.answer = answer
    self.targets = targets
  }
}
