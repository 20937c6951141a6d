public import Foundation

/// Counts the distinct runners that proved a target warm: a value that is shown the runs about it, the latest
/// first, and answers each with the next step.
///
/// - Of each runner its latest run speaks, and its earlier ones are passed over.
/// - A run of any runner that is not warm, was cut off, or is under way ends the count, because it beats
///   every earlier run. So does one that is too old.
/// - A run counts where every rule about a single run is met in it.
public struct RunnerTally: Sendable {
  private let policy: GatePolicy
  private let now: Date
  private var heard: [Runner] = []
  /// The runs that count, the latest first.
  private(set) public var counted: [RecordedRun] = []
  /// Why no more can be counted; `nil` while more can.
  private(set) var end: End?

  /// The next step for a run.
  public enum Step: Hashable, Sendable {
    /// It speaks for its runner: look at its record, and note whether it counts.
    case examine
    /// Its runner has spoken.
    case pass
    /// No more runs need be shown.
    case stop
  }

  /// Why the count came to its end.
  public enum End: Hashable, Sendable {
    /// There are no earlier runs.
    case noEarlierRun
    /// A run is not warm.
    case notWarm(RunID)
    /// A run is too old, or from the future.
    case outOfAge(RunID)
  }

  /// Nothing counted yet.
  public init(under policy: GatePolicy, at now: Date) {
    self.policy = policy
    self.now = now
  }

  /// The next step, for the next run.
  public mutating func next(_ run: RecordedRun) -> Step {
    guard end == nil, counted.count < policy.runners else { return .stop }
    guard run.saysWarm else {
      end = .notWarm(run.id)
      return .stop
    }
    let gated = GatedRun(run: run, proof: nil, policy: policy, now: now)
    guard RecentEnough().finding(in: gated)?.standing == .met else {
      end = .outOfAge(run.id)
      return .stop
    }
    guard !heard.contains(where: run.runner.couldBe) else { return .pass }
    heard.append(run.runner)
    return .examine
  }

  /// Notes the findings of the rules in an examined run.
  public mutating func note(_ run: RecordedRun, _ findings: [GateFinding]) {
    if findings.allSatisfy({ $0.standing == .met }) { counted.append(run) }
  }

  /// The finding about the count; `nil` where the policy asks for the latest run only.
  public var finding: GateFinding? {
    guard policy.runners > 1 else { return nil }
    guard counted.count < policy.runners else { return .enoughRunners(counted) }
    return .tooFewRunners(counted, needed: policy.runners, because: end ?? .noEarlierRun)
  }
}
