public import NixModel

/// Reads a stored or piped log of unknown origin: records or lines for people, one after the other too, behind
/// the prefix that a logger put before each line.
///
/// A prefix is the text before Nix's own words. Each shape of prefix has a ``Channel`` of its own. Which channels are
/// believed is decided at the log's end, by everything that was found. Memory grows with the paths that a log names, and
/// not with the log.
public struct LogClassifier: Sendable {
  /// How many shapes of prefixes are told apart. Lines behind others are counted as not understood.
  static let mostPrefixes = 64

  private var lines = 0
  private var bytes = 0
  private var splitter = LineSplitter()
  private var gitLab = GitLabLines()
  private var channels = [Channel(prefix: .none)]
  /// The channel of the last line that was Nix's: lines of one kind follow each other.
  private var latest = 0
  private var unclear = 0
  private var scratch: [UInt8] = []

  /// Nothing read yet.
  public init() {}

  /// Reads the next piece of the log.
  public mutating func read(_ piece: UnsafeRawBufferPointer) {
    bytes += piece.count
    var splitter = LineSplitter()
    swap(&splitter, &self.splitter)
    splitter.read(piece) { take($0) }
    self.splitter = splitter
  }

  // MARK: Lines

  @inline(__always)
  private mutating func take(_ line: UnsafeRawBufferPointer?) {
    lines += 1
    guard let line else { return channels[0].countUnreadable() }
    // Before most records stands nothing.
    if let record = RecordMark.record(in: line) {
      _ = channels[0].take(record: record, at: lines)
      return
    }
    if GitLabLines.isOne(line) {
      if let complete = gitLab.take(line, at: lines) { take(complete) }
      return
    }
    takeText(line, at: lines)
  }

  private mutating func take(_ line: GitLabLines.Line) {
    line.text.withUnsafeBytes { takeText($0, at: line.number) }
  }

  private mutating func takeText(_ line: UnsafeRawBufferPointer, at number: Int) {
    guard line.firstIndex(of: 0x1B, in: 0..<line.count) != nil else { return takeShown(line, at: number) }
    var shown: [UInt8] = []
    swap(&shown, &scratch)
    shown.removeAll(keepingCapacity: true)
    EscapeSequences.strip(line, into: &shown)
    shown.withUnsafeBytes { takeShown($0, at: number) }
    scratch = shown
  }

  /// Takes a line without escape sequences.
  private mutating func takeShown(_ line: UnsafeRawBufferPointer, at number: Int) {
    let text = Self.trimmed(line)
    guard !text.isEmpty else { return }
    if text.firstIndex(of: 0x0D, in: 0..<text.count) != nil, let returned = text.lastIndex(of: 0x0D) {
      // A carriage return means that the text before it was overwritten, but for the logger's prefix.
      for index in channels.indices.reversed() {
        guard let start = channels[index].prefix.end(in: text) else { continue }
        let content = UnsafeRawBufferPointer(rebasing: text[max(start, returned + 1)...])
        if take(content, in: index, at: number) { return }
      }
      return
    }
    if take(text, behindPrefixOf: latest, at: number) { return }
    for index in channels.indices where index != latest {
      if take(text, behindPrefixOf: index, at: number) { return }
    }
    takeBehindUnknownPrefix(text, at: number)
  }

  @inline(__always)
  private mutating func take(
    _ text: UnsafeRawBufferPointer, behindPrefixOf index: Int, at number: Int
  ) -> Bool {
    guard let start = channels[index].prefix.end(in: text) else { return false }
    return take(UnsafeRawBufferPointer(rebasing: text[start...]), in: index, at: number)
  }

  @inline(__always)
  private mutating func take(_ content: UnsafeRawBufferPointer, in index: Int, at number: Int) -> Bool {
    guard Channel.canBeOfNix(content), channels[index].take(content, at: number) else { return false }
    latest = index
    return true
  }

  /// Looks for Nix's own words further on in a line, and learns the prefix before them.
  private mutating func takeBehindUnknownPrefix(_ text: UnsafeRawBufferPointer, at number: Int) {
    guard let start = NixWords.start(in: text),
      let prefix = PrefixShape(of: UnsafeRawBufferPointer(rebasing: text[..<start]))
    else { return }
    if let known = channels.firstIndex(where: { $0.prefix == prefix }) {
      _ = take(UnsafeRawBufferPointer(rebasing: text[start...]), in: known, at: number)
      return
    }
    var channel = Channel(prefix: prefix)
    guard channel.take(UnsafeRawBufferPointer(rebasing: text[start...]), at: number), channel.signs > 0 else {
      return
    }
    guard channels.count < Self.mostPrefixes else {
      unclear += 1
      return
    }
    channels.append(channel)
    latest = channels.count - 1
  }

