import GRDB
public import NixModel

// What a gate reads: of each run as little as its rules ask, along indexes, and nothing that needs a JSON decoder.
extension EvidenceStore {
  /// What runs that bear `name` were about, at most `limit` subjects. A name that reads as a reference is that of a
  /// whole installable alone.
  ///
  /// Where none of them came to evaluate it, the latest says what it was about.
  public func gateSubjects(of name: GateName, limit: Int) throws(EvidenceError) -> [GateSubject] {
    try read { db in
      let known = try db.cachedStatement(
        sql: """
          SELECT spec.value AS record, system.value AS system, whole.value AS name
          FROM meaning AS row
          JOIN text AS spec ON spec.id = row.spec
          JOIN text AS whole ON whole.id = row.name
          LEFT JOIN text AS system ON system.id = row.system
          WHERE row.word = (SELECT id FROM text WHERE value = ?)
            AND row.alone IN (\(name.mayBeAttribute ? "0, 1" : "0")) LIMIT ?
          """)
      let subjects = try Row.fetchAll(known, arguments: [name.text, limit]).map { try subject($0) }
      guard subjects.isEmpty else { return subjects }
      let asked = try db.cachedStatement(
        sql: """
          SELECT spec.value AS record, NULL AS system, whole.value AS name
          FROM mark
          CROSS JOIN requested_row AS row ON row.run = mark.run
            AND (row.installable = mark.word\(name.mayBeAttribute ? " OR row.attribute = mark.word" : ""))
          CROSS JOIN text AS spec ON spec.id = row.spec
          CROSS JOIN text AS whole ON whole.id = row.installable
          WHERE mark.kind = 'target' AND mark.word = (SELECT id FROM text WHERE value = ?)
          ORDER BY mark.at DESC, mark.run DESC LIMIT 1
          """)
      return try Row.fetchAll(asked, arguments: [name.text]).map { try subject($0) }
    }
  }

  /// At most `limit` runs that were asked to prove `topic`, those that began last first, whether they came to a
  /// verdict or not.
  public func recordedRuns(about topic: GateTopic, limit: Int) throws(EvidenceError) -> [RecordedRun] {
    try read { db in
      guard let search = try GateSearch(topic, db) else { return [] }
      let statement = try db.cachedStatement(
        sql: """
          SELECT run.id, run.started, run.host, run.pod, run.process, run.process_start, run.boot,
            conclusion.finished,
            (SELECT group_concat(coalesce(verdict_row.verdict, 'missing'))
              FROM requested_row AS asked
              LEFT JOIN verdict_row ON verdict_row.run = asked.run AND verdict_row.spec = asked.spec
              WHERE asked.run = run.seq AND asked.spec IN (\(search.specs(in: "run.seq")))) AS verdicts,
            coalesce(
              (SELECT spec.value FROM requested_row AS asked JOIN text AS spec ON spec.id = asked.spec
                WHERE asked.run = run.seq AND asked.spec IN (\(search.specs(in: "run.seq"))) LIMIT 1),
              (SELECT spec.value FROM target_row AS target JOIN text AS spec ON spec.id = target.spec
                WHERE target.run = run.seq AND target.spec IN (\(search.specs(in: "run.seq"))) LIMIT 1)) AS record,
            coalesce(
              (SELECT whole.value FROM requested_row AS asked JOIN text AS whole ON whole.id = asked.installable
                WHERE asked.run = run.seq AND asked.spec IN (\(search.specs(in: "run.seq"))) LIMIT 1),
              (SELECT whole.value FROM target_row AS target JOIN text AS whole ON whole.id = target.installable
                WHERE target.run = run.seq AND target.spec IN (\(search.specs(in: "run.seq"))) LIMIT 1)) AS name,
            (SELECT system.value FROM target_row AS target JOIN text AS system ON system.id = target.system
              WHERE target.run = run.seq AND target.spec IN (\(search.specs(in: "run.seq"))) LIMIT 1) AS system,
            (SELECT group_concat(path.value, ' ') FROM target_row AS target
              JOIN output_row AS output ON output.run = target.run AND output.target = target.position
              JOIN text AS path ON path.id = output.path
              WHERE target.run = run.seq AND target.spec IN (\(search.specs(in: "run.seq")))) AS outputs
          FROM \(search.index) AS found
          CROSS JOIN run ON run.seq = found.run
          LEFT JOIN conclusion ON conclusion.run = run.seq
          WHERE \(search.condition) AND run.purpose IS NULL
          ORDER BY found.at DESC, found.run DESC LIMIT ?
          """)
      return try Row.fetchAll(statement, arguments: [limit]).map { try recordedRun($0) }
    }
  }

