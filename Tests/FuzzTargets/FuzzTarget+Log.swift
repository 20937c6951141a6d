import NixLog
import NixModel

extension FuzzTarget {
  static func log(_ bytes: [UInt8]) throws(BrokenPromise) {
    let planted = Planted.into(bytes)
    // The end of the input chooses how the log is read, so that its beginning stays a log.
    let choice = bytes.last ?? 0
    let reader = LogReader(reportsProgress: choice & 4 != 0)
    let whole = Reading(of: planted, by: reader, inPiecesOf: planted.count)
    let pieces = Reading(of: planted, by: reader, inPiecesOf: 1 + Int(choice >> 4) * 7)
    try expect(whole == pieces, "a log reads the same in pieces")
    try expect(whole.bytes == planted.count, "every byte counts")
    let newlines = planted.count { $0 == 0x0A }
    try expect(whole.lines == newlines + (planted.last ?? 0x0A == 0x0A ? 0 : 1), "every line counts")
    try expect(whole.unreadable <= whole.lines, "no more records than lines are unreadable")

    var last = 1
    for event in whole.events {
      try expect(last <= event.line && event.line <= whole.lines, "events come in the log's order")
      last = event.line
      if case .complaint(let complaint) = event.kind {
        try expect(complaint.text.unicodeScalars.count <= 2000, "a complaint is cut")
      }
    }
    if let log = whole.classified {
      try expect(log.lines == whole.lines && log.bytes == whole.bytes, "both count the same")
      try expect(log.events.allSatisfy { (1...whole.lines).contains($0.line) }, "an event has its line")
      try expect(log.events.map(\.line) == log.events.map(\.line).sorted(), "events stay in order")
    }
    guard !Planted.isIn(bytes) else { return }
    try expect(!(whole.classified?.events ?? []).contains { $0.shows() }, "a report shows no password")
    try expect(!whole.events.contains { $0.shows(Planted.secret) }, "an event shows no password")
  }
}

/// A log as it was read.
private struct Reading: Equatable {
  var events: [LogEvent] = []
  let classified: ClassifiedLog?
  let lines: Int
  let bytes: Int
  let unreadable: Int

  init(of log: [UInt8], by reader: LogReader, inPiecesOf size: Int) {
    var reader = reader
    var classifier = LogClassifier()
    var events: [LogEvent] = []
    for start in stride(from: 0, to: log.count, by: max(1, size)) {
      log[start..<min(log.count, start + max(1, size))].withUnsafeBytes { piece in
        reader.read(piece) { events.append($0) }
        classifier.read(piece)
      }
    }
    reader.finish { events.append($0) }
    self.events = events
    classified = classifier.finish()
    lines = reader.lines
    bytes = reader.bytes
    unreadable = reader.unreadableRecords
  }
}

extension LogEvent {
  /// Whether a text in it holds `secret`. Store paths have no sign that a password needs before it.
  fileprivate func shows(_ secret: String) -> Bool {
    let texts: [String?] =
      switch kind {
      case .copyStarted(_, let from), .copyStopped(_, let from): [from]
      case .transferred(_, let from, let to): [from, to]
      case .buildStartedRemotely(_, let machine): [machine]
      case .complaint(let complaint): [complaint.text] + complaint.subject.texts
      case .builderSaid(_, let line): [line]
      case .buildStarted, .buildStopped, .resolved, .postBuildHook, .progress: []
      }
    return texts.contains { $0.map(Planted.isShown) ?? false }
  }
}

extension Complaint.Subject {
  fileprivate var texts: [String?] {
    switch self {
    case .narMissing(let file, let cache): [file, cache]
    case .signatureUntrusted(_, let cache): [cache]
    case .narinfoInvalid(let file): [file]
    case .downloadFailed(let url, _), .cacheDropped(let url), .substituterDistrusted(let url): [url]
    case .narCorrupt, .notATrustedUser, .substitutionDisabled, .buildFailed, .error, .warning: []
    }
  }
}

extension ClassifiedLog.Event {
  /// Whether a text in it holds the secret.
  fileprivate func shows() -> Bool {
    let text =
      switch self {
      case .copy(_, let from, _): from
      case .build(_, let machine, _): machine ?? ""
      case .failure(_, let message, _): message
      }
    return Planted.isShown(by: text)
  }
}
