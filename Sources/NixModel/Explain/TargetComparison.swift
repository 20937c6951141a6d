/// A target's derivation beside that of an earlier run.
public struct TargetComparison: Sendable {
  /// The target.
  public let installable: Installable
  /// The earlier run.
  public let run: RunID
  /// How the derivations differ.
  public let drift: Drift
  /// What became of the target since.
  public let standing: TargetStanding

  /// A comparison with `run`.
  public init(installable: Installable, run: RunID, drift: Drift, standing: TargetStanding) {
    self.installable = installable
    self.run = run
    self.drift = drift
    self.standing = standing
  }
}

/// A run's testimony with its judgment; one that was cut off is judged as such.
public struct JudgedRun: Sendable {
  /// Its name.
  public let id: RunID
  /// The testimony of its witnesses.
  public let testimony: Testimony
  /// What it came to.
  public let judgment: Judgment

  /// A recorded run and its testimony.
  public init(_ run: Run, _ testimony: Testimony) {
    id = run.start.id
    self.testimony = testimony
    judgment = run.conclusion?.judgment ?? judge(testimony.cutOff, under: run.start.policy)
  }

  /// The comparison of `target` with the same target of an earlier run; `nil` where there it is none, or has no
  /// derivation.
  public func comparison(of target: Target, since earlier: JudgedRun) -> TargetComparison? {
    guard let derivation = target.derivation, let old = earlier.testimony.target(like: target),
      let oldDerivation = old.derivation,
      let before = earlier.judgment.targets.first(where: { $0.installable == old.installable }),
      let now = judgment.targets.first(where: { $0.installable == target.installable })
    else { return nil }
    return TargetComparison(
      installable: target.installable, run: earlier.id,
      drift: drift(from: oldDerivation, in: earlier.testimony.graph, to: derivation, in: testimony.graph),
      standing: TargetStanding(now, in: testimony, since: before, in: earlier.testimony))
  }
}
