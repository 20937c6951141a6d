import Dispatch
import Foundation
import GRDB
import Synchronization

/// The digests of many runs, and what those runs refer to.
struct RunDigests: Sendable {
  /// The digest of each run, by its number; none of a run that cannot be written as lines.
  private(set) var contents: [Int64: EvidenceDigest] = [:]
  /// The entries of dictionaries, and texts, that runs refer to, in the order in which runs first do. Where several
  /// read at once, some are there twice.
  private(set) var uses: [Use] = []
  /// The same, by dictionary.
  private(set) var met: [String: Set<Int64>] = [:]
  /// How many rows of each table the runs have.
  private(set) var rows: [String: Int] = [:]

  /// A reference to an entry.
  struct Use: Sendable {
    let run: Int64
    let dictionary: String
    let id: Int64
  }

  /// How many runs are worth a connection of their own.
  private static let share = 500

  /// Reads the runs `seqs`, which are in order, with all processors.
  ///
  /// - Parameters:
  ///   - file: the store, which nobody writes meanwhile; `db` is open on it.
  ///   - progress: told how many runs of how many are done.
  static func read(
    _ seqs: [Int64], at file: String, _ db: Database, _ progress: @Sendable (Int, Int) -> Void
  ) throws -> RunDigests {
    let workers = min(ProcessInfo.processInfo.activeProcessorCount, seqs.count / share)
    let done = Atomic(0)
    @Sendable func count() {
      let number = done.add(1, ordering: .relaxed).newValue
      if number % share == 0 { progress(number, seqs.count) }
    }
    guard workers > 1 else { return try RunDigests(of: seqs[...], db, count) }
    let parts = Mutex([Int: Result<RunDigests, any Error>]())
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      let range = seqs.count * worker / workers..<seqs.count * (worker + 1) / workers
      let part = Result {
        var configuration = EvidenceStore.configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: file, configuration: configuration).read { db in
          try RunDigests(of: seqs[range], db, count)
        }
      }
      parts.withLock { $0[worker] = part }
    }
    return try parts.withLock { $0 }.sorted { $0.key < $1.key }.reduce(into: RunDigests()) { sum, part in
      sum.add(try part.value.get())
    }
  }

  init() {}

  private init(of seqs: ArraySlice<Int64>, _ db: Database, _ count: () -> Void) throws {
    let canon = try Canon(db)
    for seq in seqs {
      do { contents[seq] = try canon.lines(ofRun: seq).digest } catch is CanonFlaw { contents[seq] = nil }
      uses += canon.takeMet().map { Use(run: seq, dictionary: $0.dictionary, id: $0.id) }
      count()
    }
    met = canon.met
    rows = canon.rows
  }

  private mutating func add(_ later: RunDigests) {
    contents.merge(later.contents) { $1 }
    uses += later.uses
    met.merge(later.met) { $0.union($1) }
    rows.merge(later.rows, uniquingKeysWith: +)
  }
}
