public import Foundation
public import NixModel

/// The questions that a gate asks of the evidence.
public struct GateArchive {
  /// The subjects of the runs of a name, at most `limit`.
  public var subjects: (_ name: GateName, _ limit: Int) throws -> [GateSubject]
  /// The runs about a topic, at most `limit`, the latest first.
  public var runs: (_ topic: GateTopic, _ limit: Int) throws -> [RecordedRun]
  /// The record of a finished run about a topic.
  public var proof: (_ run: RunID, _ topic: GateTopic) throws -> RecordedProof

  /// An archive.
  public init(
    subjects: @escaping (_ name: GateName, _ limit: Int) throws -> [GateSubject],
    runs: @escaping (_ topic: GateTopic, _ limit: Int) throws -> [RecordedRun],
    proof: @escaping (_ run: RunID, _ topic: GateTopic) throws -> RecordedProof
  ) {
    self.subjects = subjects
    self.runs = runs
    self.proof = proof
  }
}

/// Whether recorded runs let a gate pass. The latest run about each target decides. Where more runners are asked for,
/// runs of other runners before it count too, up to the first that says the contrary.
///
/// - Throws: the errors of `archive`.
public func gate(
  _ questions: [GateQuestion], under policy: GatePolicy, at now: Date, from archive: GateArchive
) throws -> GateAnswer {
  GateAnswer(
    targets: try questions.flatMap { question -> [GateAnswer.Target] in
      switch question {
      case .named(let name): try answers(name, policy, now, archive)
      case .evaluated(let target): [try answer(target, policy, now, archive)]
      case .unresolved(let target):
        [GateAnswer.Target(unproved: question.name, because: .notEvaluated(target.error))]
      }
    })
}

/// How many subjects of a name are listed in an answer.
private let told = 20

/// A name means the subject of the runs of that name, as long as there is one.
private func answers(
  _ name: String, _ policy: GatePolicy, _ now: Date, _ archive: GateArchive
) throws -> [GateAnswer.Target] {
  let bound = GateChoice.name(for: name, under: policy)
  let known = try archive.subjects(bound, told)
  let others = known.isEmpty && bound != GateName(name) ? try archive.subjects(GateName(name), told) : []
  switch GateChoice(among: known, besides: others, under: policy) {
  case .none(let finding): return [GateAnswer.Target(unproved: name, because: finding)]
  case .subjects(let subjects):
    return try subjects.map { subject in
      try judged(.subject(subject), named: name, policy, now, archive)
        ?? GateAnswer.Target(
          unproved: name, subject: subject,
          because: policy.systems.isEmpty ? .noRun : .otherSystem([subject.system ?? ""], instead: known))
    }
  }
}

/// A target that was evaluated for this answer is asked for by its output paths: runs may have named it otherwise.
private func answer(
  _ target: Target, _ policy: GatePolicy, _ now: Date, _ archive: GateArchive
) throws -> GateAnswer.Target {
  let name = target.installable.redacted.description
  let paths = target.outputs.map(\.path)
  let system: String? =
    switch target.resolution {
    case .derivation(_, let system, _): system.isEmpty ? nil : system
    case .path: nil
    }
  let subject = GateSubject(name: name, record: name, system: system)
  if let system, !policy.systems.isEmpty, !policy.systems.contains(system) {
    return GateAnswer.Target(
      unproved: name, subject: subject, outputs: paths,
      because: .otherSystem(policy.systems, instead: [subject]))
  }
  // These very paths are named by the source that is demanded, so the names that runs gave them do not matter.
  var policy = policy
  let source = subject.source == policy.source ? policy.source : nil
  if source != nil { policy.source = nil }
  return try judged(
    .outputs(Set(paths)), named: name, policy, now, archive, besides: source.map { .ofSource($0) })
    ?? GateAnswer.Target(unproved: name, subject: subject, outputs: paths)
}

/// - Returns: `nil` where no run is about the topic.
private func judged(
  _ topic: GateTopic, named name: String, _ policy: GatePolicy, _ now: Date, _ archive: GateArchive,
  besides known: GateFinding? = nil
) throws -> GateAnswer.Target? {
  func rules(in run: RecordedRun) throws -> [GateFinding] {
    let proof: RecordedProof? =
      switch run.state {
      case .finished: try archive.proof(run.id, topic)
      case .running, .interrupted: nil
      }
    return findings(in: run, proof, under: policy, at: now)
  }

  // Where one runner is enough, one run is.
  var limit = policy.runners == 1 ? 1 : 64
  var told = try archive.runs(topic, limit)
  while told.count == limit, RecordedRun.needsMore(than: told, at: now) {
    limit *= 8
    told = try archive.runs(topic, limit)
  }
  var runs = RecordedRun.ordered(told, at: now)
  guard let latest = runs.first else { return nil }
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
      runs = RecordedRun.ordered(try archive.runs(topic, limit), at: now)
    }
  }
  return GateAnswer.Target(
    target: name, run: latest, age: latest.age(at: now),
    findings: ofLatest + [known, tally.finding].compactMap { $0 })
}
