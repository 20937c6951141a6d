import Foundation
import NixLog
import NixModel
import Synchronization

/// One command's part of a kept log.
///
/// Evaluations run beside each other. Each one's part waits in a file of its own until its turn comes, because the lines of
/// the whole are numbered in the order of the targets. The part of a build is added as it comes.
final class LogPart: Sendable {
  private struct State {
    var rest: [UInt8] = []
    var file: FileHandle?
  }

  private let state: Mutex<State>
  private let keeper: LogKeeper
  private let hasRecordsOnly: Bool
  private let place: URL?
  private let known = Redaction.known

  /// - Parameters:
  ///   - waits: whether the part waits for its turn.
  ///   - hasRecordsOnly: whether each line is a record without a mark before it (`json-log-path`).
  init(of keeper: LogKeeper, waits: Bool, hasRecordsOnly: Bool) {
    self.keeper = keeper
    self.hasRecordsOnly = hasRecordsOnly
    guard waits else {
      place = nil
      state = Mutex(State())
      return
    }
    let place = FileManager.default.temporaryDirectory.appending(path: "warmth-log-\(UUID().uuidString)")
    _ = FileManager.default.createFile(
      atPath: place.path, contents: nil, attributes: [.posixPermissions: 0o600])
    self.place = place
    state = Mutex(State(file: FileHandle(forWritingAtPath: place.path)))
  }

  deinit { if let place { try? FileManager.default.removeItem(at: place) } }

  /// Takes a piece of the log.
  func take(_ bytes: UnsafeRawBufferPointer) {
    Redaction.$known.withValue(known) {
      state.withLock { state in
        state.rest.append(contentsOf: bytes)
        guard let end = state.rest.lastIndex(of: UInt8(ascii: "\n")) else { return }
        let whole = state.rest[...end]
        put(whole, in: &state)
        state.rest.removeSubrange(...end)
      }
    }
  }

  /// Ends the part, and adds it to the log where it waited for its turn.
  func finish() {
    Redaction.$known.withValue(known) {
      state.withLock { state in
        if !state.rest.isEmpty {
          let last = state.rest + [UInt8(ascii: "\n")]
          put(last[...], in: &state)
          state.rest = []
        }
        guard let file = state.file, let place else { return }
        try? file.close()
        state.file = nil
        guard let reader = FileHandle(forReadingAtPath: place.path) else { return }
        defer { try? reader.close() }
        // The last piece has the lines: only their sum is told.
        while let piece = try? reader.read(upToCount: 1 << 20), !piece.isEmpty {
          keeper.add(piece, lines: piece.count { $0 == UInt8(ascii: "\n") })
        }
      }
    }
  }

  private func put(_ lines: ArraySlice<UInt8>, in state: inout State) {
    var shown = Data(capacity: lines.count)
    var count = 0
    var rest = lines
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      shown.append(contentsOf: masked(rest[..<end]))
      shown.append(UInt8(ascii: "\n"))
      count += 1
      rest = rest[rest.index(after: end)...]
    }
    if let file = state.file {
      try? file.write(contentsOf: shown)
    } else {
      keeper.add(shown, lines: count)
    }
  }

  private static let mark = Array("@nix ".utf8)

  /// A line without credentials. A record stays one: its texts are masked, and not the text that spells it.
  private func masked(_ line: ArraySlice<UInt8>) -> [UInt8] {
    let record = hasRecordsOnly ? line : line.starts(with: Self.mark) ? line.dropFirst(Self.mark.count) : nil
    let prefix = record == nil ? [] : Self.mark
    let content = record ?? line
    let text = String(decoding: content, as: UTF8.self)
    let shown = Redaction.redact(text)
    guard shown != text else { return prefix + content }
    guard record != nil, let object = try? JSONSerialization.jsonObject(with: Data(content)),
      let bytes = try? JSONSerialization.data(
        withJSONObject: Self.masked(object), options: [.sortedKeys, .withoutEscapingSlashes])
    else { return prefix + Array(shown.utf8) }
    return prefix + bytes
  }

  private static func masked(_ value: Any) -> Any {
    switch value {
    case let text as String: Redaction.redact(text)
    case let list as [Any]: list.map(masked)
    case let object as [String: Any]: object.mapValues(masked)
    default: value
    }
  }
}
