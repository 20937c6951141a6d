import Foundation
import GRDB
import NixModel

extension EvidenceStore {
  /// Whole runs. Everything goes through the parsing initializers: stored bytes are not trusted either.
  func runs(_ seqs: [Int64], _ db: Database) throws -> [Run] {
    let installables = InstallableReader()
    return try seqs.map { seq in
      let reader = RunReader(seq: seq, db: db, path: path, installables: installables)
      let start = try reader.start()
      let state: Run.State =
        if let conclusion = try reader.conclusion(of: start.id) {
          .finished(conclusion)
        } else {
          isAlive(start.runner) ? .running : .interrupted
        }
      let nix = try reader.nix()
      return Run(
        start: start, nixVersion: nix?.version, nixSandbox: nix?.sandbox,
        meansOfWriting: try reader.meansOfWriting(), state: state)
    }
  }
}

/// Reads installables, each text once: runs are about the same few.
private final class InstallableReader {
  private var known: [String: Installable] = [:]

  func installable(_ text: String) throws -> Installable {
    if let installable = known[text] { return installable }
    let installable = try JSON.value(Installable.self, text)
    known[text] = installable
    return installable
  }
}

/// Reads the rows of one run.
private struct RunReader {
  let seq: Int64
  let db: Database
  let path: String
  let installables: InstallableReader

  /// The statement for a table's rows of the run, which is prepared once for all runs.
  private func statement(_ columns: String, of table: String, _ more: String = "") throws -> Statement {
    let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM \(table) WHERE run = ? \(more)")
    try statement.setArguments([seq])
    return statement
  }

  func nix() throws -> (version: String, sandbox: SandboxSetting?)? {
    try Row.fetchOne(try statement("nix, nix_sandbox", of: "environment")).map { row in
      let sandbox: String? = try row.decode(atIndex: 1)
      return (try row.decode(atIndex: 0), sandbox.flatMap { SandboxSetting(rawValue: $0) })
    }
  }

  func meansOfWriting() throws -> [MeansOfWriting] {
    try String.fetchAll(try statement("detail", of: "means_of_writing", "ORDER BY position")).map {
      try JSON.value(MeansOfWriting.self, $0)
    }
  }

  func start() throws -> RunStart {
    let begun = try db.cachedStatement(sql: "SELECT * FROM run WHERE seq = ?")
    guard let row = try StartRow.fetchOne(begun, arguments: [seq]) else {
      throw EvidenceError(path, .contradiction(run: "\(seq)", "it is not there"))
    }
    let id = RunID(row.id)
    // Whatever else is said of it: a publication is no proof.
    guard row.purpose == nil else { throw EvidenceError(path, .isPublication(row.id)) }
    let specs = try String.fetchAll(try statement("spec", of: "requested", "ORDER BY position"))
    guard let started = Instant.date(row.started), let builds = BuildMode(rawValue: row.builds) else {
      throw contradiction(id, "its beginning cannot be read")
    }
    let means = try StrictnessRow.fetchOne(try statement("*", of: "strictness"))?.policy ?? Policy()
    return RunStart(
      id: id, started: started, version: row.warmth,
      runner: Runner(
        host: row.host, pod: row.pod, processID: row.process,
        processStart: UInt64(bitPattern: row.process_start), bootID: row.boot),
      installables: try specs.map { try installables.installable($0) },
      policy: Policy(
        builds: builds,
        allowBuild: try list(row.allow_build).map { DerivationGlob($0) },
        forbidBuild: try list(row.forbid_build).map { DerivationGlob($0) },
        expectFrom: try list(row.expect_from).map { try SubstituterURL(parsing: $0) },
        needsFreshStore: row.fresh ?? false, strict: means.strict, readOnly: means.readOnly),
      occasion: try occasion(), shard: try shard(of: id))
  }

  private func occasion() throws -> Occasion? {
    guard let row = try OccasionRow.fetchOne(try statement("*", of: "occasion")) else { return nil }
    return Occasion(
      repository: row.repository, ref: row.ref, branch: row.branch, revision: row.revision,
      pipeline: row.pipeline, page: row.page)
  }

  private func shard(of id: RunID) throws -> Shard? {
    guard let row = try ShardRow.fetchOne(try statement("*", of: "shard")) else { return nil }
    guard let shard = row.shard else { throw contradiction(id, ShardRow.impossible) }
    return shard
  }

  /// Most lists are empty, which can be told without a decoder.
  private func list(_ json: String) throws -> [String] {
    json == "[]" ? [] : try JSON.value([String].self, json)
  }

  func conclusion(of id: RunID) throws -> Conclusion? {
    guard let row = try ConclusionRow.fetchOne(try statement("*", of: "conclusion")) else { return nil }
    guard let finished = Instant.date(row.finished) else {
      throw contradiction(id, "its end cannot be read")
    }
    var closure = ClosureSummary()
    closure.paths = row.paths
    closure.substituted = row.substituted
    closure.builtLocally = row.built_locally
    closure.builtRemotely = row.built_remotely
    closure.presentBefore = row.present_before
    closure.addedByEvaluation = row.added_by_evaluation ?? 0
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
    let rows = try VerdictRow.fetchAll(try statement("*", of: "verdict", "ORDER BY position"))
    let reasons = Dictionary(
      grouping: try ReasonRow.fetchAll(
        try statement("target, code, bearing, fact", of: "reason", "ORDER BY position")), by: \.target)
    let outcomes = Dictionary(
      grouping: try OutcomeRow.fetchAll(try statement("*", of: "outcome", "ORDER BY position")), by: \.target)
    let found = Dictionary(
      grouping: try FoundRow.fetchAll(try statement("*", of: "found", "ORDER BY path")), by: \.target)
    return try rows.map { row in
      let reasons = try (reasons[row.position] ?? []).map { try reason($0, of: id) }
      guard let verdict = Verdict(rawValue: row.verdict), let ruling = Ruling(verdict, reasons: reasons)
      else {
        throw contradiction(
          id, "its target \(row.installable) is '\(row.verdict)' with \(reasons.count) reasons")
      }
      let outputs = try (outcomes[row.position] ?? []).map { try output($0, of: id) }
      return TargetJudgment(
        installable: try installables.installable(row.spec),
        derivation: try row.derivation.map { try StorePath(parsing: $0) }, ruling: ruling, outputs: outputs,
        found: try (found[row.position] ?? []).map { try foundPath($0, of: id) })
    }
  }

  private func foundPath(_ row: FoundRow, of id: RunID) throws -> FoundPath {
    guard let kind = FoundPath.Kind(rawValue: row.kind) else {
      throw contradiction(id, "\(row.path) was found as '\(row.kind)'")
    }
    return FoundPath(try StorePath(parsing: row.path), kind)
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
