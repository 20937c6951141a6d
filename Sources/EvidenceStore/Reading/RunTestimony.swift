import GRDB
public import NixModel

extension EvidenceStore {
  /// Everything that the witnesses of a run said, as it was recorded: the judge can be asked again.
  ///
  /// Everything goes through the parsers and verifiers once more. An offer whose signature no longer
  /// verifies is a contradiction, and no offer.
  ///
  /// - Throws: ``EvidenceError``, also where there is no such run.
  public func testimony(of id: RunID) throws(EvidenceError) -> Testimony {
    try read { db in
      try TestimonyReader(seq: try known(id, db), id: id, db: db, path: path).testimony()
    }
  }

  /// The latest run before `run` in which `installable` was warm.
  public func latestWarmRun(of installable: Installable, before run: RunID) throws(EvidenceError) -> RunID? {
    try read { db in
      try String.fetchOne(
        db,
        sql: """
          SELECT run.id
          FROM mark CROSS JOIN run ON run.seq = mark.run
          WHERE kind = 'warm' AND word = (SELECT id FROM text WHERE value = ?)
            AND mark.at <= (SELECT at FROM run WHERE id = ?) AND run.id <> ?
          ORDER BY mark.at DESC, mark.run DESC LIMIT 1
          """, arguments: [installable.recordedName, run.text, run.text]
      ).map { RunID($0) }
    }
  }

  private func known(_ run: RunID, _ db: Database) throws -> Int64 {
    guard let seq = try Self.seq(of: run, db) else {
      throw EvidenceError(path, .contradiction(run: run.text, "it was never begun"))
    }
    return seq
  }
}

/// Reads the rows of one run's witnesses.
private struct TestimonyReader {
  let seq: Int64
  let id: RunID
  let db: Database
  let path: String

  func testimony() throws -> Testimony {
    let environment = try environment()
    let targets = try targets()
    return Testimony(
      environment: environment, baseline: try baseline(), targets: targets.resolved,
      unresolved: targets.unresolved,
      graph: try graph(
        of: targets.resolved.compactMap(\.derivation), alwaysSubstitutes: environment.alwaysSubstitutes),
      survey: try survey(trusting: environment.trustedKeys), before: try before(), log: try log(),
      after: try after())
  }

  private func rows<Value: Decodable & FetchableRecord>(
    _ type: Value.Type, _ table: String, by order: String = "position"
  ) throws -> [Value] {
    try Value.fetchAll(db, sql: "SELECT * FROM \(table) WHERE run = ? ORDER BY \(order)", arguments: [seq])
  }

  private func contradiction(_ how: String) -> EvidenceError {
    EvidenceError(path, .contradiction(run: id.text, how))
  }

  // MARK: Environment and targets

  private func environment() throws -> RunnerEnvironment {
    let row = try rows(EnvironmentRow.self, "environment", by: "run").first
    let means = try rows(MeansRow.self, "means_of_writing").map {
      try JSON.value(MeansOfWriting.self, $0.detail)
    }
    let origins = try rows(SettingRow.self, "setting", by: "name")
    let sandbox: RunnerEnvironment.Sandbox =
      switch row?.sandbox {
      case "works": .works
      case "missing": .missing(cause: row?.sandbox_cause ?? "")
      default: .notTried
      }
    return RunnerEnvironment(
      nixVersion: row?.nix ?? "", system: row?.system ?? "", store: row?.store ?? "",
      substituters: try rows(SubstituterRow.self, "substituter").map { SubstituterURL(anyStore: $0.url) },
      trustedKeys: TrustedKeys(
        try rows(KeyRow.self, "trusted_key").map { try PublicKey(parsing: $0.key) }),
      substitutes: row?.substitutes ?? true, meansOfWriting: means,
      origins: Dictionary(origins.map { ($0.name, $0.place) }) { first, _ in first },
      sandbox: sandbox, sandboxSetting: row?.nix_sandbox.flatMap { SandboxSetting(rawValue: $0) },
      alwaysSubstitutes: row?.always_substitutes ?? false)
  }

