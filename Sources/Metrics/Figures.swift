package import Foundation
package import NixModel

/// What a store says of targets, caches, publications and builds, as figures.
package struct Figures: Hashable, Sendable {
  /// The version of the program.
  package var version: String
  /// When the figures were taken.
  package var now: Date
  /// How many records the store has.
  package var records: Int
  /// The targets, each as its latest run left it.
  package var targets: [TargetFigures]
  /// The sums of each cache.
  package var caches: [CacheRecord]
  /// The publications, the latest first.
  package var publications: [PublicationRecord]
  /// The builds.
  package var builds: [BuildRecord]

  /// Figures from their parts.
  package init(
    version: String, now: Date, records: Int, targets: [TargetFigures] = [], caches: [CacheRecord] = [],
    publications: [PublicationRecord] = [], builds: [BuildRecord] = []
  ) {
    self.version = version
    self.now = now
    self.records = records
    self.targets = targets
    self.caches = caches
    self.publications = publications
    self.builds = builds
  }
}

/// A target as the latest run about it left it.
package struct TargetFigures: Hashable, Sendable {
  /// The target.
  package let installable: Installable
  /// When that run began.
  package let proved: Date
  /// When the latest run began in which it was warm.
  package let warm: Date?
  /// Its verdict. A run without a conclusion proves nothing.
  package let verdict: Verdict
  /// Why it is not warm.
  package let reasons: [Reason]
  /// The run's conclusion, where it has one.
  package let conclusion: Conclusion?

  /// The figures of a target in `run`, the latest about it.
  package init(_ installable: Installable, in run: Run, warm: Date?) {
    let judgment = run.conclusion?.judgment.targets.first { $0.installable == installable }
    self.installable = installable
    self.warm = warm
    proved = run.start.started
    verdict = judgment?.ruling.verdict ?? .inconclusive
    reasons = judgment?.ruling.reasons ?? [Reason(.interrupted, .inconclusive)]
    conclusion = run.conclusion
  }

  /// Each target of `runs` with the latest run about it, the latest run first. Runs that are under way say nothing yet.
  package static func latest(of runs: [Run]) -> [(installable: Installable, run: Run)] {
    var seen: Set<Installable> = []
    return runs.filter { $0.state != .running }.flatMap { run in
      run.start.installables.filter { seen.insert($0).inserted }.map { ($0, run) }
    }
  }
}
