import Foundation
import GRDB
import NixModel

extension EvidenceStore {
  /// A whole run. Everything goes through the parsing initializers: stored bytes are not trusted either.
  func run(_ seq: Int64, _ db: Database) throws -> Run {
    let reader = RunReader(seq: seq, db: db, path: path)
    let start = try reader.start()
    let nix = try String.fetchOne(db, sql: "SELECT nix FROM environment WHERE run = ?", arguments: [seq])
    let state: Run.State =
      if let conclusion = try reader.conclusion(of: start.id) {
        .finished(conclusion)
      } else {
        isAlive(start.runner) ? .running : .interrupted
      }
    return Run(start: start, nixVersion: nix, state: state)
  }
}

/// Reads the rows of one run.
private struct RunReader {
  let seq: Int64
  let db: Database
  let path: String

  func start() throws -> RunStart {
    guard let row = try StartRow.fetchOne(db, sql: "SELECT * FROM run WHERE seq = ?", arguments: [seq]) else {
      throw EvidenceError(path, .contradiction(run: "\(seq)", "it is not there"))
    }
    let id = RunID(row.id)
    let specs = try String.fetchAll(
      db, sql: "SELECT spec FROM requested WHERE run = ? ORDER BY position", arguments: [seq])
    guard let started = Instant.date(row.started), let builds = BuildMode(rawValue: row.builds) else {
      throw contradiction(id, "its beginning cannot be read")
    }
    return RunStart(
      id: id, started: started, version: row.warmth,
      runner: Runner(
        host: row.host, pod: row.pod, processID: row.process,
        processStart: UInt64(bitPattern: row.process_start), bootID: row.boot),
      installables: try specs.map { try JSON.value(Installable.self, $0) },
      policy: Policy(
        builds: builds,
        allowBuild: try JSON.value([String].self, row.allow_build).map { DerivationGlob($0) },
        forbidBuild: try JSON.value([String].self, row.forbid_build).map { DerivationGlob($0) },
        expectFrom: try JSON.value([String].self, row.expect_from).map { try SubstituterURL(parsing: $0) }))
  }

  func conclusion(of id: RunID) throws -> Conclusion? {
    guard
      let row = try ConclusionRow.fetchOne(
        db, sql: "SELECT * FROM conclusion WHERE run = ?", arguments: [seq])
    else { return nil }
    guard let finished = Instant.date(row.finished) else {
      throw contradiction(id, "its end cannot be read")
    }
    var closure = ClosureSummary()
    closure.paths = row.paths
    closure.substituted = row.substituted
    closure.builtLocally = row.built_locally
    closure.builtRemotely = row.built_remotely
    closure.presentBefore = row.present_before
    closure.downloadBytes = UInt64(clamping: row.download_bytes)
    let judgment = Judgment(targets: try targets(of: id), closure: closure)
    guard judgment.verdict.rawValue == row.verdict else {
      throw contradiction(
        id, "its verdict is '\(row.verdict)', and its targets amount to '\(judgment.verdict.rawValue)'")
    }
    return Conclusion(
      finished: finished, judgment: judgment, memoryPeak: row.memory_peak.map { UInt64(clamping: $0) })
  }

  private func targets(of id: RunID) throws -> [TargetJudgment] {
    let rows = try VerdictRow.fetchAll(
      db, sql: "SELECT * FROM verdict WHERE run = ? ORDER BY position", arguments: [seq])
    return try rows.map { row in
      let reasons = try ReasonRow.fetchAll(
        db, sql: "SELECT * FROM reason WHERE run = ? AND target = ? ORDER BY position",
        arguments: [seq, row.position]
      ).map { try reason($0, of: id) }
      guard let verdict = Verdict(rawValue: row.verdict), let ruling = Ruling(verdict, reasons: reasons)
      else {
        throw contradiction(
          id, "its target \(row.installable) is '\(row.verdict)' with \(reasons.count) reasons")
      }
      let outputs = try OutcomeRow.fetchAll(
        db, sql: "SELECT * FROM outcome WHERE run = ? AND target = ? ORDER BY position",
        arguments: [seq, row.position]
      ).map { try output($0, of: id) }
      return TargetJudgment(
        installable: try JSON.value(Installable.self, row.spec),
        derivation: try row.derivation.map { try StorePath(parsing: $0) }, ruling: ruling, outputs: outputs)
    }
  }

  private func reason(_ row: ReasonRow, of id: RunID) throws -> Reason {
    let fact = try JSON.value(Reason.Fact.self, row.fact)
    guard let bearing = Reason.Bearing(rawValue: row.bearing), fact.code.rawValue == row.code else {
      throw contradiction(id, "its reason '\(row.code)' is not what its fact says")
    }
    return Reason(fact, bearing)
  }

  private func output(_ row: OutcomeRow, of id: RunID) throws -> OutputJudgment {
    guard let outcome = Outcome(word: row.outcome, origin: row.origin) else {
      throw contradiction(id, "its output \(row.path) is '\(row.outcome)' from '\(row.origin ?? "nowhere")'")
    }
    return OutputJudgment(
      name: row.name, path: try StorePath(parsing: row.path), outcome: outcome,
      narSize: row.nar_size.map { UInt64(clamping: $0) },
      signedBy: row.signed_by.split(separator: " ").map(String.init))
  }

  private func contradiction(_ id: RunID, _ how: String) -> EvidenceError {
    EvidenceError(path, .contradiction(run: id.text, how))
  }
}

// The rows as they are stored: properties are named like columns.
// swift-format-ignore: AlwaysUseLowerCamelCase
private struct StartRow: Decodable, FetchableRecord {
  let id, started, warmth, host, boot, builds, allow_build, forbid_build, expect_from: String
  let pod: String?
  let process: Int32
  let process_start: Int64
}

// swift-format-ignore: AlwaysUseLowerCamelCase
private struct ConclusionRow: Decodable, FetchableRecord {
  let finished, verdict: String
  let paths, substituted, built_locally, built_remotely, present_before: Int
  let download_bytes: Int64
  let memory_peak: Int64?
}

private struct VerdictRow: Decodable, FetchableRecord {
  let position: Int
  let installable, spec, verdict: String
  let derivation: String?
}

// swift-format-ignore: AlwaysUseLowerCamelCase
private struct OutcomeRow: Decodable, FetchableRecord {
  let name, path, outcome, signed_by: String
  let origin: String?
  let nar_size: Int64?
}

private struct ReasonRow: Decodable, FetchableRecord {
  let code, bearing, fact: String
}