  /// The same of a store that was distilled from the runs `named`, each of which must be about `topic`.
  public func recordedRuns(
    about topic: GateTopic, limit: Int, expecting named: [RunID]
  ) throws(EvidenceError) -> [RecordedRun] {
    let runs = try recordedRuns(about: topic, limit: limit)
    if let other = Set(named).subtracting(runs.map(\.id)).min(by: { $0.text < $1.text }) {
      throw EvidenceError(
        path, .contradiction(run: other.text, "it is found by what the gate asks for, and is not about it"))
    }
    return runs
  }

  private func subject(_ row: Row) throws -> GateSubject {
    GateSubject(
      name: try row.decode(forColumn: "name"), record: try row.decode(forColumn: "record"),
      system: try row.decode(forColumn: "system"))
  }

  private func recordedRun(_ row: Row) throws -> RecordedRun {
    let id = RunID(try row.decode(String.self, forColumn: "id"))
    guard let started = Instant.date(try row.decode(forColumn: "started")) else {
      throw EvidenceError(path, .contradiction(run: id.text, "its beginning cannot be read"))
    }
    let runner = Runner(
      host: try row.decode(forColumn: "host"), pod: try row.decode(forColumn: "pod"),
      processID: try row.decode(forColumn: "process"),
      processStart: UInt64(bitPattern: try row.decode(Int64.self, forColumn: "process_start")),
      bootID: try row.decode(forColumn: "boot"))
    let state: RecordedRun.State
    if let text = try row.decode(String?.self, forColumn: "finished") {
      guard let finished = Instant.date(text) else {
        throw EvidenceError(path, .contradiction(run: id.text, "its end cannot be read"))
      }
      let words = try row.decode(String?.self, forColumn: "verdicts") ?? ""
      state = .finished(at: finished, Self.verdict(of: words.split(separator: ",")))
    } else {
      state = isAlive(runner) ? .running : .interrupted
    }
    let outputs = (try row.decode(String?.self, forColumn: "outputs") ?? "").split(separator: " ")
    return RecordedRun(
      id: id, started: started, runner: runner, state: state, subject: try subject(row),
      outputs: try outputs.map { try StorePath(parsing: $0) }.unique)
  }

  /// What several verdicts amount to: one that is missing is no verdict either way.
  private static func verdict(of words: [Substring]) -> Verdict {
    if words.contains(where: { $0 == Verdict.cold.rawValue }) { return .cold }
    return !words.isEmpty && words.allSatisfy { $0 == Verdict.warm.rawValue } ? .warm : .inconclusive
  }

  /// What a finished run recorded about `topic`, as far as `policy` asks.
  ///
  /// - Throws: ``EvidenceError``, also where there is no such run, or its verdicts contradict each other.
  public func recordedProof(
    by run: RunID, of topic: GateTopic, for policy: GatePolicy
  ) throws(EvidenceError) -> RecordedProof {
    var (proof, derivations, isShared) = try read { db in
      guard let seq = try Self.seq(of: run, db) else {
        throw EvidenceError(path, .contradiction(run: run.text, "it was never begun"))
      }
      guard let search = try GateSearch(topic, db) else {
        throw EvidenceError(path, .contradiction(run: run.text, "it is not about what the gate asks for"))
      }
      let reader = ProofReader(seq: seq, run: run, search: search, db: db, path: path)
      return try reader.proof(for: policy)
    }
    // What derivations are made of is in no signature.
    if isShared, policy.collectors.isEmpty, let builds = policy.builds,
      !proof.builds.allSatisfy(builds.allowsBuilding)
    {
      // Rare, and dear: whose build it was is told by what each target is made of.
      let testimony = try testimony(of: run)
      let everything = testimony.targets.compactMap(\.derivation).reduce(into: Set<StorePath>()) {
        $0.formUnion(testimony.graph.closure(of: $1))
      }
      let own = derivations.reduce(into: Set<StorePath>()) {
        $0.formUnion(testimony.graph.closure(of: $1))
      }
      // What none of the targets is made of bears on all of them, as it does before the judge.
      proof.builds.removeAll { !own.contains($0) && everything.contains($0) }
    }
    if !policy.collectors.isEmpty { proof.signers = try signers(of: run, among: policy.collectors) }
    return proof
  }
}

