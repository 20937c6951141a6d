import Evidence
import GRDB
public import NixModel

// The evidence that a gate reads: of each run as little as its rules need, along indexes. The rules
// themselves are in the model.
extension EvidenceStore {
  /// The subjects of runs that bear `name`, at most `limit`. A name that reads as a reference names a whole
  /// installable, and no attribute.
  ///
  /// Where no run evaluated it, the subject is the one that the latest run was asked about.
  ///
  /// - Throws: ``EvidenceError``.
  public func gateSubjects(of name: GateName, limit: Int) throws(EvidenceError) -> [GateSubject] {
    try read { db in
      func subjects(_ source: String) throws -> [GateSubject] {
        let known = try db.cachedStatement(
          sql: """
            SELECT whole.value, spec.value, system.value
            FROM (\(source)) AS row
            JOIN text AS spec ON spec.id = row.spec
            JOIN text AS whole ON whole.id = row.installable
            LEFT JOIN text AS system ON system.id = row.system
            """)
        return try Row.fetchAll(known, arguments: [name.text]).map { row in
          GateSubject(
            name: try row.decode(atIndex: 0), record: try row.decode(atIndex: 1),
            system: try row.decode(atIndex: 2))
        }
      }
      let word = "(SELECT id FROM text WHERE value = ?1)"
      let columns = name.mayBeAttribute ? ["installable", "attribute"] : ["installable"]
      let evaluated = columns.map {
        "SELECT DISTINCT installable, spec, system FROM target WHERE \($0) = \(word)"
      }
      let found = try subjects("\(evaluated.joined(separator: " UNION ")) LIMIT \(limit)")
      guard found.isEmpty else { return found }
      return try subjects(
        """
        SELECT asked.installable, asked.spec, NULL AS system
        FROM mark
        CROSS JOIN record_entry AS has ON has.record = mark.record AND has.kind = \(EntryKind.asked.number)
        CROSS JOIN asked ON asked.entry = has.entry
        WHERE mark.kind = 'target' AND mark.word = \(word)
          AND (\(columns.map { "asked.\($0) = mark.word" }.joined(separator: " OR ")))
        ORDER BY mark.at DESC, mark.record DESC LIMIT 1
        """)
    }
  }

  /// At most `limit` runs that were asked to prove `topic`, the latest first, with a verdict or without.
  ///
  /// - Throws: ``EvidenceError``.
  public func recordedRuns(about topic: GateTopic, limit: Int) throws(EvidenceError) -> [RecordedRun] {
    try read { db in
      let library = try Library(db)
      let (kind, word): (Mark.Kind, String?) =
        switch topic {
        case .subject(let subject): (.target, subject.name)
        case .outputs(let paths): (.output, paths.min()?.description)
        }
      let statement = try db.cachedStatement(
        sql: """
          SELECT mark.record FROM mark CROSS JOIN record ON record.seq = mark.record
          WHERE mark.kind = ? AND mark.word = (SELECT id FROM text WHERE value = ?) AND record.kind = 'proof'
          ORDER BY mark.at DESC, mark.record DESC
          """)
      let records = try Int64.fetchCursor(statement, arguments: [kind.rawValue, word])
      var runs: [RecordedRun] = []
      while runs.count < limit, let seq = try records.next() {
        let run = try reading(seq, library) {
          try library.contents(of: seq, .proof, .asked, .targets, .verdicts, .conclusion)
            .recordedRun(about: topic, isAlive)
        }
        if let run { runs.append(run) }
      }
      return runs
    }
  }

  /// The same in a store that was distilled from the runs `named`.
  ///
  /// - Throws: ``EvidenceError``, also where one of `named` is not about `topic`.
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

  /// The record of a finished run about `topic`, as far as `policy` asks.
  ///
  /// - Throws: ``EvidenceError``, also where there is no such run, or its verdict contradicts those of its
  ///   targets.
  public func recordedProof(
    by run: RunID, of topic: GateTopic, for policy: GatePolicy
  ) throws(EvidenceError) -> RecordedProof {
    var proof = try read { db in
      let library = try Library(db)
      guard let seq = try library.seq(of: run) else {
        throw EvidenceError(path, .contradiction(run: run.text, "it was never begun"))
      }
      return try reading(seq, library) {
        try ProofReader(library: library, seq: seq, topic: topic).proof(for: policy)
      }
    }
    if !policy.collectors.isEmpty { proof.signers = try signers(of: run, among: policy.collectors) }
    return proof
  }
}

