import Dispatch
import Evidence
import Foundation
import GRDB
import NixModel
import Synchronization

/// The recomputed contents of many records, and sums over the facts of their entries.
struct RecordDigests: Sendable {
  /// The content of each record, by its number. A record with a damaged entry has none.
  private(set) var contents: [Int64: EvidenceDigest] = [:]
  /// The number of references from records to entries, and the number of entries that they refer to.
  private(set) var parts = 0
  private(set) var entries = 0
  /// The sums that the search tables must have.
  private(set) var sums: [FactSum.Table: FactSum] = [:]

  /// The error about the first record that an import could not read (``Legibility``), if that was asked.
  private(set) var illegible: EvidenceError?

  /// The number of records that is worth a connection of its own.
  private static let share = 500

  /// Reads the records `seqs`, which are in order, with all processors.
  ///
  /// - Parameters:
  ///   - file: the store that `db` is open on, and that is not written meanwhile.
  ///   - store: whether an import can read the records is found out, too. Errors about that name this store.
  ///   - progress: told the numbers of finished and of all records.
  static func read(
    _ seqs: [Int64], at file: String, _ db: Database, legibleFor store: String?,
    _ progress: @Sendable (Int, Int) -> Void
  ) throws -> RecordDigests {
    let workers = min(ProcessInfo.processInfo.activeProcessorCount, seqs.count / share)
    let done = Atomic(0)
    @Sendable func count() {
      let number = done.add(1, ordering: .relaxed).newValue
      if number % share == 0 { progress(number, seqs.count) }
    }
    guard workers > 1 else { return try RecordDigests(of: seqs[...], db, store, count) }
    let results = Mutex([Int: Result<RecordDigests, any Error>]())
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      let range = seqs.count * worker / workers..<seqs.count * (worker + 1) / workers
      let part = Result {
        var configuration = EvidenceStore.configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: file, configuration: configuration).read { db in
          try RecordDigests(of: seqs[range], db, store, count)
        }
      }
      results.withLock { $0[worker] = part }
    }
    return try results.withLock { $0 }.values.reduce(into: RecordDigests()) { sum, part in
      sum.add(try part.get())
    }
  }

  private init() {}

  private init(
    of seqs: ArraySlice<Int64>, _ db: Database, _ store: String?, _ count: () -> Void
  ) throws {
    var reader = try Reader(db, legibleFor: store)
    for seq in seqs {
      contents[seq] = try reader.content(of: seq)
      count()
    }
    (parts, entries, sums, illegible) = (reader.parts, reader.entries, reader.sums, reader.illegible)
  }

  private mutating func add(_ other: RecordDigests) {
    contents.merge(other.contents) { $1 }
    illegible = illegible ?? other.illegible
    parts += other.parts
    entries += other.entries
    sums.merge(other.sums) { $0 + $1 }
  }

  /// Reads records one after the other.
  private struct Reader {
    private let library: Library
    private let records: Statement
    private let references: Statement
    private let first: Statement
    private var known: [Int64: Known] = [:]
    private let book: TallyBook
    private let legibility: Legibility?
    private(set) var parts = 0
    private(set) var entries = 0
    private(set) var sums: [FactSum.Table: FactSum] = [:]
    private(set) var illegible: EvidenceError?

    /// An entry that several records have, and that is therefore read once.
    private struct Known {
      let digest: EvidenceDigest
      let kind: EntryKind
      let marks: Set<Mark>
    }

    init(_ db: Database, legibleFor store: String?) throws {
      library = try Library(db)
      legibility = store.map { [library] in Legibility(library, path: $0) }
      book = TallyBook(library)
      records = try db.makeStatement(sql: "SELECT CAST(id AS BLOB), kind, at FROM record WHERE seq = ?")
      references = try db.makeStatement(
        sql: "SELECT kind, part, entry, at FROM record_entry WHERE record = ? ORDER BY kind, part")
      first = try db.makeStatement(sql: "SELECT min(record), max(record) FROM record_entry WHERE entry = ?")
    }

    /// - Returns: `nil` where the record or one of its entries is damaged or was changed.
    mutating func content(of seq: Int64) throws -> EvidenceDigest? {
      guard let record = try Row.fetchOne(records, arguments: [seq]),
        let kind = RecordKind(rawValue: try record.decode(String.self, atIndex: 1))
      else { return nil }
      // As bytes, because a String would end at a NUL.
      let id = RunID(String(decoding: try record.decode(Data.self, atIndex: 0), as: UTF8.self))
      let at: Int64 = try record.decode(atIndex: 2)
      let rows = try Row.fetchAll(references, arguments: [seq])
      parts += rows.count
      var (digests, said, marks): ([EvidenceDigest], [Library.Part], [Mark]) = ([], [], [])
      var isSound = true
      var expected: (kind: Int, part: Int) = (0, 0)
      for row in rows {
        let (number, part, entry): (Int, Int, Int64) = (row[0], row[1], row[2])
        expected = number == expected.kind ? (number, expected.part + 1) : (number, 0)
        guard let found = try known(entry, in: seq), found.kind.number == number, kind.allows(found.kind),
          part == expected.part, row[3] as Int64 == at
        else {
          isSound = false
          continue
        }
        digests.append(found.digest)
        said.append(Library.Part(kind: found.kind, entry: entry))
        marks += found.marks
      }
      for mark in Set(marks) {
        sums[.mark, default: FactSum()].add([
          .word(mark.kind.rawValue), .text(mark.word), .number(at), .number(seq),
        ])
      }
      guard isSound, let first = said.first, isItself(id, kind, at, first) else { return nil }
      tally(of: seq, at, said)
      if illegible == nil {
        do { try legibility?.require(seq, kind, said) } catch let error as EvidenceError { illegible = error }
      }
      return RecordLine(id: id, kind: kind, entries: digests).content
    }

    /// Whether the record's own columns agree with its first entry.
    private func isItself(_ id: RunID, _ kind: RecordKind, _ at: Int64, _ first: Library.Part) -> Bool {
      guard first.kind == kind.beginning, let entry = try? library.entry(first.entry),
        let item = try? Contents([entry]).item(kind.beginning), let started = try? item.instant("started")
      else { return false }
      return (try? item.text("id")) == id.text && Instant.milliseconds(started) == at
    }

    private mutating func known(_ id: Int64, in seq: Int64) throws -> Known? {
      if let known = known[id] { return known }
      let entry: Entry
      do {
        entry = try library.entry(id)
        guard entry.isItself else { return nil }
      } catch let error as DatabaseError { throw error } catch { return nil }
      let facts = try? EntryFacts(entry)
      // An entry without facts is illegible, and its error says why.
      guard facts != nil || legibility != nil else { return nil }
      let new = Known(digest: entry.digest, kind: entry.kind, marks: facts?.marks ?? [])
      let range = try Row.fetchOne(first, arguments: [id])
      let (lowest, highest): (Int64?, Int64?) = (range?[0], range?[1])
      // Several readers share the work. An entry is counted only with the first record that has it.
      if lowest == seq {
        entries += 1
        for fact in facts?.rows ?? [] {
          sums[.facts(fact.table), default: FactSum()].add([.number(id)] + fact.cells)
        }
      }
      if lowest != highest { known[id] = new }
      return new
    }

    private mutating func tally(of seq: Int64, _ at: Int64, _ parts: [Library.Part]) {
      for tally in (try? book.tallies(of: parts)) ?? [] {
        sums[.tally, default: FactSum()].add(
          [.text(tally.cache), .number(at), .number(seq)] + tally.cells)
      }
    }
  }
}
