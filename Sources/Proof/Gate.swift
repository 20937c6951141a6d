public import Foundation
public import NixModel

/// The evidence, as a gate may ask it.
public struct GateArchive {
  /// At most so many runs about a target, the latest first.
  public var runs: (_ target: String, _ limit: Int) throws -> [RecordedRun]
  /// What a finished run recorded of a target.
  public var proof: (_ run: RunID, _ target: String) throws -> RecordedProof

  /// An archive.
  public init(
    runs: @escaping (_ target: String, _ limit: Int) throws -> [RecordedRun],
    proof: @escaping (_ run: RunID, _ target: String) throws -> RecordedProof
  ) {
    self.runs = runs
    self.proof = proof
  }
}

/// Whether recorded runs let a gate pass: the latest run about each target decides, and where more runners are
/// asked for, what others proved before it without anything to the contrary since.
///
/// - Throws: what `archive` throws.
public func gate(
  _ targets: [String], under policy: GatePolicy, at now: Date, from archive: GateArchive
) throws -> GateAnswer {
  GateAnswer(targets: try targets.map { try judged($0, policy, now, archive) })
}

private func judged(
  _ target: String, _ policy: GatePolicy, _ now: Date, _ archive: GateArchive
) throws -> GateAnswer.Target {
  func rules(in run: RecordedRun) throws -> [GateFinding] {
    let proof: RecordedProof? =
      switch run.state {
      case .finished: try archive.proof(run.id, target)
      case .running, .interrupted: nil
      }
    return findings(in: run, proof, under: policy, at: now)
  }

  // One run is enough where one runner is.
  var limit = policy.runners == 1 ? 1 : 64
  var runs = try archive.runs(target, limit)
  guard let latest = runs.first else { return GateAnswer.Target(unproved: target) }
  let ofLatest = try rules(in: latest)
  var tally = RunnerTally(under: policy, at: now)
  var position = 0
  if policy.runners > 1 {
    walk: while true {
      while position < runs.count {
        let run = runs[position]
        switch tally.next(run) {
        case .examine: tally.note(run, position == 0 ? ofLatest : try rules(in: run))
        case .pass: break
        case .stop: break walk
        }
        position += 1
      }
      guard runs.count == limit else { break }
      limit *= 8
      runs = try archive.runs(target, limit)
    }
  }
  return GateAnswer.Target(
    target: target, run: latest, age: latest.age(at: now),
    findings: ofLatest + [tally.finding].compactMap { $0 })
}
