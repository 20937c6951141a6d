public import Building
public import NixModel
import Synchronization

/// A ledger in memory, whose process can be killed after each line.
public final class ScriptedLedger: Sendable {
  private struct State {
    var records: [BuildRecord] = []
    var lines = 0
    var last = Int.max
    var isLastWritten = true
  }

  private let state = Mutex(State())

  /// The process was killed.
  public struct Killed: Error {
    /// It was killed.
    public init() {}
  }

  /// An empty ledger.
  public init() {}

  /// Kills the process at a line from now: when it is on disk, or when it was about to be written.
  public func kill(at count: Int, isWritten: Bool) {
    state.withLock { ($0.last, $0.isLastWritten) = ($0.lines + count, isWritten) }
  }
  /// Lets the next process live.
  public func revive() { state.withLock { $0.last = .max } }

  /// The records.
  public var records: [BuildRecord] { state.withLock(\.records) }
  /// How many lines it has.
  public var lines: Int { state.withLock(\.lines) }

  /// The ledger.
  public var ledger: BuildLedger {
    BuildLedger(
      begin: { start in
        try self.write { state in
          let record = try BuildRecord(start: start)
          state.records.append(record)
          return record
        }
      },
      add: { event, id in
        try self.write { state in
          guard let index = state.records.firstIndex(where: { $0.start.id == id }) else { throw Killed() }
          // As the evidence store does: what cannot follow any more is left out.
          try? state.records[index].add(event)
          return state.records[index]
        }
      },
      unfinished: { self.state.withLock { $0.records.filter { $0.state != .gone } } })
  }

  private func write(_ body: (inout State) throws -> BuildRecord) throws -> BuildRecord {
    try state.withLock { state in
      guard state.lines + (state.isLastWritten ? 0 : 1) < state.last else { throw Killed() }
      let record = try body(&state)
      state.lines += 1
      // The line is on disk, and the process is gone before it knows.
      if state.isLastWritten, state.lines == state.last { throw Killed() }
      return record
    }
  }
}
