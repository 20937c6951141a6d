import Foundation
import NixLog
import NixModel
import Synchronization

/// Reads one command's log while it streams, and keeps a bounded part of it, because evaluated code can make Nix print
/// without end.
final class Hearing: Sendable {
  /// How the log is to be heard.
  struct Manner: Sendable {
    /// How many lines the run's log has before this command's.
    var after = 0
    /// Whether to tell of bytes that have arrived, which most lines of Nix's log are about.
    var reportsProgress = false
    /// Whether to tell what builders print.
    var reportsBuilders = false
    /// Whether the log waits for its turn among others where it is kept.
    var waitsForTurn = false
    /// Told each event as it comes; says whether Nix may go on.
    var event: NixProgram.Listener = { _ in .goOn }
  }

  private struct State {
    var reader: LogReader
    var budget = LogBudget()
    var events: [LogEvent] = []
    /// The derivation over whose build Nix is ended.
    var offender: StorePath?
    /// The end of standard error.
    var text: [UInt8] = []
    var isTextCut = false
  }

  /// How many bytes of standard error are kept, for a failure that the log does not explain: Nix's last words.
  private static let longestText = 16 << 10

  private let state: Mutex<State>
  private let manner: Manner
  /// The command's secrets. They are kept here because a log arrives on threads that are no part of the command's task.
  private let known = Redaction.known

  /// - Parameter prefixes: `none` where the records stand on standard error, behind `@nix `; `bare` where Nix writes
  ///   them to a place of their own.
  init(_ manner: Manner, _ prefixes: LogReader.Prefixes) {
    self.manner = manner
    state = Mutex(
      State(
        reader: LogReader(
          reportsProgress: manner.reportsProgress, reportsBuilders: manner.reportsBuilders,
          prefixes: prefixes, after: manner.after)))
  }

  /// Takes a piece of the log.
  ///
  /// - Returns: whether Nix is to be ended now.
  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    Redaction.$known.withValue(known) {
      state.withLock { state in
        let before = state.offender
        var found: [LogEvent] = []
        state.reader.read(bytes) { found.append($0) }
        for event in found { note(event, in: &state) }
        return before == nil && state.offender != nil
      }
    }
  }

  /// Takes a piece of standard error as text.
  func take(text bytes: UnsafeRawBufferPointer) {
    state.withLock { state in
      state.text.append(contentsOf: bytes.suffix(Self.longestText))
      guard bytes.count > Self.longestText || state.text.count > 2 * Self.longestText else { return }
      state.isTextCut = true
      state.text.removeFirst(state.text.count - Self.longestText)
    }
  }

  private func note(_ event: LogEvent, in state: inout State) {
    switch event.kind {
    case .progress, .builderSaid:
      _ = manner.event(event)
      return
    case .copyStarted, .copyStopped, .transferred, .buildStarted, .buildStartedRemotely, .buildStopped,
      .resolved, .postBuildHook, .complaint:
      break
    }
    // An event that is not kept is not shown either, but a build that is not allowed ends Nix all the same.
    if state.budget.allows(event.kind) {
      state.events.append(event)
    } else if case .complaint = event.kind {
      return
    }
    if case .end(let derivation) = manner.event(event), state.offender == nil { state.offender = derivation }
  }

  /// The log, and how Nix ended, unless we ended it.
  ///
  /// - Parameter wasHeard: whether Nix wrote to the place that it was given.
  func testimony(_ ending: NixEnding, wasHeard: Bool = true) -> LogTestimony {
    let words = lastWords
    return state.withLock { state in
      var rest: [LogEvent] = []
      state.reader.finish { rest.append($0) }
      for event in rest { note(event, in: &state) }
      // A crash is told in text, which is no record, and is shown to a person alone.
      if case .signalled = ending, !words.isEmpty {
        let error = Complaint(subject: .error, text: ErrorText.last(in: words))
        state.events.append(LogEvent(line: max(1, state.reader.lines), kind: .complaint(error)))
      }
      // A Nix that failed may have logged nothing. One that succeeded must have, or its success is not believed.
      let silence = !wasHeard && ending == .exited(code: 0) ? 1 : 0
      return LogTestimony(
        events: state.events, lines: state.reader.lines - manner.after, bytes: state.reader.bytes,
        unreadable: state.reader.unreadableRecords + state.budget.dropped + silence,
        dropped: state.budget.dropped,
        ending: state.offender.map { .stopped(at: $0) } ?? ending)
    }
  }

  /// The last words on standard error that are no records, without credentials.
  var lastWords: String {
    state.withLock { state in
      var lines = String(decoding: state.text, as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false)
      // The first line was cut off: half an address can show a password that no longer looks like one.
      if state.isTextCut { lines = Array(lines.dropFirst()) }
      let words = lines.filter { !$0.hasPrefix("@nix ") }.joined(separator: "\n")
      return Redaction.redact(words.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
}

/// How much of one command's log is kept. Traces are complaints to Nix, and a loop prints gigabytes of them.
///
/// Dropped events are counted, and count as unreadable, so that no run is warm because of them.
struct LogBudget: Sendable {
  /// A closure of 100,000 paths has 200,000 beginnings and ends of copies.
  static let mostEvents = 500_000
  static let mostComplaints = 10_000
  /// In bytes.
  static let longestComplaints = 1 << 20

  private(set) var dropped = 0
  private var events = 0
  private var complaints = 0
  private var text = 0

  /// Whether an event is still to be kept.
  mutating func allows(_ event: LogEvent.Kind) -> Bool {
    switch event {
    case .complaint(let complaint):
      complaints += 1
      text += complaint.text.utf8.count
      guard complaints > Self.mostComplaints || text > Self.longestComplaints else { return true }
    case .copyStarted, .copyStopped, .transferred, .buildStarted, .buildStartedRemotely, .buildStopped,
      .resolved,
      .postBuildHook, .progress, .builderSaid:
      events += 1
      guard events > Self.mostEvents else { return true }
    }
    dropped += 1
    return false
  }
}
