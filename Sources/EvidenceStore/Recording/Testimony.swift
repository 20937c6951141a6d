import GRDB
import NixModel

extension EvidenceStore {
  func record(_ environment: RunnerEnvironment, _ seq: Int64, _ db: Database) throws {
    var row: [String: (any DatabaseValueConvertible)?] = [
      "nix": environment.nixVersion, "system": environment.system,
      "store": Redaction.redact(environment.store), "substitutes": environment.substitutes,
    ]
    switch environment.sandbox {
    case .notTried: break
    case .works: row["sandbox"] = "works"
    case .missing(let cause):
      row.merge(["sandbox": "missing", "sandbox_cause": Redaction.redact(cause)]) { $1 }
    }
    try db.table("environment", ofRun: seq).insert(row)
    let substituters = db.table("substituter", ofRun: seq)
    for (position, url) in environment.substituters.enumerated() {
      try substituters.insert(["position": position, "url": url.canonical])
    }
    let keys = db.table("trusted_key", ofRun: seq)
    for (position, key) in environment.trustedKeys.keys.enumerated() {
      try keys.insert(["position": position, "key": key.description])
    }
    let means = db.table("means_of_writing", ofRun: seq)
    for (position, found) in environment.meansOfWriting.enumerated() {
      try means.insert([
        "position": position, "kind": found.kind.rawValue, "place": found.place,
        "writes": found.countsAsWriting, "detail": try JSON.text(found),
      ])
    }
    let settings = db.table("setting", ofRun: seq)
    for (name, place) in environment.origins.sorted(by: { $0.key < $1.key }) {
      try settings.insert(["name": name, "place": Redaction.redact(place)])
    }
  }

  /// A derivation's path follows from all that it is, so each is kept once, for all runs.
  func record(_ graph: DerivationGraph, _ db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO derivation (path, system, allows_substitutes, outputs, inputs, sources, traits)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
    let known = try db.cachedStatement(sql: "SELECT 1 FROM derivation WHERE path = ?")
    for (path, content) in graph.derivations.sorted(by: { $0.key < $1.key }) {
      let name = path.description
      if try Int.fetchOne(known, arguments: [name]) != nil { continue }
      try statement.execute(arguments: [
        name, content.system, content.allowsSubstitutes,
        try JSON.text(content.outputs.mapValues { $0?.baseName }),
        try JSON.text(
          Dictionary(uniqueKeysWithValues: content.inputDerivations.map { ($0.key.baseName, $0.value) })),
        words(content.inputSources.map(\.baseName)), try JSON.text(content.traits),
      ])
    }
  }

  func record(
    _ targets: [Target], _ unresolved: [UnresolvedTarget], _ seq: Int64, _ db: Database
  ) throws {
    let rows = db.table("target", ofRun: seq)
    let outputs = db.table("output", ofRun: seq)
    for (position, target) in targets.enumerated() {
      let system: String? =
        switch target.resolution {
        case .derivation(_, let system, _): system
        case .path: nil
        }
      try rows.insert([
        "position": position, "installable": Redaction.redact(target.installable.description),
        "derivation": target.derivation?.description, "system": system,
        "spec": try JSON.text(target.installable.redacted),
      ])
      for output in target.outputs {
        try outputs.insert(["target": position, "name": output.name, "path": output.path.description])
      }
    }
    for (offset, target) in unresolved.enumerated() {
      try rows.insert([
        "position": targets.count + offset, "installable": Redaction.redact(target.installable.description),
        "error": Redaction.redact(target.error), "spec": try JSON.text(target.installable.redacted),
      ])
    }
  }

  func record(_ heard: Heard<[StorePath: Presence]>, _ seq: Int64, _ db: Database) throws {
    switch heard {
    case .notAsked: break
    case .unavailable(let cause): try silence("store before", cause, seq, db)
    case .said(let presences):
      let rows = db.table("presence", ofRun: seq)
      for (path, presence) in presences.sorted(by: { $0.key < $1.key }) {
        try rows.insert(["path": path.description, "valid": presence.isValid, "on_disk": presence.isOnDisk])
      }
    }
  }

  func record(_ heard: Heard<[StorePath: Registration]>, _ seq: Int64, _ db: Database) throws {
    switch heard {
    case .notAsked: break
    case .unavailable(let cause): try silence("store after", cause, seq, db)
    case .said(let registrations):
      let rows = db.table("registration", ofRun: seq)
      for (path, row) in registrations.sorted(by: { $0.key < $1.key }) {
        try rows.insert([
          "path": path.description, "nar_hash": row.narHash.nix32, "nar_size": Int64(clamping: row.narSize),
          "ultimate": row.isUltimate, "signatures": words(row.signatures),
          "content_address": row.contentAddress?.description, "refs": words(row.references.map(\.baseName)),
        ])
      }
    }
  }

  func record(_ survey: Survey, _ seq: Int64, _ db: Database) throws {
    let caches = db.table("cache", ofRun: seq)
    for (position, cache) in survey.caches.enumerated() {
      var row: [String: (any DatabaseValueConvertible)?] = [
        "position": position, "url": cache.url.canonical,
      ]
      switch cache.state {
      case .open(let priority): row.merge(["state": "open", "priority": priority]) { $1 }
      case .unreachable(let cause): row.merge(["state": "unreachable", "cause": cause]) { $1 }
      case .failing(let status): row.merge(["state": "failing", "status": status]) { $1 }
      case .unusable(let cause): row.merge(["state": "unusable", "cause": cause]) { $1 }
      case .unknown: row["state"] = "unknown"
      }
      try caches.insert(row)
    }
    let offers = db.table("offer", ofRun: seq)
    let unanswered = db.table("unanswered", ofRun: seq)
    for (path, answers) in survey.answers.sorted(by: { $0.key < $1.key }) {
      // Where no cache was open, a path is without answers, and that is an answer too.
      if answers.isEmpty { try unanswered.insert(["path": path.description]) }
      for answer in answers {
        var row = try columns(of: answer.kind)
        row["path"] = path.description
        row["cache"] = answer.cache.canonical
        try offers.insert(row)
      }
    }
  }