  private func targets() throws -> (resolved: [Target], unresolved: [UnresolvedTarget]) {
    let specs = try String.fetchAll(
      db, sql: "SELECT spec FROM requested WHERE run = ? ORDER BY position", arguments: [seq]
    ).map { try JSON.value(Installable.self, $0) }
    let outputs = Dictionary(
      grouping: try rows(OutputRow.self, "output"), by: \.target)
    var resolved: [Target] = []
    var unresolved: [UnresolvedTarget] = []
    for row in try rows(TargetRow.self, "target") {
      let installable =
        try row.spec.map { try JSON.value(Installable.self, $0) }
        ?? specs.first { Redaction.redact($0.description) == row.installable }
      guard let installable else { throw contradiction("it was not asked for \(row.installable)") }
      if let error = row.error {
        unresolved.append(UnresolvedTarget(installable: installable, error: error))
        continue
      }
      let chosen = try (outputs[row.position] ?? []).map {
        Target.Output(name: $0.name, path: try StorePath(parsing: $0.path))
      }
      let resolution: Target.Resolution
      if let derivation = row.derivation {
        resolution = .derivation(
          try StorePath(parsing: derivation), system: row.system ?? "", outputs: chosen)
      } else if let only = chosen.first {
        resolution = .path(only.path)
      } else {
        throw contradiction("its target \(row.installable) has no output")
      }
      resolved.append(Target(installable: installable, resolution: resolution))
    }
    return (resolved, unresolved)
  }

  private func graph(of roots: [StorePath], alwaysSubstitutes: Bool) throws -> DerivationGraph {
    let statement = try db.makeStatement(sql: "SELECT * FROM derivation WHERE path = ?")
    var found: [StorePath: Derivation] = [:]
    var open = roots
    var seen = Set(roots)
    while let path = open.popLast() {
      guard let row = try DerivationRow.fetchOne(statement, arguments: [path.description]) else { continue }
      let inputs = try JSON.value([String: [String]].self, row.inputs)
      let outputs = try JSON.value([String: String?].self, row.outputs)
      let derivation = Derivation(
        outputs: try outputs.mapValues { try $0.map { try StorePath(baseName: $0, in: path.directory) } },
        inputDerivations: Dictionary(
          uniqueKeysWithValues: try inputs.map {
            (try StorePath(baseName: $0.key, in: path.directory), $0.value)
          }),
        inputSources: try words(row.sources).map { try StorePath(baseName: $0, in: path.directory) },
        system: row.system, allowsSubstitutes: row.allows_substitutes,
        traits: try JSON.value(Derivation.Traits.self, row.traits))
      found[path] = derivation
      open += derivation.inputDerivations.keys.filter { seen.insert($0).inserted }
    }
    return DerivationGraph(found, alwaysSubstitutes: alwaysSubstitutes)
  }

  // MARK: The store

  private func baseline() throws -> Baseline? {
    guard let row = try rows(BaselineRow.self, "baseline", by: "run").first else { return nil }
    return row.number.map { .row($0) } ?? row.listed.map { .listed(paths: $0) }
  }

  private func before() throws -> Heard<[StorePath: Presence]> {
    if let cause = try silence(of: "store before") { return .unavailable(cause) }
    let found = try rows(PresenceRow.self, "presence", by: "path")
    guard !found.isEmpty else { return .notAsked }
    var entries: [StorePath: Presence.Entry] = [:]
    for row in try rows(PresentRow.self, "present", by: "path") {
      let (path, registration) = try registration(row.registration)
      guard let arrival = Presence.Arrival(word: row.since, row: row.number) else {
        throw contradiction("\(path) was in its store since '\(row.since)'")
      }
      entries[path] = Presence.Entry(registration, arrival)
    }
    return .said(
      Dictionary(
        uniqueKeysWithValues: try found.map { row in
          let path = try StorePath(parsing: row.path)
          // How a valid path was registered is not known of runs of before the sixth step: something was there.
          return (path, Presence(entries[path], isOnDisk: row.on_disk || row.valid && entries[path] == nil))
        }))
  }

