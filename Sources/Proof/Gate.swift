public import Foundation
public import NixModel

/// Whether recorded runs let a gate pass: a pure function of the latest run about each target and of the
/// time.
public func gate(_ runs: [(target: String, run: Run?)], at now: Date, maximumAge: Int) -> GateAnswer {
  let targets = runs.map { finding(about: $0.target, in: $0.run, at: now, maximumAge: maximumAge) }
  let findings = targets.map(\.finding)
  let answer: GateAnswer.Answer =
    findings.contains(.cold)
    ? .no : !findings.isEmpty && findings.allSatisfy { $0 == .warm } ? .yes : .unknown
  return GateAnswer(answer: answer, targets: targets)
}

private func finding(
  about target: String, in run: Run?, at now: Date, maximumAge: Int
) -> GateAnswer.Target {
  guard let run else { return GateAnswer.Target(target: target, run: nil, age: nil, finding: .noRun) }
  func answer(_ finding: GateAnswer.Finding, age: Int? = nil) -> GateAnswer.Target {
    GateAnswer.Target(target: target, run: run.start.id, age: age, finding: finding)
  }
  let conclusion: Conclusion
  switch run.state {
  case .running: return answer(.running)
  case .interrupted: return answer(.interrupted)
  case .finished(let end): conclusion = end
  }
  let age = Int(now.timeIntervalSince(conclusion.finished).rounded(.down))
  // A record from the future has a wrong clock somewhere; it is not fresher for that.
  guard age >= -300 else { return answer(.fromTheFuture, age: age) }
  guard age <= maximumAge else { return answer(.tooOld(maximumAge: maximumAge), age: age) }
  let about = conclusion.judgment.targets.filter { $0.installable.isNamed(target) }
  let verdicts = Set(about.map(\.ruling.verdict))
  if verdicts.contains(.cold) { return answer(.cold, age: age) }
  return answer(verdicts == [.warm] ? .warm : .inconclusive, age: age)
}