  func record(_ log: LogTestimony, _ seq: Int64, _ db: Database) throws {
    let events = db.table("log_event", ofRun: seq)
    for (position, event) in log.events.enumerated() {
      guard var row = try columns(of: event.kind) else { continue }
      row["position"] = position
      row["line"] = event.line
      try events.insert(row)
    }
    var row: [String: (any DatabaseValueConvertible)?] = [
      "lines": log.lines, "bytes": log.bytes, "unreadable": log.unreadable,
      "evaluation_lines": log.evaluationLines,
    ]
    switch log.ending {
    case .notStarted: row["ending"] = "not-started"
    case .exited(let code): row.merge(["ending": "exited", "code": code]) { $1 }
    case .signalled(let number): row.merge(["ending": "signalled", "code": number]) { $1 }
    case .stopped(let derivation): row.merge(["ending": "stopped", "at": derivation.description]) { $1 }
    case .timedOut: row["ending"] = "timed-out"
    case .interrupted: row["ending"] = "interrupted"
    }
    try db.table("realization", ofRun: seq).insert(row)
  }

  private func silence(_ witness: String, _ cause: String, _ seq: Int64, _ db: Database) throws {
    try db.table("silence", ofRun: seq).insert(["witness": witness, "cause": Redaction.redact(cause)])
  }

  private func words(_ values: [some CustomStringConvertible]) -> String {
    values.map(\.description).joined(separator: " ")
  }

  private func columns(of answer: Survey.Answer.Kind) throws -> [String: (any DatabaseValueConvertible)?] {
    switch answer {
    case .offered(let offer, let nar):
      var row = columns(of: offer.narinfo)
      row.merge(["answer": "offered", "signed_by": words(offer.authority.signers)]) { $1 }
      switch nar {
      case .notAsked: row["nar"] = "not-asked"
      case .present(let size):
        row.merge(["nar": "present", "nar_bytes": size.map { Int64(clamping: $0) }]) { $1 }
      case .missing(let status): row.merge(["nar": "missing", "status": status]) { $1 }
      case .refused(let status): row.merge(["nar": "refused", "status": status]) { $1 }
      case .failed(let failure): row.merge(columns(of: failure).merging(["nar": "failed"]) { $1 }) { $1 }
      }
      return row
    case .untrusted(let narinfo): return columns(of: narinfo).merging(["answer": "untrusted"]) { $1 }
    case .absent: return ["answer": "absent"]
    case .refused(let status): return ["answer": "refused", "status": status]
    case .invalid(let error):
      return [
        "answer": "invalid", "cause": Redaction.redact(error.description), "flaw": try JSON.text(error),
      ]
    case .failed(let failure): return columns(of: failure).merging(["answer": "failed"]) { $1 }
    }
  }

  private func columns(of failure: Survey.Failure) -> [String: (any DatabaseValueConvertible)?] {
    switch failure {
    case .unreachable(let cause): ["cause": Redaction.redact(cause)]
    case .status(let status): ["status": status]
    }
  }

  private func columns(of narinfo: Narinfo) -> [String: (any DatabaseValueConvertible)?] {
    [
      "nar_hash": narinfo.narHash.nix32, "nar_size": Int64(clamping: narinfo.narSize),
      "file_size": narinfo.fileSize.map { Int64(clamping: $0) }, "url": Redaction.redact(narinfo.url),
      "compression": narinfo.compression, "refs": words(narinfo.references.map(\.baseName)),
      "deriver": narinfo.deriver?.baseName, "signatures": words(narinfo.signatures),
      "content_address": narinfo.contentAddress?.description,
    ]
  }

  private func columns(of event: LogEvent.Kind) throws -> [String: (any DatabaseValueConvertible)?]? {
    switch event {
    case .copyStarted(let path, let from):
      ["kind": "copy-started", "path": path.description, "source": from]
    case .copyStopped(let path, let from):
      ["kind": "copy-stopped", "path": path.description, "source": from]
    case .transferred(let path, let from, let to):
      ["kind": "transferred", "path": path.description, "source": from, "text": "to \(to)"]
    case .buildStarted(let derivation): ["kind": "build-started", "derivation": derivation.description]
    case .buildStartedRemotely(let derivation, let machine):
      ["kind": "build-started-remotely", "derivation": derivation.description, "machine": machine]
    case .buildStopped(let derivation): ["kind": "build-stopped", "derivation": derivation.description]
    case .resolved(let derivation, let resolved):
      ["kind": "resolved", "derivation": derivation.description, "text": resolved.description]
    case .postBuildHook(let derivation): ["kind": "post-build-hook", "derivation": derivation.description]
    case .complaint(let complaint):
      [
        "kind": "complaint", "text": Redaction.redact(complaint.text),
        "subject": try JSON.text(complaint.subject.redacted),
      ]
    case .progress: nil
    }
  }
}
