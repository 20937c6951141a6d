import EvidenceStore
package import Foundation
package import NixModel
package import TestSupport

extension Scene {
  /// A runner that no process of this machine is.
  package static let runner = Runner(
    host: "runner-1", pod: nil, processID: 1, processStart: 1, bootID: "boot")

  /// Records the run in the store at `evidence`, by default as one that has just ended.
  package func record(
    in evidence: String, as name: String, on runner: Runner = runner,
    started: Date = .now.addingTimeInterval(-10), lasting seconds: Double = 5, shard: Shard? = nil
  ) throws {
    let store = try EvidenceStore(creatingAt: evidence)
    let start = RunStart(
      id: RunID(name), started: started, version: "0.1.0", runner: runner,
      installables: targets.map(\.installable), policy: policy, shard: shard)
    try store.begin(start)
    let testimony = try testimony()
    try store.record(
      [
        .environment(testimony.environment), .resolution(testimony.targets, testimony.unresolved),
        .survey(testimony.survey), .presence(testimony.before), .log(testimony.log),
        .registrations(testimony.after), .derivations(testimony.graph),
        .outcomes(outcomes(in: testimony, under: policy)),
      ], for: start.id)
    try store.conclude(
      start.id,
      Conclusion(
        finished: started.addingTimeInterval(seconds), judgment: try judged(), memoryPeak: nil))
  }
}