/// How runs about a topic are found along an index, and which of their targets it is.
private struct GateSearch {
  /// The index, whose rows are called `found` in the condition.
  let index: String
  let condition: String
  private let topic: Topic

  private enum Topic {
    case spec(Int64)
    case outputs([Int64])
  }

  /// - Returns: `nil` where nothing that is recorded has these words.
  init?(_ topic: GateTopic, _ db: Database) throws {
    func id(_ text: String) throws -> Int64? {
      try Int64.fetchOne(db.cachedStatement(sql: "SELECT id FROM text WHERE value = ?"), arguments: [text])
    }
    switch topic {
    case .subject(let subject):
      guard let word = try id(subject.name), let spec = try id(subject.record) else { return nil }
      self.topic = .spec(spec)
      index = "mark"
      // A run that did not come to evaluate it is about it on every platform.
      let others = try subject.system.map { name in
        """
        AND NOT EXISTS (SELECT 1 FROM target_row AS target WHERE target.run = found.run AND target.spec = \(spec)
          AND target.error IS NULL AND target.system IS NOT \(try id(name) ?? 0))
        """
      }
      condition = """
        found.kind = 'target' AND found.word = \(word) AND EXISTS (
          SELECT 1 FROM requested_row AS asked WHERE asked.run = found.run AND asked.spec = \(spec))
        \(others ?? "")
        """
    case .outputs(let paths):
      var ids: [Int64] = []
      for path in paths.sorted() {
        guard let known = try id(path.description) else { return nil }
        ids.append(known)
      }
      guard let first = ids.first else { return nil }
      self.topic = .outputs(ids)
      index = "goal"
      condition = "found.path = \(first) AND EXISTS (\(Self.specs(of: ids, in: "found.run")))"
    }
  }

  /// The records of those targets of a run that the topic is about, as a question.
  func specs(in run: String) -> String {
    switch topic {
    case .spec(let spec): "\(spec)"
    case .outputs(let paths): Self.specs(of: paths, in: run)
    }
  }

  /// Those of the targets with exactly these outputs.
  private static func specs(of paths: [Int64], in run: String) -> String {
    """
    SELECT exact.spec FROM target_row AS exact WHERE exact.run = \(run) AND exact.error IS NULL
      AND (SELECT count(DISTINCT output.path) = \(paths.count)
          AND min(output.path IN (\(paths.map(String.init).joined(separator: ", "))))
        FROM output_row AS output WHERE output.run = exact.run AND output.target = exact.position)
    """
  }
}

/// Reads what one run recorded about one topic.
private struct ProofReader {
  let seq: Int64
  let run: RunID
  let search: GateSearch
  let db: Database
  let path: String

  private func rows(_ sql: String, _ more: StatementArguments = []) throws -> [Row] {
    try Row.fetchAll(try db.cachedStatement(sql: sql), arguments: [seq] + more)
  }

  private func contradiction(_ how: String) -> EvidenceError {
    EvidenceError(path, .contradiction(run: run.text, how))
  }

  /// - Returns: the proof, the target's derivations, and whether the run had other targets.
  func proof(
    for policy: GatePolicy
  ) throws -> (proof: RecordedProof, derivations: [StorePath], isShared: Bool) {
    let verdicts = try verdicts()
    let ofTarget = verdicts.filter(\.isOfTarget)
    var proof = RecordedProof(outputs: [:], exitCode: nil)
    for verdict in ofTarget {
      proof.outputs.merge(try outputs(of: verdict.position)) { first, _ in first }
      proof.reasons += try reasons(against: verdict.position)
    }
    let mode = try rows(
      """
      SELECT run.builds, realization.ending, realization.code, realization.unreadable,
        EXISTS (SELECT 1 FROM means_of_writing_row AS means WHERE means.run = run.seq AND means.writes = 1)
          AS could_write
      FROM run LEFT JOIN realization ON realization.run = run.seq WHERE run.seq = ?
      """)
    if let row = mode.first {
      guard let builds = BuildMode(rawValue: try row.decode(forColumn: "builds")) else {
        throw contradiction("its policy cannot be read")
      }
      proof.mode = builds
      proof.couldWrite = try row.decode(forColumn: "could_write")
      proof.unreadable = try row.decode(Int?.self, forColumn: "unreadable") ?? 0
      if try row.decode(String?.self, forColumn: "ending") == "exited" {
        proof.exitCode = try row.decode(forColumn: "code")
      }
    }
    if policy.builds != nil { proof.builds = try builds() }
    if policy.needsFreshStore { proof.presentBefore = try presentBefore() }
    if policy.asksForPaths { proof.paths = try paths(of: proof) }
    return (
      proof, try ofTarget.compactMap { try $0.derivation.map { try StorePath(parsing: $0) } },
      ofTarget.count < verdicts.count
    )
  }

