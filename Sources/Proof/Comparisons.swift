public import NixModel

/// Compares targets of a run with those of earlier runs: those that no cache has, each with the last run in which it
/// was warm, so that changed inputs are told from an incomplete prewarm.
///
/// - Parameters:
///   - explanation: the first causes of `run`.
///   - asked: an earlier run to compare every target with.
///   - latestWarmRun: finds the last run before `run` in which a target was warm.
///   - read: reads a run.
/// - Throws: the errors of `latestWarmRun` and `read`.
public func comparisons(
  of run: JudgedRun, explained explanation: Explanation, with asked: RunID?,
  latestWarmRun: (Installable) throws -> RunID?, reading read: (RunID) throws -> JudgedRun
) throws -> [TargetComparison] {
  let unknown = Set(explanation.causes.filter { $0.reason.code == .notInSubstituter }.flatMap(\.targets))
  var known: [RunID: JudgedRun] = [:]
  var comparisons: [TargetComparison] = []
  for target in run.testimony.targets where asked != nil || unknown.contains(target.installable) {
    guard target.derivation != nil, let other = try asked ?? latestWarmRun(target.installable) else {
      continue
    }
    let earlier = try known[other] ?? read(other)
    known[other] = earlier
    if let comparison = run.comparison(of: target, since: earlier) { comparisons.append(comparison) }
  }
  return comparisons
}