/// A target as a gate sees it: the installable, and its outputs.
private struct GateTarget {
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
  fileprivate func recordedRun(
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

/// Reads one run's record about one topic.
private struct ProofReader {
  let library: Library
  let seq: Int64
  let topic: GateTopic

  func proof(for policy: GatePolicy) throws -> RecordedProof {
    let contents = try library.contents(
      of: seq, .asked, .environment, .targets, .log, .verdicts, .conclusion)
    let records: Set<String> =
      switch topic {
      case .subject(let subject): [subject.record]
      case .outputs:
        Set(
          try contents.items(.targets).map { try GateTarget($0, isEvaluated: true) }
            .filter { $0.isIt(topic) }.map(\.record))
      }
    let verdicts = try contents.items(.verdicts)
    try contents.item(.conclusion).require(Verdict(together: verdicts.map { try $0.word("verdict") }))
    let isOfTopic = try verdicts.map {
      records.contains(try $0.spec())
    }
    var proof = RecordedProof(outputs: [:], exitCode: nil)
    for (verdict, isOfTopic) in zip(verdicts, isOfTopic) where isOfTopic {
      for output in try verdict.outputJudgments() where proof.outputs[output.path] == nil {
        proof.outputs[output.path] = output.outcome
      }
      proof.reasons += try verdict.list("reasons").count
    }
    let terms = try contents.policy()
    proof.mode = terms.builds
    proof.couldWrite =
      try contents.environment()?.meansOfWriting.contains { $0.standing(under: terms) == .decides } ?? false
    if let log = try contents.item(ifAny: .log) {
      proof.unreadable = try log.number(ifAny: "unreadable") ?? 0
      if try log.text("ending") == "exited" { proof.exitCode = try log.number("code") }
    }
    if let builds = policy.builds {
      proof.builds = try self.builds(allowedBy: builds, verdicts, isOfTopic)
    }
    if policy.needsFreshStore { proof.presentBefore = try presentBefore() }
    if policy.asksForPaths { proof.paths = try paths(of: proof) }
    return proof
  }

  /// The builds of the log, on this machine or another. If one of them is not allowed, builds that bear on
  /// other targets alone are left out.
  private func builds(
    allowedBy policy: Policy, _ verdicts: [Item], _ isOfTopic: [Bool]
  ) throws -> [StorePath] {
    let builds = try library.contents(of: seq, .events).eventKinds().compactMap { event -> StorePath? in
      switch event {
      case .buildStarted(let derivation), .buildStartedRemotely(let derivation, _): derivation
      default: nil
      }
    }.unique
    guard isOfTopic.contains(false), !builds.allSatisfy(policy.allowsBuilding) else { return builds }
    // This is rare and slow: the derivations of each target tell whose build it was.
    let attribution = BuildAttribution(
      of: builds, on: try verdicts.map { try $0.path(ifAny: "derivation") },
      in: try library.contents(of: seq, .derivations).graph(alwaysSubstitutes: false))
    let own = isOfTopic.indices.filter { isOfTopic[$0] }
    return builds.filter { build in own.contains { attribution.bears(build, on: $0) } }
  }

  /// The paths that were in the store before the run began; `nil` where the store was not looked into then.
  private func presentBefore() throws -> [StorePath]? {
    let contents = try library.contents(of: seq, .baseline, .presence)
    guard try contents.baseline() != nil else { return nil }
    switch try contents.presence() {
    case .notAsked, .unavailable: return []
    case .said(let presences): return presences.filter { $0.value.isOlder }.keys.sorted()
    }
  }

  /// The paths that the target needed. If its outputs were copied, that is their closure. Otherwise it is all
  /// that the run brought, because the inputs of a build cannot be told from its result.
  private func paths(of proof: RecordedProof) throws -> [RecordedPath] {
    let contents = try library.contents(of: seq, .presence, .events, .log, .registrations, .outcomes)
    var registered: [StorePath: Registration] = [:]
    if case .said(let said) = try contents.registrations() { registered = said }
    var present: [StorePath: Presence] = [:]
    if case .said(let said) = try contents.presence() { present = said }
    let outcomes = try contents.outcomes()
    var copies: [StorePath: String] = [:]
    for event in try contents.log()?.events ?? [] {
      // The address of each path's last substitution.
      if case .copyStarted(let path, let from) = event.kind { copies[path] = from }
    }
    let isCopied = proof.outputs.values.allSatisfy {
      if case .substituted = $0 { true } else { false }
    }
    var needed: Set<StorePath>
    if isCopied {
      needed = Set(proof.outputs.keys)
      var open = Array(needed)
      while let next = open.popLast() {
        for reference in registered[next]?.references ?? [] where needed.insert(reference).inserted {
          open.append(reference)
        }
      }
    } else {
      needed = Set(registered.keys).union(copies.keys)
    }
    return needed.sorted().map { path in
      RecordedPath(
        path,
        wasPresent: registered[path] != nil && (present[path].map { $0.isValid || $0.isOnDisk } ?? false),
        wasBuilt: registered[path].map { $0.isUltimate || outcomes[path]?.isBuild == true } ?? false,
        copiedFrom: copies[path], registration: registered[path])
    }
  }
}

extension Outcome {
  fileprivate var isBuild: Bool {
    switch self {
    case .builtLocally, .builtRemotely: true
    case .substituted, .presentBefore, .addedByEvaluation, .notRealized, .failed: false
    }
  }
}