  private struct VerdictOfTarget {
    let position: Int
    let derivation: String?
    let isOfTarget: Bool
  }

  /// Every target of the run; that their verdicts amount to the run's own is checked on the way.
  private func verdicts() throws -> [VerdictOfTarget] {
    let found = try rows(
      """
      SELECT row.position, row.verdict, derivation.value AS derivation, conclusion.verdict AS whole,
        row.spec IN (\(search.specs(in: "row.run"))) AS is_of_target
      FROM conclusion
      JOIN verdict_row AS row ON row.run = conclusion.run
      LEFT JOIN text AS derivation ON derivation.id = row.derivation
      WHERE conclusion.run = ? ORDER BY row.position
      """)
    var words: Set<String> = []
    let verdicts = try found.map { row in
      words.insert(try row.decode(forColumn: "verdict"))
      return VerdictOfTarget(
        position: try row.decode(forColumn: "position"),
        derivation: try row.decode(forColumn: "derivation"),
        isOfTarget: try row.decode(forColumn: "is_of_target"))
    }
    let sum: Verdict =
      words.contains(Verdict.cold.rawValue)
      ? .cold : words == [Verdict.warm.rawValue] ? .warm : .inconclusive
    if let whole = try found.first?.decode(String.self, forColumn: "whole"), whole != sum.rawValue {
      throw contradiction("its verdict is '\(whole)', and its targets amount to '\(sum.rawValue)'")
    }
    return verdicts
  }

  private func reasons(against position: Int) throws -> Int {
    try rows("SELECT count(*) FROM reason_row WHERE run = ? AND target = ?", [position]).first?[0] ?? 0
  }

  private func outputs(of position: Int) throws -> [StorePath: Outcome] {
    let found = try rows(
      """
      SELECT path.value AS path, fate.outcome, origin.value AS origin
      FROM outcome_row AS row
      JOIN text AS path ON path.id = row.path
      JOIN fate ON fate.id = row.fate
      LEFT JOIN text AS origin ON origin.id = fate.origin
      WHERE row.run = ? AND row.target = ?
      """, [position])
    var outputs: [StorePath: Outcome] = [:]
    for row in found {
      let word = try row.decode(String.self, forColumn: "outcome")
      guard let outcome = Outcome(word: word, origin: try row.decode(forColumn: "origin")) else {
        throw contradiction("an output of a target is '\(word)'")
      }
      outputs[try storePath(row, "path")] = outcome
    }
    return outputs
  }

  /// What the log saw built, here or elsewhere.
  private func builds() throws -> [StorePath] {
    try rows(
      """
      SELECT DISTINCT derivation.value AS derivation
      FROM log_event_row AS row
      JOIN event ON event.id = row.event
      LEFT JOIN text AS derivation ON derivation.id = event.derivation
      WHERE row.run = ? AND event.kind IN ('build-started', 'build-started-remotely')
      """
    ).map { try storePath($0, "derivation") }
  }

  private func storePath(_ row: Row, _ column: String) throws -> StorePath {
    guard let text = try row.decode(String?.self, forColumn: column) else {
      throw contradiction("an event of its log names no derivation or path")
    }
    return try StorePath(parsing: text)
  }