  private func after() throws -> Heard<[StorePath: Registration]> {
    if let cause = try silence(of: "store after") { return .unavailable(cause) }
    let found = try rows(RegistrationRow.self, "registration", by: "path")
    // A run whose Nix was started asked the store afterwards, and it may have had nothing of it.
    let realization = try rows(RealizationRow.self, "realization", by: "run").first
    let wasTried = realization.map { $0.ending != "not-started" || $0.cause != nil } ?? false
    guard !found.isEmpty || wasTried else { return .notAsked }
    return .said(Dictionary(uniqueKeysWithValues: try found.map { try registration($0) }))
  }

  private func registration(_ row: RegistrationRow) throws -> (StorePath, Registration) {
    let path = try StorePath(parsing: row.path)
    guard let hash = NarHash(row.nar_hash) else { throw contradiction("\(path) has no readable hash") }
    let registration = Registration(
      narHash: hash, narSize: UInt64(clamping: row.nar_size), isUltimate: row.ultimate,
      signatures: try words(row.signatures).map { try Signature(parsing: $0) },
      contentAddress: row.content_address.flatMap { ContentAddress($0) },
      references: try words(row.refs).map { try StorePath(baseName: $0, in: path.directory) })
    return (path, registration)
  }

  private func silence(of witness: String) throws -> String? {
    try String.fetchOne(
      db, sql: "SELECT cause FROM silence WHERE run = ? AND witness = ?", arguments: [seq, witness])
  }

  private func words(_ text: String) -> [Substring] { text.split(separator: " ") }

  // MARK: The substituters

  private func survey(trusting keys: TrustedKeys) throws -> Survey {
    let caches = try rows(CacheRow.self, "cache").map { row in
      let state: Survey.Cache.State? =
        switch row.state {
        case "open": .open(priority: row.priority ?? 0)
        case "unreachable": .unreachable(row.cause ?? "")
        case "failing": .failing(status: row.status ?? 0)
        case "unusable": .unusable(row.cause ?? "")
        case "unknown": .unknown
        default: nil
        }
      guard let state else { throw contradiction("its cache \(row.url) is '\(row.state)'") }
      return Survey.Cache(url: SubstituterURL(anyStore: row.url), state: state)
    }
    var answers: [StorePath: [Survey.Answer]] = [:]
    for row in try rows(OfferRow.self, "offer", by: "position") {
      let path = try StorePath(parsing: row.path)
      answers[path, default: []].append(
        Survey.Answer(
          cache: SubstituterURL(anyStore: row.cache), kind: try kind(row, of: path, trusting: keys)))
    }
    let unanswered = try String.fetchAll(
      db, sql: "SELECT path FROM unanswered WHERE run = ?", arguments: [seq])
    for path in unanswered { answers[try StorePath(parsing: path)] = [] }
    return Survey(caches: caches, answers: answers)
  }

  private func kind(
    _ row: OfferRow, of path: StorePath, trusting keys: TrustedKeys
  ) throws -> Survey.Answer.Kind {
    func failure() -> Survey.Failure {
      switch (row.status, row.cause) {
      case (let status?, nil): .status(status)
      case (nil, let cause): .unreachable(cause ?? "")
      case (_?, let cause?): .unreadable(cause)
      }
    }
    switch row.answer {
    case "absent": return .absent
    case "refused": return .refused(status: row.status ?? 0)
    case "failed": return .failed(failure())
    case "invalid":
      let error = try row.flaw.map { try JSON.value(NarinfoError.self, $0) }
      return .invalid(error ?? NarinfoError(line: nil, flaw: .malformedLine(row.cause ?? "")))
    case "untrusted": return .untrusted(try narinfo(row, of: path))
    case "offered":
      guard let verified = VerifiedNarinfo(try narinfo(row, of: path), trusting: keys) else {
        throw contradiction("the offer of \(path) by \(row.cache) does not verify")
      }
      let nar: Survey.NarPresence? =
        switch row.nar {
        case "not-asked": .notAsked
        case "present": .present(size: row.nar_bytes.map { UInt64(clamping: $0) })
        case "missing": .missing(status: row.status ?? 0)
        case "refused": .refused(status: row.status ?? 0)
        case "failed": .failed(failure())
        default: nil
        }
      guard let nar else { throw contradiction("the archive of \(path) is '\(row.nar ?? "")'") }
      return .offered(verified, nar: nar)
    default: throw contradiction("the answer for \(path) is '\(row.answer)'")
    }
  }

