import GRDB
import NixModel

extension Recorder {
  func record(_ log: LogTestimony, _ seq: Int64) throws {
    let events = try Table("log_event_row", ["run", "position", "line", "event"], db)
    for (position, event) in log.events.enumerated() {
      guard let known = try lexicon.events.id(ofAny: event.kind, { try entry(for: event.kind) }) else {
        continue
      }
      try events.insert([seq, position, event.line, known])
    }
    let ending: (word: String, code: Int32?, at: StorePath?, cause: String?) =
      switch log.ending {
      case .notStarted: ("not-started", nil, nil, nil)
      case .failedToStart(let cause): ("not-started", nil, nil, Redaction.redact(cause))
      case .exited(let code): ("exited", code, nil, nil)
      case .signalled(let number): ("signalled", number, nil, nil)
      case .stopped(let derivation): ("stopped", nil, derivation, nil)
      case .timedOut: ("timed-out", nil, nil, nil)
      case .interrupted: ("interrupted", nil, nil, nil)
      }
    try Table(
      "realization",
      [
        "run", "ending", "code", "at", "lines", "bytes", "unreadable", "evaluation_lines", "milliseconds",
        "cause", "dropped",
      ], db
    ).insert([
      seq, ending.word, ending.code, ending.at?.description, log.lines, log.bytes, log.unreadable,
      log.evaluationLines, log.timeTaken?.milliseconds, ending.cause,
      log.dropped > 0 ? log.dropped : nil,
    ])
    let transfers = try Table("transfer_row", ["run", "cache", "milliseconds"], db)
    for (cache, milliseconds) in (log.timeTaken?.copying ?? [:]).sorted(by: { $0.key < $1.key }) {
      try transfers.insert([seq, try lexicon.text(Redaction.redact(cache)), milliseconds])
    }
  }

  private func entry(for event: LogEvent.Kind) throws -> Int64? {
    switch event {
    case .copyStarted(let path, let from): try entry("copy-started", path: path, source: from)
    case .copyStopped(let path, let from): try entry("copy-stopped", path: path, source: from)
    case .transferred(let path, let from, let to):
      try entry("transferred", path: path, source: from, text: "to \(to)")
    case .buildStarted(let derivation): try entry("build-started", derivation: derivation)
    case .buildStartedRemotely(let derivation, let machine):
      try entry("build-started-remotely", derivation: derivation, machine: machine)
    case .buildStopped(let derivation): try entry("build-stopped", derivation: derivation)
    case .resolved(let derivation, let resolved):
      try entry("resolved", derivation: derivation, text: resolved.description)
    case .postBuildHook(let derivation): try entry("post-build-hook", derivation: derivation)
    case .complaint(let complaint):
      try entry(
        "complaint", text: Redaction.redact(complaint.text),
        subject: try JSON.text(complaint.subject.redacted))
    case .progress: nil
    }
  }

  private func entry(
    _ kind: String, path: StorePath? = nil, derivation: StorePath? = nil, source: String? = nil,
    machine: String? = nil, text: String? = nil, subject: String? = nil
  ) throws -> Int64 {
    try lexicon.entry(
      .event,
      [
        kind, try lexicon.text(ifAny: path?.description), try lexicon.text(ifAny: derivation?.description),
        try lexicon.text(ifAny: source), try lexicon.text(ifAny: machine), try lexicon.text(ifAny: text),
        try lexicon.text(ifAny: subject),
      ])
  }
}
