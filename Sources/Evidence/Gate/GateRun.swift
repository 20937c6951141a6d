import Foundation
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
}

/// A run as gates see it. It is read once, however many of its targets are asked for.
package struct GateRun {
  private let id: RunID
  private let started: Date
  private let runner: Runner
  private let finished: Date?
  private let asked: [String: GateTarget]
  private let targets: [String: [GateTarget]]
  /// The records of the evaluated targets with these outputs.
  private let owners: [Set<StorePath>: [String]]
  private let verdicts: [String: [Verdict]]

  /// - Parameter contents: its entries about itself, what it was asked, targets, verdicts and conclusion.
  package init(_ contents: Contents) throws {
    let own = try contents.item(.proof)
    id = RunID(try own.text("id"))
    started = try own.instant("started")
    runner = try own.runner()
    finished = try contents.item(ifAny: .conclusion)?.instant("finished")
    var asked: [String: GateTarget] = [:]
    for item in try contents.items(.asked).dropFirst() {
      let target = try GateTarget(item, isEvaluated: false)
      asked[target.record] = asked[target.record] ?? target
    }
    self.asked = asked
    var targets: [String: [GateTarget]] = [:]
    var owners: [Set<StorePath>: [String]] = [:]
    for item in try contents.items(.targets) {
      let target = try GateTarget(item, isEvaluated: true)
      targets[target.record, default: []].append(target)
      if let evaluated = target.evaluated {
        owners[Set(evaluated.outputs), default: []].append(target.record)
      }
    }
    (self.targets, self.owners) = (targets, owners)
    var verdicts: [String: [Verdict]] = [:]
    for item in try contents.items(.verdicts) {
      verdicts[try item.spec(), default: []].append(try item.word("verdict"))
    }
    self.verdicts = verdicts
  }

  /// The records of its installables that `topic` is about, in a fixed order.
  func records(of topic: GateTopic) -> [String] {
    switch topic {
    case .subject(let subject): [subject.record]
    case .outputs(let paths): (owners[paths] ?? []).unique
    }
  }

  /// Its end with regard to `topic`; `nil` where it is not about it.
  package func recorded(about topic: GateTopic, _ isAlive: (Runner) -> Bool) -> RecordedRun? {
    let records = records(of: topic)
    var targets = records.flatMap { self.targets[$0] ?? [] }
    let isRecorded = records.contains { asked[$0] != nil } || !targets.isEmpty
    guard isRecorded else { return nil }
    switch topic {
    case .subject(let subject):
      // A run that did not evaluate it is about it on every platform.
      if let system = subject.system,
        targets.contains(where: { target in target.evaluated.map { $0.system != system } ?? false })
      {
        return nil
      }
    case .outputs(let paths): targets.removeAll { $0.evaluated.map { Set($0.outputs) } != paths }
    }
    guard let first = records.lazy.compactMap({ asked[$0] }).first ?? targets.first else { return nil }
    let state: RecordedRun.State =
      if let finished {
        .finished(at: finished, Verdict(together: records.flatMap { verdicts[$0] ?? [.inconclusive] }))
      } else {
        isAlive(runner) ? .running : .interrupted
      }
    return RecordedRun(
      id: id, started: started, runner: runner, state: state,
      subject: GateSubject(
        name: first.name, record: first.record, system: targets.lazy.compactMap { $0.evaluated?.system }.first
      ),
      outputs: targets.flatMap { $0.evaluated?.outputs ?? [] }.unique)
  }
}
