import NixModel

/// Makes events of records: tells a genuine substitution from everything that merely looks like one.
///
/// A builder's output is never an event. It arrives as a result of type `buildLogLine`, or, where it imitates the
/// protocol, as a message or an activity of type `fileTransfer` (Nix, `src/libutil/logging.cc`,
/// `handleJSONLogMessage`). The types `copyPath`, `build` and `substitute` are Nix's alone, so only they and their
/// fields count, never a text.
struct RecordInterpreter: Sendable {
  private let stores: KnownStores
  private let reportsProgress: Bool
  private let reportsBuilders: Bool
  private let notesDownloads: Bool
  /// The download that began last, until it is taken.
  private var download: Download?
  private var activities = OpenActivities()
  /// The last cache's address, and the same as it is shown: a log names a few caches, thousands of times.
  private var cache: (configured: String, shown: String) = ("", "")
  /// Derivations that an activity `build` gave to a machine: later activities for them without a machine are that
  /// machine's own. At most ``OpenActivities/limit``; further derivations count as built here.
  private var remote: Set<StorePath> = []

  init(
    stores: KnownStores, reportsProgress: Bool = false, reportsBuilders: Bool = false,
    notesDownloads: Bool = false
  ) {
    self.reportsBuilders = reportsBuilders
    self.stores = stores
    self.reportsProgress = reportsProgress
    self.notesDownloads = notesDownloads
  }

  /// The download of an archive for a copy; `path` is `nil` where the log names no parents (before Nix 2.18).
  struct Download {
    let address: String
    let path: StorePath?
  }

  /// The download that the last record began, if it began one and they are noted.
  mutating func takeDownload() -> Download? {
    guard let download else { return nil }
    self.download = nil
    return download
  }

  /// How many characters of a builder's line are told.
  private static let longestLine = 400

  /// Whether Nix is copying or building something.
  var isAtWork: Bool { !activities.isEmpty }

  /// The kinds of lines that are given as records.
  enum Reading {
    /// No JSON object: damaged, or never a record.
    case unreadable
    /// An object that Nix's logger does not write: a builder's own (`setPhase`), another program's.
    case foreign
    /// Nix's.
    case record
  }

  /// Gives the record's event, if it has one, to `body`, and says what kind of line it is.
  mutating func read(_ json: UnsafeRawBufferPointer, at line: Int, _ body: (LogEvent) -> Void) -> Reading {
    // 98 of 100 lines of a real log are results, which matter to a progress display alone. Another spelling than
    // Nix's takes the long way.
    if reportsProgress || reportsBuilders {
      if let result = ProgressResult(json) {
        progress(result.done, of: result.expected, id: result.id, line, body)
        return .record
      }
    } else if json.begins(with: "{\"action\":\"result\",") {
      return .record
    }
    guard let record = LogRecord(json) else { return .unreadable }
    // A newer Nix may have further actions.
    guard let action = record.action else { return .foreign }
    let scanner = JSONScanner(json)
    switch action {
    case .start: start(record, scanner, line, body)
    case .stop: stop(record, line, body)
    case .result: result(record, scanner, line, body)
    case .message: message(record, scanner, line, body)
    }
    return record.isWhole(action) ? .record : .foreign
  }

  // MARK: Starts

  private mutating func start(
    _ record: LogRecord, _ scanner: JSONScanner, _ line: Int, _ body: (LogEvent) -> Void
  ) {
    guard let id = record.id, let type = record.type.map(ActivityType.init(rawValue:)) else { return }
    let count = record.fields.count
    func text(_ index: Int) -> String {
      guard case .text(let text) = record.fields[index] else { return "" }
      return scanner.string(text)
    }
    func path(_ index: Int) -> StorePath? { stores.path(text(index)) }
    func emit(_ kind: LogEvent.Kind) { body(LogEvent(line: line, kind: kind)) }

    switch type {
    case .substitute where count >= 2:
      guard let path = path(0) else { return }
      noteCache(text(1))
      let substitution = OpenActivities.Substitution(path: path, source: cache.configured)
      activities.begin(.substitution(substitution, isOwn: record.parent ?? 0 == 0), id: id)
    case .copyPath where count >= 3:
      guard let path = path(0) else { return }
      noteCache(text(1))
      let from = cache.shown
      if isGenuine(record, OpenActivities.Substitution(path: path, source: cache.configured)) {
        activities.begin(.copy(path, from: from), id: id)
        emit(.copyStarted(path: path, from: from))
      } else {
        emit(.transferred(path: path, from: from, to: Redaction.redact(text(2))))
      }
    case .fileTransfer where count >= 1 && notesDownloads:
      // A builder can begin one as well; its parent is then a build.
      guard let parent = record.parent else {
        download = Download(address: Redaction.redact(text(0)), path: nil)
        return
      }
      guard case .copy(let path, _, _)? = activities[parent] else { return }
      download = Download(address: Redaction.redact(text(0)), path: path)
    case .build where count >= 2:
      guard let derivation = path(0) else { return }
      let machine = text(1)
      if !machine.isEmpty {
        if remote.count < OpenActivities.limit { remote.insert(derivation) }
        activities.begin(.build(derivation, isRemote: true), id: id)
        emit(.buildStartedRemotely(derivation: derivation, machine: Redaction.redact(machine)))
      } else if !isRelayed(derivation, record) {
        activities.begin(.build(derivation, isRemote: false), id: id)
        emit(.buildStarted(derivation: derivation))
      }
    case .postBuildHook where count >= 1:
      if let derivation = path(0) { emit(.postBuildHook(derivation: derivation)) }
    case .buildWaiting where count >= 2:
      if let derivation = path(0), let resolved = path(1) {
        emit(.resolved(derivation: derivation, to: resolved))
      }
    default: break
    }
  }