  /// What was in the store before the run began; `nil` where nobody looked then.
  private func presentBefore() throws -> [StorePath]? {
    guard try !rows("SELECT 1 FROM baseline WHERE run = ?").isEmpty else { return nil }
    return try rows(
      """
      SELECT path.value AS path
      FROM presence_row AS row
      JOIN text AS path ON path.id = row.path
      LEFT JOIN present_row AS present ON present.run = row.run AND present.path = row.path
      WHERE row.run = ? AND iif(row.valid, present.since IS NOT 'evaluation', row.on_disk)
      """
    ).map { try storePath($0, "path") }
  }

  // MARK: Paths

  /// What the target needed: the closure of its outputs where they were copied, and otherwise, since what a build
  /// needs cannot be told from what it made, all that the run brought.
  private func paths(of proof: RecordedProof) throws -> [RecordedPath] {
    let registered = try registrations()
    let copies = try copies()
    let isCopied = proof.outputs.values.allSatisfy {
      if case .substituted = $0 { true } else { false }
    }
    var needed: Set<StorePath>
    if isCopied {
      needed = Set(proof.outputs.keys)
      var open = Array(needed)
      while let next = open.popLast() {
        for reference in registered[next]?.registration.references ?? []
        where needed.insert(reference).inserted { open.append(reference) }
      }
    } else {
      needed = Set(registered.keys).union(copies.keys)
    }
    return needed.sorted().map { path in
      let entry = registered[path]
      return RecordedPath(
        path, wasPresent: entry?.wasPresent ?? false, wasBuilt: entry?.wasBuilt ?? false,
        copiedFrom: copies[path], registration: entry?.registration)
    }
  }

  /// The address of each path's last substitution.
  private func copies() throws -> [StorePath: String] {
    let found = try rows(
      """
      SELECT path.value AS path, source.value AS source
      FROM log_event_row AS row
      JOIN event ON event.id = row.event
      JOIN text AS path ON path.id = event.path
      LEFT JOIN text AS source ON source.id = event.source
      WHERE row.run = ? AND event.kind = 'copy-started' ORDER BY row.position
      """)
    var copies: [StorePath: String] = [:]
    for row in found {
      copies[try storePath(row, "path")] = try row.decode(String?.self, forColumn: "source") ?? ""
    }
    return copies
  }

  private struct Registered {
    let registration: Registration
    let wasPresent: Bool
    let wasBuilt: Bool
  }

  private func registrations() throws -> [StorePath: Registered] {
    let found = try rows(
      """
      SELECT path.value AS path, metadata.nar_hash, metadata.nar_size, metadata.refs, metadata.signatures,
        metadata.content_address, row.ultimate,
        coalesce(presence_row.valid OR presence_row.on_disk, 0) AS was_present, fate.outcome
      FROM registration_row AS row
      JOIN text AS path ON path.id = row.path
      JOIN metadata ON metadata.id = row.metadata
      LEFT JOIN presence_row ON presence_row.run = row.run AND presence_row.path = row.path
      LEFT JOIN path_outcome_row ON path_outcome_row.run = row.run AND path_outcome_row.path = row.path
      LEFT JOIN fate ON fate.id = path_outcome_row.fate
      WHERE row.run = ?
      """)
    var registered: [StorePath: Registered] = [:]
    for row in found {
      let path = try storePath(row, "path")
      guard let hash = NarHash(try row.decode(String.self, forColumn: "nar_hash")) else {
        throw contradiction("\(path) has no readable hash")
      }
      let isUltimate = try row.decode(Bool.self, forColumn: "ultimate")
      let outcome = try row.decode(String?.self, forColumn: "outcome")
      registered[path] = Registered(
        registration: Registration(
          narHash: hash, narSize: UInt64(clamping: try row.decode(Int64.self, forColumn: "nar_size")),
          isUltimate: isUltimate,
          signatures: try words(row, "signatures").map { try Signature(parsing: $0) },
          contentAddress: try row.decode(String?.self, forColumn: "content_address").flatMap {
            ContentAddress($0)
          },
          references: try words(row, "refs").map { try StorePath(baseName: $0, in: path.directory) }),
        wasPresent: try row.decode(forColumn: "was_present"),
        wasBuilt: isUltimate || outcome == "built-locally" || outcome == "built-remotely")
    }
    return registered
  }

  private func words(_ row: Row, _ column: String) throws -> [Substring] {
    (try row.decode(String?.self, forColumn: column) ?? "").split(separator: " ")
  }
}
