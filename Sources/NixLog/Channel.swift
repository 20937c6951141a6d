import NixModel

/// Everything in a log behind prefixes of one shape: the output of one Nix, or of several, one after the other.
struct Channel: Sendable {
  let prefix: PrefixShape
  /// How many lines behind the prefix are such as only Nix writes.
  private(set) var signs = 0
  /// How many of them are about Nix's work, and not about errors: other programs repeat errors.
  private(set) var claims = 0
  /// Whether some of them are a person's, which a builder can print as well.
  private(set) var hasText = false
  private var arrivals = Arrivals()
  /// How many lines were marked as records and could not be read as such.
  private(set) var unreadable = 0
  /// How many lines hold Nix's words and could not be taken for Nix's.
  private(set) var unclear = 0

  private var records = RecordInterpreter(stores: .any, notesDownloads: true)
  private var spelling: Spelling?

  /// How the channel's records are written: one that is written otherwise is a builder's.
  private enum Spelling { case marked, unmarked }

  init(prefix: PrefixShape) { self.prefix = prefix }

  /// Whether it shows any record of Nix's.
  var hasRecords: Bool { spelling != nil }

  /// Whether a content can be Nix's at all.
  @inline(__always)
  static func canBeOfNix(_ content: UnsafeRawBufferPointer) -> Bool {
    content.first == UInt8(ascii: "@") || content.first == UInt8(ascii: "{") || PlainText.canBeOfNix(content)
  }

  /// Takes the text behind the prefix, and says whether it is Nix's.
  mutating func take(_ content: UnsafeRawBufferPointer, at line: Int) -> Bool {
    if let record = RecordMark.record(in: content) { return take(record: record, .marked, at: line) }
    if RecordMark.isUnmarkedRecord(content) { return take(record: content, .unmarked, at: line) }
    guard let reading = PlainText.read(content) else { return false }
    take(reading, at: line)
    return true
  }

  /// Takes a record; answers whether it is one of Nix's logger.
  @inline(__always)
  mutating func take(record: UnsafeRawBufferPointer, at line: Int) -> Bool {
    take(record: record, .marked, at: line)
  }

  /// Ends the channel, and gives the results of its copies and builds.
  mutating func takeArrivals() -> Arrivals {
    var its = Arrivals()
    swap(&its, &arrivals)
    its.finish()
    return its
  }

  mutating func countUnreadable() { unreadable += 1 }

  private mutating func take(record: UnsafeRawBufferPointer, _ spelling: Spelling, at line: Int) -> Bool {
    if spelling == .unmarked, self.spelling == .marked || hasText { return false }
    let reading = records.read(record, at: line) { Self.note($0, into: &arrivals) }
    switch reading {
    case .unreadable:
      // A line that was cut off counts as a record only where there are other records.
      unreadable += 1
      return false
    case .foreign: return false
    case .record: break
    }
    if let download = records.takeDownload() { arrivals.download(download.address, for: download.path) }
    if self.spelling == nil {
      self.spelling = spelling
      arrivals.isOfRecords = true
    }
    signs += 1
    claims += 1
    return true
  }

  private static func note(_ event: LogEvent, into arrivals: inout Arrivals) {
    switch event.kind {
    case .copyStarted(let path, let from): arrivals.begin(path, from: from, line: event.line, isRecord: true)
    case .copyStopped(let path, _): arrivals.end(path)
    case .buildStarted(let derivation): arrivals.build(derivation, on: nil, line: event.line)
    case .buildStartedRemotely(let derivation, let machine):
      arrivals.build(derivation, on: machine, line: event.line)
    case .resolved(let derivation, let other): arrivals.resolve(derivation, to: other)
    case .complaint(let complaint):
      if complaint.subject != .warning { arrivals.complain(complaint, line: event.line) }
    case .transferred, .buildStopped, .postBuildHook, .progress, .builderSaid: break
    }
  }

  private mutating func take(_ reading: PlainText.Reading, at line: Int) {
    // While Nix writes records, it writes nothing else: ssh, a hook or git speaks.
    guard !records.isAtWork else {
      if reading.isUnclear || reading.event?.isCopyOrBuild == true { unclear += 1 }
      return
    }
    if reading.isSign {
      signs += 1
      // Some warnings come before Nix knows in which format to write.
      if reading.event?.isComplaint != true {
        claims += 1
        hasText = true
      }
    }
    if reading.isUnclear { unclear += 1 }
    if let address = reading.download { arrivals.download(address, for: nil) }
    switch reading.event {
    case .copyStarted(let path, let from):
      if !arrivals.isResult(path, from: from) {
        arrivals.begin(path, from: from, line: line, isRecord: false)
      }
    case .complaint(let complaint):
      if reading.isSign, complaint.subject != .warning { arrivals.complain(complaint, line: line) }
    case .buildStarted(let derivation): arrivals.build(derivation, on: nil, line: line)
    case .buildStartedRemotely(let derivation, let machine):
      arrivals.build(derivation, on: machine, line: line)
    case .resolved(let derivation, let other): arrivals.resolve(derivation, to: other)
    case nil, .copyStopped, .transferred, .buildStopped, .postBuildHook, .progress, .builderSaid: break
    }
  }
}

extension LogEvent.Kind {
  fileprivate var isComplaint: Bool {
    if case .complaint = self { true } else { false }
  }

  fileprivate var isCopyOrBuild: Bool {
    switch self {
    case .copyStarted, .buildStarted, .buildStartedRemotely: true
    default: false
    }
  }
}
