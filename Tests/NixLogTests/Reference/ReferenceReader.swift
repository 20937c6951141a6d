import Foundation
import NixLog
import NixModel

/// What an internal-json log testifies to, found the slow way: every line as a whole, every record as a tree,
/// every question answered by a search.
struct ReferenceReader {
  private(set) var events: [String] = []
  private(set) var lines = 0
  private(set) var unreadable = 0

  private struct Substitution: Equatable {
    let path: StorePath
    let source: String
    let isOwn: Bool
  }

  private enum Activity {
    case substitution(Substitution)
    case copy(StorePath, from: String, told: UInt64 = 0)
    case build(StorePath, isRemote: Bool)
  }

  private var activities: [UInt64: Activity] = [:]
  private var remoteBuilds = 0
  private var builtRemotely: Set<StorePath> = []
  private let reportsProgress: Bool

  init(_ log: [UInt8], reportsProgress: Bool) {
    self.reportsProgress = reportsProgress
    var start = 0
    while start < log.count {
      let end = Self.newline(in: log, from: start) ?? log.count
      lines += 1
      read(Array(log[start..<end]))
      start = end + 1
    }
  }

  private static func newline(in log: [UInt8], from start: Int) -> Int? {
    log.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, let found = memchr(base + start, 0x0A, bytes.count - start) else {
        return nil
      }
      return UnsafeRawPointer(found) - base
    }
  }

  private mutating func read(_ line: [UInt8]) {
    if line.count > LogReader.longestLine {
      // Whatever began it, there are records before it in every log that this reads.
      unreadable += 1
      return
    }
    guard line.starts(with: "@nix ".utf8), line.count > 6 else { return }
    let json = Array(line.dropFirst(5))
    guard let record = StrictJSON.parse(json), case .object = record else {
      // A result that was damaged further on is passed over where nobody asks for progress.
      if reportsProgress || !json.starts(with: #"{"action":"result","#.utf8) { unreadable += 1 }
      return
    }
    switch record["action"]?.text {
    case "start": start(record)
    case "stop": stop(record)
    case "result": result(record)
    case "msg": message(record)
    default: break
    }
  }

  private mutating func say(_ event: String) { events.append("\(lines) \(event)") }

  private mutating func start(_ record: StrictJSON) {
    guard let id = record["id"]?.whole, let type = record["type"]?.whole else { return }
    let fields = record["fields"]?.elements.prefix(8).map { $0.text ?? "" } ?? []
    let parent = record["parent"]?.whole
    let path = fields.first.flatMap { try? StorePath(parsing: $0) }
    guard let path else { return }
    switch (type, fields.count) {
    case (108, 2...):
      begin(.substitution(Substitution(path: path, source: fields[1], isOwn: parent ?? 0 == 0)), id)
    case (100, 3...):
      guard isGenuine(path, fields[1], parent) else {
        return say("transferred \(path) from \(fields[1]) to \(fields[2])")
      }
      begin(.copy(path, from: fields[1]), id)
      say("copy \(path) from \(fields[1])")
    case (105, 2...) where !fields[1].isEmpty:
      builtRemotely.insert(path)
      begin(.build(path, isRemote: true), id)
      say("build \(path) on \(fields[1])")
    case (105, 2...):
      if builtRemotely.contains(path) {
        if let parent { if parent != 0 { return } } else if isBuiltRemotelyNow(path) { return }
      }
      begin(.build(path, isRemote: false), id)
      say("build \(path)")
    case (110, 1...): say("hook \(path)")
    case (111, 2...):
      if let resolved = try? StorePath(parsing: fields[1]) { say("resolved \(path) to \(resolved)") }
    default: break
    }
  }

  private mutating func begin(_ activity: Activity, _ id: UInt64) {
    if case .build(_, isRemote: true) = activity { remoteBuilds += 1 }
    activities[id] = activity
  }

  private func isGenuine(_ path: StorePath, _ source: String, _ parent: UInt64?) -> Bool {
    if let parent {
      guard case .substitution(let cause)? = activities[parent] else { return false }
      return cause.isOwn && cause.path == path
    }
    return remoteBuilds == 0
      && activities.values.contains { activity in
        guard case .substitution(let cause) = activity else { return false }
        return cause == Substitution(path: path, source: source, isOwn: true)
      }
  }

  private func isBuiltRemotelyNow(_ derivation: StorePath) -> Bool {
    activities.values.contains { activity in
      guard case .build(derivation, isRemote: true) = activity else { return false }
      return true
    }
  }

  private mutating func stop(_ record: StrictJSON) {
    guard let id = record["id"]?.whole, let activity = activities.removeValue(forKey: id) else { return }
    switch activity {
    case .substitution: break
    case .copy(let path, let from, _): say("copied \(path) from \(from)")
    case .build(let derivation, let isRemote):
      if isRemote { remoteBuilds -= 1 }
      say("built \(derivation)")
    }
  }

  private mutating func result(_ record: StrictJSON) {
    let fields = record["fields"]?.elements ?? []
    guard reportsProgress, record["type"]?.whole == 105, fields.count >= 2, let done = fields[0].whole,
      let expected = fields[1].whole, let id = record["id"]?.whole,
      case .copy(let path, let from, let told)? = activities[id]
    else { return }
    let isTold = told > done || told < done && (done == expected || (done - told) >= expected / 100)
    guard isTold else { return }
    activities[id] = .copy(path, from: from, told: done)
    say("progress \(path) \(done) of \(expected)")
  }

  private mutating func message(_ record: StrictJSON) {
    guard let level = record["level"]?.whole, level <= 1, let text = record["msg"]?.text else { return }
    let shown = text.utf8.contains(0x1B) ? text.replacing(/\u{1B}\[[0-9;]*m/, with: "") : text
    say("complaint \(shown)")
  }
}

extension LogEvent {
  /// The event as ``ReferenceReader`` tells it.
  var told: String {
    let text =
      switch kind {
      case .copyStarted(let path, let from): "copy \(path) from \(from)"
      case .copyStopped(let path, let from): "copied \(path) from \(from)"
      case .transferred(let path, let from, let to): "transferred \(path) from \(from) to \(to)"
      case .buildStarted(let derivation): "build \(derivation)"
      case .buildStartedRemotely(let derivation, let machine): "build \(derivation) on \(machine)"
      case .buildStopped(let derivation): "built \(derivation)"
      case .resolved(let derivation, let resolved): "resolved \(derivation) to \(resolved)"
      case .postBuildHook(let derivation): "hook \(derivation)"
      case .complaint(let complaint): "complaint \(complaint.text)"
      case .builderSaid(let derivation, let line): "said \(derivation): \(line)"
      case .progress(let path, let done, let expected): "progress \(path) \(done) of \(expected)"
      }
    return "\(line) \(text)"
  }
}
