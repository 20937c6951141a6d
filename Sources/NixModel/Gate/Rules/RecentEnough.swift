import Foundation

/// The run ended recently enough, and neither began nor ended in the future.
struct RecentEnough: GateRule {
  /// How far two machines' clocks may be apart, in seconds.
  static let tolerance = 300

  func finding(in one: GateCase) -> GateFinding? {
    guard let age = one.run.age(at: one.now) else { return .ageless }
    // A record from the future has a wrong clock somewhere; it is not fresher for that.
    let isFuture =
      age < -Self.tolerance || one.run.started.timeIntervalSince(one.now) > Double(Self.tolerance)
    if isFuture { return .fromTheFuture }
    let limit = one.policy.maximumAge
    return age <= limit ? .recent(age: age, limit: limit) : .tooOld(age: age, limit: limit)
  }
}
