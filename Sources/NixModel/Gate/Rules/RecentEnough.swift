import Foundation

/// The run ended recently enough, and neither began nor ended in the future.
struct RecentEnough: GateRule {
  func finding(in gated: GatedRun) -> GateFinding? {
    guard let age = gated.run.age(at: gated.now) else { return .ageless }
    // A record from the future has a wrong clock somewhere; it is not fresher for that.
    let isFuture =
      age < -RecordedRun.tolerance
      || gated.run.started.timeIntervalSince(gated.now) > Double(RecordedRun.tolerance)
    if isFuture { return .fromTheFuture }
    let limit = gated.policy.maximumAge
    return age <= limit ? .recent(age: age, limit: limit) : .tooOld(age: age, limit: limit)
  }
}
