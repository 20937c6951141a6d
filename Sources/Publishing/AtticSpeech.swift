import NixModel

/// What Attic's client says of paths, line by line.
///
/// Source: Attic, `client/src/push.rs` (`✅ HASH-NAME (12.0 MiB/s)`, `❌ HASH-NAME: error`) and
/// `client/src/command/watch_store.rs` (`👀 Pushing new store paths to …`).
struct AtticSpeech: Sendable {
  private(set) var sent: Set<StorePath> = []
  /// The paths that it could not send, and why.
  private(set) var failed: [StorePath: String] = [:]
  /// Whether it watches the store by now.
  private(set) var isWatching = false
  /// The last lines.
  private(set) var tail: [String] = []
  /// How many lines there were.
  private(set) var lines = 0

  private static let longestTail = 40

  /// Takes a line.
  mutating func hear(_ line: String) {
    lines += 1
    tail.append(line)
    if tail.count > Self.longestTail { tail.removeFirst() }
    if line.contains("Pushing new store paths") { isWatching = true }
    if let match = line.firstMatch(of: /✅ ([0-9a-z]{32}-[^ ]+)/), let path = Self.path(match.1) {
      sent.insert(path)
      failed[path] = nil
    } else if let match = line.firstMatch(of: /❌ ([0-9a-z]{32}-[^ :]+): (.*)/), let path = Self.path(match.1)
    {
      failed[path] = String(match.2)
    }
  }

  private static func path(_ baseName: Substring) -> StorePath? {
    try? StorePath(parsing: "\(StoreDirectory.standard.path)/\(baseName)")
  }

  /// The failure that a run of the client came to.
  func failure(_ ending: String) -> PushOutcome.Failure {
    let single = failed.sorted { $0.key < $1.key }
    // The error of a path says more than the one that ended the whole, which is one of them.
    let words = single.first.map {
      "\(single.count == 1 ? "one path" : "\(single.count) paths") could not be pushed, such as \($0.key): \($0.value)"
    }
    let last = tail.suffix(5).joined(separator: "\n")
    return PushOutcome.Failure(
      cause: PushOutcome.Cause(telling: ([last] + single.map(\.value)).joined(separator: "\n")),
      words: [words, last.isEmpty ? ending : last].compactMap(\.self).joined(separator: "\n"))
  }
}
