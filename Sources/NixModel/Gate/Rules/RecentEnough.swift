import Foundation

/// The run ended recently enough, and neither began nor ended in the future.
struct RecentEnough: GateRule {
  func finding(in one: GateCase) -> GateFinding? {
    guard let age = one.run.age(at: one.now) else { return .ageless }
    // A record from the future has a wrong clock somewhere; it is not fresher for that.
    let isFuture =
      age < -RecordedRun.tolerance
      || one.run.started.timeIntervalSince(one.now) > Double(RecordedRun.tolerance)
    if isFuture { return .fromTheFuture }
    let limit = one.policy.maximumAge
    return age <= limit ? .recent(age: age, limit: limit) : .tooOld(age: age, limit: limit)
  }
}