  private mutating func noteCache(_ address: String) {
    if address != cache.configured { cache = (address, Redaction.redact(address)) }
  }

  /// Whether a copy is a substitution into this store that this Nix asked for.
  ///
  /// Since 2.18 a record names its parent, which must be a substitution of the same path that has no parent itself.
  /// Before, the copy must come during a substitution of the same path and source, while no remote build runs: an
  /// `ssh-ng` builder relays its own substitutions in just this shape.
  private func isGenuine(_ record: LogRecord, _ copy: OpenActivities.Substitution) -> Bool {
    if let parent = record.parent {
      guard case .substitution(let cause, true)? = activities[parent] else { return false }
      return cause.path == copy.path
    }
    return !activities.hasRemoteBuild && activities.isUnderWay(copy)
  }

  /// Whether a build without a machine is a remote machine's report of the build that it was given.
  private func isRelayed(_ derivation: StorePath, _ record: LogRecord) -> Bool {
    guard remote.contains(derivation) else { return false }
    if let parent = record.parent { return parent != 0 }
    return activities.isBuiltRemotely(derivation)
  }

  // MARK: Stops, results, messages

  private mutating func stop(_ record: LogRecord, _ line: Int, _ body: (LogEvent) -> Void) {
    guard let id = record.id, let activity = activities.end(id) else { return }
    switch activity {
    case .substitution: break
    case .copy(let path, let from, _): body(LogEvent(line: line, kind: .copyStopped(path: path, from: from)))
    case .build(let derivation, _):
      body(LogEvent(line: line, kind: .buildStopped(derivation: derivation)))
    }
  }

  private mutating func result(
    _ record: LogRecord, _ scanner: JSONScanner, _ line: Int, _ body: (LogEvent) -> Void
  ) {
    if reportsBuilders, record.type == ResultType.buildLogLine.rawValue, let id = record.id,
      case .build(let derivation, _)? = activities[id], case .text(let text)? = record.fields.first
    {
      let said = Redaction.redact(String(scanner.string(text).prefix(Self.longestLine))).plainText
      if !said.isEmpty { body(LogEvent(line: line, kind: .builderSaid(derivation: derivation, line: said))) }
      return
    }
    guard reportsProgress, record.type == ResultType.progress.rawValue, let id = record.id,
      record.fields.count >= 2,
      case .number(let done) = record.fields[0], case .number(let expected) = record.fields[1]
    else { return }
    progress(done, of: expected, id: id, line, body)
  }

  private mutating func progress(
    _ done: UInt64, of expected: UInt64, id: UInt64, _ line: Int, _ body: (LogEvent) -> Void
  ) {
    guard reportsProgress, let path = activities.advance(id, to: done, of: expected) else { return }
    body(LogEvent(line: line, kind: .progress(path: path, done: done, expected: expected)))
  }

  private func message(_ record: LogRecord, _ scanner: JSONScanner, _ line: Int, _ body: (LogEvent) -> Void) {
    guard let text = record.message, let level = record.level.map(Verbosity.init(rawValue:)),
      level <= .warn
    else { return }
    let complaint = Complaints.complaint(
      from: scanner.string(text), isError: level == .error, in: stores)
    body(LogEvent(line: line, kind: .complaint(complaint)))
  }
}