  private func narinfo(_ row: OfferRow, of path: StorePath) throws -> Narinfo {
    guard let hash = row.nar_hash.flatMap({ NarHash($0) }), let size = row.nar_size, let url = row.url else {
      throw contradiction("the narinfo of \(path) is incomplete")
    }
    return Narinfo(
      path: path, url: url, compression: row.compression ?? "bzip2",
      fileSize: row.file_size.map { UInt64(clamping: $0) }, narHash: hash, narSize: UInt64(clamping: size),
      references: try words(row.refs ?? "").map { try StorePath(baseName: $0, in: path.directory) },
      deriver: try row.deriver.map { try StorePath(baseName: $0, in: path.directory) },
      signatures: try words(row.signatures ?? "").map { try Signature(parsing: $0) },
      contentAddress: row.content_address.flatMap { ContentAddress($0) })
  }

  // MARK: The log

  private func log() throws -> LogTestimony {
    let events = try rows(LogEventRow.self, "log_event").compactMap { row in
      try kind(row).map { LogEvent(line: row.line, kind: $0) }
    }
    guard let row = try rows(RealizationRow.self, "realization", by: "run").first else { return .silent }
    let ending: NixEnding? =
      switch row.ending {
      case "not-started": row.cause.map { .failedToStart($0) } ?? .notStarted
      case "exited": .exited(code: Int32(clamping: row.code ?? 0))
      case "signalled": .signalled(number: Int32(clamping: row.code ?? 0))
      case "stopped": try row.at.map { .stopped(at: try StorePath(parsing: $0)) }
      case "timed-out": .timedOut
      case "interrupted": .interrupted
      default: nil
      }
    guard let ending else { throw contradiction("Nix ended '\(row.ending)'") }
    return LogTestimony(
      events: events, lines: row.lines, bytes: row.bytes, unreadable: row.unreadable,
      dropped: row.dropped ?? 0, ending: ending,
      evaluationLines: row.evaluation_lines ?? 0, timeTaken: try timeTaken(row))
  }

  private func timeTaken(_ row: RealizationRow) throws -> TimeTaken? {
    guard let milliseconds = row.milliseconds else { return nil }
    let transfers = try rows(TransferRow.self, "transfer", by: "cache")
    return TimeTaken(
      milliseconds: milliseconds,
      copying: Dictionary(transfers.map { ($0.cache, $0.milliseconds) }) { $0 + $1 })
  }

  private func kind(_ row: LogEventRow) throws -> LogEvent.Kind? {
    func path(_ text: String?) throws -> StorePath {
      guard let text else { throw contradiction("an event of its log ('\(row.kind)') names no path") }
      return try StorePath(parsing: text)
    }
    let source = row.source ?? ""
    switch row.kind {
    case "copy-started": return .copyStarted(path: try path(row.path), from: source)
    case "copy-stopped": return .copyStopped(path: try path(row.path), from: source)
    case "transferred":
      let to = (row.text ?? "").trimmingPrefix("to ")
      return .transferred(path: try path(row.path), from: source, to: String(to))
    case "build-started": return .buildStarted(derivation: try path(row.derivation))
    case "build-started-remotely":
      return .buildStartedRemotely(derivation: try path(row.derivation), machine: row.machine ?? "")
    case "build-stopped": return .buildStopped(derivation: try path(row.derivation))
    case "resolved": return .resolved(derivation: try path(row.derivation), to: try path(row.text))
    case "post-build-hook": return .postBuildHook(derivation: try path(row.derivation))
    case "complaint":
      let subject = try row.subject.map { try JSON.value(Complaint.Subject.self, $0) }
      return .complaint(Complaint(subject: subject ?? .error, text: row.text ?? ""))
    default: throw contradiction("its log has an event '\(row.kind)'")
    }
  }
}
