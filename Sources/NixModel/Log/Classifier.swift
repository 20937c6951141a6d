/// Picks from a log's events what was copied and what was built: each path and each derivation once,
/// where the log mentions it first.
public struct Classifier: Sendable {
  /// Copies and builds so far, in the log's order.
  public private(set) var events: [ClassifiedLog.Event] = []
  private var copied: Set<StorePath> = []
  private var built: Set<StorePath> = []

  /// Nothing seen yet.
  public init() {}

  /// Takes one event.
  public mutating func note(_ event: LogEvent) {
    switch event.kind {
    case .copyStarted(let path, let from):
      if copied.insert(path).inserted { events.append(.copy(path: path, from: from, line: event.line)) }
    case .buildStarted(let derivation):
      note(derivation, on: nil, line: event.line)
    case .buildStartedRemotely(let derivation, let machine):
      note(derivation, on: machine, line: event.line)
    case .copyStopped, .transferred, .buildStopped, .resolved, .postBuildHook, .complaint, .progress:
      break
    }
  }

  private mutating func note(_ derivation: StorePath, on machine: String?, line: Int) {
    guard built.insert(derivation).inserted else { return }
    events.append(.build(derivation: derivation, machine: machine, line: line))
  }
}
