import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// Records a run's beginning. It is on disk when this returns.
  public func begin(_ start: RunStart) throws(EvidenceError) {
    try write { db in
      let row = db.table("run")
      try row.insert([
        "id": start.id.text, "started": Instant.text(start.started), "warmth": start.version,
        "host": start.runner.host, "pod": start.runner.pod, "process": start.runner.processID,
        "process_start": Int64(bitPattern: start.runner.processStart), "boot": start.runner.bootID,
        "builds": start.policy.builds.rawValue,
        "allow_build": try JSON.text(start.policy.allowBuild.map(\.pattern)),
        "forbid_build": try JSON.text(start.policy.forbidBuild.map(\.pattern)),
        "expect_from": try JSON.text(start.policy.expectFrom.map(\.canonical)),
      ])
      let seq = db.lastInsertedRowID
      let requested = db.table("requested", ofRun: seq)
      for (position, installable) in start.installables.enumerated() {
        try requested.insert([
          "position": position, "installable": Redaction.redact(installable.description),
          "spec": try JSON.text(installable.redacted),
        ])
      }
    }
  }

  /// Records one witness's testimony, as a whole.
  public func record(_ deposition: Deposition, for run: RunID) throws(EvidenceError) {
    try write { db in
      let seq = try seq(of: run, db)
      switch deposition {
      case .environment(let environment): try record(environment, seq, db)
      case .resolution(let targets, let unresolved): try record(targets, unresolved, seq, db)
      case .presence(let heard): try record(heard, seq, db)
      case .survey(let survey): try record(survey, seq, db)
      case .log(let log): try record(log, seq, db)
      case .derivations(let graph): try record(graph, db)
      case .registrations(let heard): try record(heard, seq, db)
      }
    }
  }

  /// Records a run's end: verdicts, outcomes, reasons and conclusion, as a whole.
  public func conclude(_ run: RunID, _ conclusion: Conclusion) throws(EvidenceError) {
    try write { db in
      let seq = try seq(of: run, db)
      for (position, target) in conclusion.judgment.targets.enumerated() {
        try record(target, at: position, seq, db)
      }
      let closure = conclusion.judgment.closure
      try db.table("conclusion", ofRun: seq).insert([
        "finished": Instant.text(conclusion.finished), "verdict": conclusion.judgment.verdict.rawValue,
        "paths": closure.paths, "substituted": closure.substituted, "built_locally": closure.builtLocally,
        "built_remotely": closure.builtRemotely, "present_before": closure.presentBefore,
        "download_bytes": Int64(clamping: closure.downloadBytes),
        "memory_peak": conclusion.memoryPeak.map { Int64(clamping: $0) },
      ])
    }
  }

  func seq(of run: RunID, _ db: Database) throws -> Int64 {
    guard let seq = try Int64.fetchOne(db, sql: "SELECT seq FROM run WHERE id = ?", arguments: [run.text])
    else {
      throw EvidenceError(path, .contradiction(run: run.text, "it was never begun"))
    }
    return seq
  }

  private func record(_ target: TargetJudgment, at position: Int, _ seq: Int64, _ db: Database) throws {
    try db.table("verdict", ofRun: seq).insert([
      "position": position, "installable": Redaction.redact(target.installable.description),
      "spec": try JSON.text(target.installable.redacted), "derivation": target.derivation?.description,
      "verdict": target.ruling.verdict.rawValue,
    ])
    let outcomes = db.table("outcome", ofRun: seq)
    for (index, output) in target.outputs.enumerated() {
      try outcomes.insert([
        "target": position, "position": index, "name": output.name, "path": output.path.description,
        "outcome": output.outcome.word, "origin": output.outcome.origin.map { Redaction.redact($0) },
        "nar_size": output.narSize.map { Int64(clamping: $0) },
        "signed_by": output.signedBy.joined(separator: " "),
      ])
    }
    let reasons = db.table("reason", ofRun: seq)
    for (index, reason) in target.ruling.reasons.enumerated() {
      try reasons.insert([
        "target": position, "position": index, "code": reason.code.rawValue,
        "bearing": reason.bearing.rawValue, "path": reason.path?.description,
        "fact": try JSON.text(reason.fact),
      ])
    }
  }
}

extension Installable {
  /// The same without credentials: a flake reference can hold a token.
  var redacted: Installable {
    switch self {
    case .flake(let reference, let attribute, let outputs):
      .flake(reference: Redaction.redact(reference), attribute: attribute, outputs: outputs)
    case .file, .derivation, .path: self
    }
  }
}
