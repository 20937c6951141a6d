import EvidenceStore
import Foundation
package import NixModel
package import TestSupport

extension Scene {
  /// Records the run in the store at `evidence`, as one that has just ended.
  package func record(in evidence: String, as name: String, shard: Shard? = nil) throws {
    let store = try EvidenceStore(creatingAt: evidence)
    let start = RunStart(
      id: RunID(name), started: .now.addingTimeInterval(-10), version: "0.1.0",
      runner: Runner(host: "runner-1", pod: nil, processID: 1, processStart: 1, bootID: "boot"),
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
        finished: start.started.addingTimeInterval(5), judgment: try judged(), memoryPeak: nil))
  }
}
