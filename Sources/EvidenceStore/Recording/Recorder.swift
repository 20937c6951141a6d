import GRDB
public import NixModel

/// Adds what runs say, all of it in one transaction or nothing. Rows are only ever added.
public struct Recorder {
  let db: Database
  let path: String
  let lexicon: Lexicon
  let ledger: Ledger

  init(_ db: Database, path: String) throws {
    self.db = db
    self.path = path
    lexicon = Lexicon(db)
    ledger = try Ledger(db)
  }

  /// Adds a run's beginning.
  public func begin(_ start: RunStart) throws {
    let started = Instant.text(start.started)
    try Table(
      "run",
      [
        "id", "started", "at", "warmth", "host", "pod", "process", "process_start", "boot", "builds",
        "allow_build", "forbid_build", "expect_from", "fresh",
      ], db
    ).insert([
      start.id.text, started, Instant.milliseconds(Instant.date(started) ?? start.started), start.version,
      start.runner.host, start.runner.pod, start.runner.processID,
      Int64(bitPattern: start.runner.processStart), start.runner.bootID, start.policy.builds.rawValue,
      try JSON.text(start.policy.allowBuild.map(\.pattern)),
      try JSON.text(start.policy.forbidBuild.map(\.pattern)),
      try JSON.text(start.policy.expectFrom.map(\.canonical)), start.policy.needsFreshStore ? true : nil,
    ])
    let seq = db.lastInsertedRowID
    ledger.note(.begun, seq, start.id)
    let requested = try Table(
      "requested_row", ["run", "position", "installable", "attribute", "spec"], db)
    for (position, installable) in start.installables.enumerated() {
      try requested.insert([
        seq, position, try lexicon.text(installable.recordedName),
        try lexicon.text(ifAny: installable.redacted.attributeAlone),
        try spec(of: installable),
      ])
    }
    try index("requested_row", seq)
    try record(start.occasion, seq)
    try record(start.shard, seq)
    try record(strictnessOf: start.policy, seq)
  }

  /// Adds what witnesses said.
  public func record(_ depositions: [Deposition], for run: RunID) throws {
    let seq = try seq(of: run)
    ledger.note(.testimony, seq, run)
    for deposition in depositions {
      switch deposition {
      case .environment(let environment): try record(environment, seq)
      case .baseline(let baseline): try record(baseline, seq)
      case .resolution(let targets, let unresolved): try record(targets, unresolved, seq)
      case .presence(let heard): try record(heard, seq)
      case .survey(let survey): try record(survey, seq)
      case .log(let log): try record(log, seq)
      case .derivations(let graph): try record(graph)
      case .registrations(let heard): try record(heard, seq)
      case .outcomes(let outcomes): try record(outcomes, seq)
      }
    }
  }

  /// Adds a run's end: verdicts, outcomes, reasons and conclusion.
  ///
  /// - Parameter key: signs the run as it is now.
  public func conclude(_ run: RunID, _ conclusion: Conclusion, signing key: SigningKey? = nil) throws {
    let seq = try seq(of: run)
    if key != nil, try !ledger.isAsSealed(seq) {
      throw EvidenceError(path, .contradiction(run: run.text, "it was changed while it was being recorded"))
    }
    ledger.note(.concluded, seq, run, signing: key)
    for (position, target) in conclusion.judgment.targets.enumerated() {
      try record(target, at: position, seq)
    }
    let closure = conclusion.judgment.closure
    try Table(
      "conclusion",
      [
        "run", "finished", "verdict", "paths", "substituted", "built_locally", "built_remotely",
        "present_before", "download_bytes", "memory_peak", "added_by_evaluation",
      ], db
    ).insert([
      seq, Instant.text(conclusion.finished), conclusion.judgment.verdict.rawValue, closure.paths,
      closure.substituted, closure.builtLocally, closure.builtRemotely, closure.presentBefore,
      Int64(clamping: closure.downloadBytes), conclusion.memoryPeak.map { Int64(clamping: $0) },
      closure.addedByEvaluation > 0 ? closure.addedByEvaluation : nil,
    ])
    for table in ["verdict_row", "outcome_row", "reason_row", "conclusion"] { try index(table, seq) }
  }

  func index(_ table: String, _ seq: Int64) throws {
    try Indexing.update(table, ofRuns: "= ?", db, [seq])
  }

  /// What an installable is, as JSON.
  func spec(of installable: Installable) throws -> Int64 {
    try lexicon.installables.id(of: installable) { try lexicon.text(try JSON.text(installable.redacted)) }
  }

  private func seq(of run: RunID) throws -> Int64 {
    try lexicon.runs.id(of: run) {
      guard let seq = try EvidenceStore.seq(of: run, db) else {
        throw EvidenceError(path, .contradiction(run: run.text, "it was never begun"))
      }
      return seq
    }
  }
}

extension EvidenceStore {
  /// Records a run's beginning. It is on disk when this returns.
  public func begin(_ start: RunStart) throws(EvidenceError) { try record { try $0.begin(start) } }

  /// Records one witness's testimony, as a whole.
  public func record(_ deposition: Deposition, for run: RunID) throws(EvidenceError) {
    try record([deposition], for: run)
  }

  /// Records testimonies, as a whole.
  public func record(_ depositions: [Deposition], for run: RunID) throws(EvidenceError) {
    try record { try $0.record(depositions, for: run) }
  }

  /// Records a run's end: verdicts, outcomes, reasons and conclusion, as a whole, and signs the run if there is
  /// a key.
  public func conclude(
    _ run: RunID, _ conclusion: Conclusion, signing key: SigningKey? = nil
  ) throws(EvidenceError) {
    try record { try $0.conclude(run, conclusion, signing: key) }
  }

  /// Records whatever `body` adds, as a whole: it is on disk when this returns, or nothing of it is there.
  public func record(_ body: (Recorder) throws -> Void) throws(EvidenceError) {
    try write { db in
      let recorder = try Recorder(db, path: path)
      try body(recorder)
      try recorder.ledger.seal()
    }
  }

  static func seq(of run: RunID, _ db: Database) throws -> Int64? {
    try Int64.fetchOne(db, sql: "SELECT seq FROM run WHERE id = ?", arguments: [run.text])
  }
}

extension Installable {
  /// The whole of it as it is recorded, without credentials.
  var recordedName: String { Redaction.redact(description) }

  /// The other name that a target goes by (``isNamed(_:)``), where it has one.
  var attributeAlone: String? {
    switch self {
    case .flake(_, let attribute, let outputs), .file(_, let attribute, let outputs):
      attribute.isEmpty ? nil : attribute + outputs.suffix
    case .derivation, .path: nil
    }
  }
}
