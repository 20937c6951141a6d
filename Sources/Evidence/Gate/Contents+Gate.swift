package import NixModel

/// A target as a gate sees it: the installable, and its outputs.
struct GateTarget {
  let name: String
  let record: String
  /// `nil` where it was not evaluated.
  let evaluated: (system: String?, outputs: [StorePath])?

  init(_ item: Item, isEvaluated: Bool) throws {
    name = try item.text("installable")
    record = try item.spec()
    guard isEvaluated, item["error"] == nil else {
      evaluated = nil
      return
    }
    evaluated = (
      try item.text(ifAny: "system"), try item.items("outputs").map { try $0.path("path") }
    )
  }

  /// Whether the topic is about it.
  func isIt(_ topic: GateTopic) -> Bool {
    switch topic {
    case .subject(let subject): record == subject.record
    case .outputs(let paths): evaluated.map { Set($0.outputs) == paths } ?? false
    }
  }
}

extension Contents {
  private func gateTargets(about topic: GateTopic) throws -> [GateTarget] {
    try items(.targets).map { try GateTarget($0, isEvaluated: true) }.filter { $0.isIt(topic) }
  }

  /// The run's end with regard to `topic`; `nil` where the run is not about it.
  package func recordedRun(
    about topic: GateTopic, _ isAlive: (Runner) -> Bool
  ) throws -> RecordedRun? {
    let asked = try items(.asked).dropFirst().map { try GateTarget($0, isEvaluated: false) }
    let targets = try gateTargets(about: topic)
    let records: Set<String>
    switch topic {
    case .subject(let subject):
      guard asked.contains(where: { $0.record == subject.record }) else { return nil }
      // A run that did not evaluate it is about it on every platform.
      if let system = subject.system,
        targets.contains(where: { target in target.evaluated.map { $0.system != system } ?? false })
      {
        return nil
      }
      records = [subject.record]
    case .outputs:
      guard !targets.isEmpty else { return nil }
      records = Set(targets.map(\.record))
    }
    let own = try item(.proof)
    let runner = try own.runner()
    let chosen = asked.filter { records.contains($0.record) }
    let state: RecordedRun.State
    if let end = try item(ifAny: .conclusion) {
      state = .finished(at: try end.instant("finished"), try verdict(about: chosen.map(\.record)))
    } else {
      state = isAlive(runner) ? .running : .interrupted
    }
    guard let first = chosen.first ?? targets.first else { return nil }
    return RecordedRun(
      id: RunID(try own.text("id")), started: try own.instant("started"), runner: runner, state: state,
      subject: GateSubject(
        name: first.name, record: first.record, system: targets.lazy.compactMap { $0.evaluated?.system }.first
      ),
      outputs: targets.flatMap { $0.evaluated?.outputs ?? [] }.unique)
  }

  /// The sum of the verdicts about the targets of these records. A missing verdict counts as inconclusive.
  private func verdict(about records: [String]) throws -> Verdict {
    var verdicts: [String: [Verdict]] = [:]
    for item in try items(.verdicts) {
      let record = try item.spec()
      verdicts[record, default: []].append(try item.word("verdict"))
    }
    return Verdict(together: records.flatMap { verdicts[$0] ?? [.inconclusive] })
  }
}