  /// The text without a byte order mark before it, and without blanks and carriage returns behind it.
  @inline(__always)
  private static func trimmed(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var end = line.count
    while end > 0, line[end - 1] == 0x0D || line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
    let start = line.begins(with: "\u{FEFF}") ? 3 : 0
    return UnsafeRawBufferPointer(rebasing: line[min(start, end)..<end])
  }

  // MARK: The end

  /// Ends the log.
  ///
  /// - Returns: its content; `nil` where nothing in it is Nix's.
  ///
  /// A last line without a newline counts as well.
  public mutating func finish() -> ClassifiedLog? {
    var splitter = LineSplitter()
    swap(&splitter, &self.splitter)
    splitter.finish { take($0) }
    for line in gitLab.finish() { take(line) }

    let believed = channels.map { $0.signs > 0 && isBelieved($0) }
    guard believed.contains(true) else { return nil }
    var sum = Sum(unclear: unclear)
    var hasText = false
    var hasRecords = false
    var tellsOfWork = false
    for (index, isBelieved) in believed.enumerated() {
      guard isBelieved else {
        sum.unclear += channels[index].claims
        continue
      }
      hasText = hasText || channels[index].hasText
      hasRecords = hasRecords || channels[index].hasRecords
      tellsOfWork = tellsOfWork || channels[index].claims > 0
      sum.add(&channels[index])
    }
    sum.findOrphans()
    let (events, failedCopies) = sum.events()
    return ClassifiedLog(
      format: hasRecords && !hasText ? .internalJSON : .human, lines: lines, bytes: bytes, events: events,
      failedCopies: failedCopies, unclear: sum.unclear, unreadable: sum.unreadable,
      tellsOfWork: tellsOfWork)
  }

  /// Whether the text behind a channel's prefix is from this log's Nix: a logger puts its prefix before every line. Where
  /// Nix's words are found behind a part of the prefix as well, the rest of the prefix is from a program that repeats
  /// them, unless nearly all of them stand behind the whole prefix, or it has the form of loggers' prefixes.
  private func isBelieved(_ channel: Channel) -> Bool {
    let parts = channels.filter { $0.claims > 0 && channel.prefix.continues($0.prefix) }
    let claims = parts.reduce(0) { $0 + $1.claims }
    return claims * 16 < channel.claims || parts.allSatisfy { channel.prefix.isOfLogger(beyond: $0.prefix) }
  }
}

/// The content of several channels together: each path and each derivation once.
private struct Sum {
  private var arrivals: [Arrivals.Arrival] = []
  private var builds: [StorePath: Arrivals.Build] = [:]
  private var failures: [Arrivals.Failure] = []
  private var orphans: [(orphan: Arrivals.Orphan, failure: Int?)] = []
  var unclear: Int
  private(set) var unreadable = 0

  init(unclear: Int) { self.unclear = unclear }

  mutating func add(_ channel: inout Channel) {
    let its = channel.takeArrivals()
    arrivals += its.arrivals
    for (derivation, build) in its.builds where build.line < builds[derivation]?.line ?? .max {
      builds[derivation] = build
    }
    orphans += its.orphans.map { ($0, $0.failure.map { failures.count + $0 }) }
    failures += its.failures
    unclear += channel.unclear
    if channel.hasRecords { unreadable += channel.unreadable }
  }

  /// Finds the copies of failures that were told behind another prefix: the latest before them.
  mutating func findOrphans() {
    for (orphan, failure) in orphans.sorted(by: { $0.orphan.line < $1.orphan.line }) {
      let candidates = arrivals.indices.filter { index in
        let copy = arrivals[index]
        return copy.hasArrived && copy.line < orphan.line && orphan.path ?? copy.path == copy.path
          && orphan.archive?.hasPrefix(copy.from) ?? true
      }
      guard let index = candidates.max(by: { arrivals[$0].line < arrivals[$1].line }) else { continue }
      // A path that was tried again afterwards may have arrived.
      if arrivals[index].lastLine < orphan.line { arrivals[index].hasArrived = false }
      if let failure, failures[failure].path == nil { failures[failure].path = arrivals[index].path }
    }
  }

  /// The events in the log's order, and how many paths did not arrive.
  func events() -> (events: [ClassifiedLog.Event], failedCopies: Int) {
    var copies: Set<StorePath> = []
    var events: [ClassifiedLog.Event] = []
    for copy in arrivals.sorted(by: { $0.line < $1.line })
    where copy.hasArrived && copies.insert(copy.path).inserted {
      events.append(.copy(path: copy.path, from: copy.from, line: copy.line))
    }
    for (derivation, build) in builds {
      events.append(.build(derivation: derivation, machine: build.machine, line: build.line))
    }
    for failure in failures {
      events.append(.failure(path: failure.path, message: failure.message, line: failure.line))
    }
    let failed = Set(arrivals.lazy.map(\.path).filter { !copies.contains($0) })
    return (events.sorted { $0.line < $1.line }, failed.count)
  }
}
