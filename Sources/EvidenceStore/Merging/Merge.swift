import Evidence
import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// Adds every record of `other` that this store lacks, and completes those that it has in part. The records
  /// of this store stay as they are. `other` must verify, and is not changed.
  ///
  /// Records are added in batches, each of which is a transaction of its own with its links. If the merge
  /// ends early, the batches until then stay, and merging again adds the rest.
  ///
  /// - Parameters:
  ///   - keys: each record of `other` must carry a signature of one of these; without keys, none is needed.
  ///   - progress: told the numbers of finished and of all records.
  /// - Throws: ``EvidenceError``. Where `other` does not verify, cannot be read, or contradicts this store,
  ///   nothing was added.
  public func merge(
    _ other: EvidenceStore, trusting keys: [PublicKey] = [],
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(EvidenceError) -> MergeSummary {
    let snapshot = try other.snapshot()
    let examination = try other.examine(.testimony(of: other.path), of: snapshot, trusting: keys)
    if let finding = examination.result.defects.first {
      throw EvidenceError(other.path, .unverified(finding))
    }
    if let error = examination.illegible { throw error }
    do {
      return try snapshot.database.read { theirs in
        try withoutTransaction { ours in
          let merge = try Merge(
            examination, into: path, ours, from: other.path, theirs, at: snapshot.path)
          return try merge.run(progress)
        }
      }
    } catch { throw EvidenceError(writing: path, error) }
  }

  /// Whether `other` is this very file, perhaps by another name.
  public func isSame(as other: EvidenceStore) -> Bool {
    var (mine, theirs) = (stat(), stat())
    return stat(path, &mine) == 0 && stat(other.path, &theirs) == 0
      && mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino
  }
}

/// One merge: a union of sets of entries, record by record.
private struct Merge {
  private let examination: Examination
  private let path: String
  private let otherPath: String
  private let ours: Database
  private let theirs: Database
  private let source: Library
  /// A connection of its own to theirs.
  private let reader: DatabaseQueue

  init(
    _ examination: Examination, into path: String, _ ours: Database, from otherPath: String,
    _ theirs: Database, at file: String
  ) throws {
    self.examination = examination
    self.path = path
    self.otherPath = otherPath
    self.ours = ours
    self.theirs = theirs
    source = try Library(theirs)
    var configuration = EvidenceStore.configuration()
    configuration.readonly = true
    reader = try DatabaseQueue(path: file, configuration: configuration)
  }

  /// The number of records that are read ahead while as many before them are added.
  private static let pieceSize = 100
  /// The number of such pieces in a transaction: a second of work or less, after which others have their turn.
  private static let piecesOfBatch = 10

  private func ahead(_ seqs: [Int64]) -> Ahead<[IncomingRecord]> {
    let reader = reader
    return Ahead { try reader.read { db in try IncomingRecord.read(seqs, db) } }
  }

  /// The work that a record of theirs needs.
  private enum Task {
    case add
    /// Ours has a part of it.
    case complete
    /// Ours has it as a whole, without these signatures.
    case sign([Signature])
    case nothing
  }

  func run(_ progress: (Int, Int) -> Void) throws -> MergeSummary {
    // A batch touches many more pages than a run does.
    try ours.execute(sql: "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY")
    defer { try? ours.execute(sql: "PRAGMA cache_size = -2000") }
    let all = try Int64.fetchAll(theirs, sql: "SELECT seq FROM record ORDER BY seq")
    var summary = MergeSummary()
    var open: [Int64] = []
    let library = try Library(ours)
    for seq in all {
      if let line = try source.line(of: seq), case .nothing = try task(for: seq, line, library) {
        summary.known += 1
      } else {
        open.append(seq)
      }
    }
    let pieces = stride(from: 0, to: open.count, by: Self.pieceSize).map { start in
      Array(open[start..<min(open.count, start + Self.pieceSize)])
    }
    var next = pieces.first.map { ahead($0) }
    for start in stride(from: 0, to: pieces.count, by: Self.piecesOfBatch) {
      let end = min(pieces.count, start + Self.piecesOfBatch)
      var added = MergeSummary()
      try ours.inTransaction(.immediate) {
        let (library, shelf, chain) = (try Library(ours), try Shelf(ours), try Chain(ours))
        for number in start..<end {
          let incoming = try next?.value() ?? []
          next = number + 1 < pieces.count ? ahead(pieces[number + 1]) : nil
          added += try add(incoming, library, shelf, chain)
        }
        return .commit
      }
      summary += added
      progress(summary.runs, all.count)
    }
    return summary
  }

  /// - Throws: ``EvidenceError`` where the two stores contradict each other.
  private func task(for seq: Int64, _ line: RecordLine, _ library: Library) throws -> Task {
    guard let known = try library.seq(of: line.id), let mine = try library.line(of: known) else {
      return .add
    }
    let signatures = examination.signatures[seq] ?? []
    if mine.content == line.content {
      let there = try Set(
        String.fetchAll(
          ours, sql: "SELECT signature FROM link WHERE record = ? AND signature IS NOT NULL",
          arguments: [known]))
      let missing = signatures.filter { !there.contains($0.description) }
      return missing.isEmpty ? .nothing : .sign(missing)
    }
    let (here, there) = (Set(mine.entries), Set(line.entries))
    let hasEnd = try (
      here: isWhole(known, mine.kind, library), there: isWhole(seq, line.kind, source)
    )
    if mine.kind == line.kind {
      if here.isSuperset(of: there), !hasEnd.there { return .nothing }
      if there.isSuperset(of: here), !hasEnd.here { return .complete }
    }
    throw EvidenceError(
      path,
      .disagreement(
        with: otherPath, about: "run \(line.id)", table: try difference(known, seq, here, there, library)))
  }

  private func isWhole(_ seq: Int64, _ kind: RecordKind, _ library: Library) throws -> Bool {
    try library.parts(of: seq, [kind.end]).isEmpty == false
  }

  /// The kind of the first entry that only one of them has.
  private func difference(
    _ mine: Int64, _ their: Int64, _ here: Set<EvidenceDigest>, _ there: Set<EvidenceDigest>,
    _ library: Library
  ) throws -> String {
    for part in try library.parts(of: mine) where try !there.contains(library.entry(part.entry).digest) {
      return part.kind.rawValue
    }
    for part in try source.parts(of: their) where try !here.contains(source.entry(part.entry).digest) {
      return part.kind.rawValue
    }
    return "record"
  }

  private func add(
    _ incoming: [IncomingRecord], _ library: Library, _ shelf: Shelf, _ chain: Chain
  ) throws -> MergeSummary {
    var summary = MergeSummary()
    for record in incoming {
      let (line, content) = (record.line, record.content)
      let place: Shelf.Place
      var there: Set<Int64> = []
      // Another process may have added it since.
      switch try task(for: record.seq, line, library) {
      case .nothing:
        summary.known += 1
        continue
      case .sign(let missing):
        summary.known += 1
        if let here = try self.place(of: line.id, library) { try sign(missing, here, content, chain) }
        continue
      case .add:
        summary.imported += 1
        if line.kind == .publication { summary.publications += 1 }
        place = try shelf.begin(line.id, line.kind, at: record.started)
      case .complete:
        guard let here = try self.place(of: line.id, library) else { continue }
        summary.completed += 1
        place = here
        there = Set(try library.parts(of: place.seq).map(\.entry))
      }
      let kept = try record.entries.map {
        try shelf.keep($0.digest, $0.kind, facts: $0.facts, bytes: $0.bytes)
      }
      try shelf.add(kept, to: place, except: there)
      try shelf.add(record.tallies, to: place)
      try chain.append(record.isWhole ? .imported : .fragment) { link in
        link.record = place.seq
        link.content = content
      }
      try sign(examination.signatures[record.seq] ?? [], place, content, chain)
    }
    return summary
  }

  private func place(of id: RunID, _ library: Library) throws -> Shelf.Place? {
    try library.seq(of: id).flatMap { try library.place(of: $0) }
  }

  private func sign(
    _ signatures: [Signature], _ place: Shelf.Place, _ content: EvidenceDigest, _ chain: Chain
  ) throws {
    for signature in signatures {
      try chain.append(.signed) { link in
        link.record = place.seq
        link.content = content
        link.signature = signature.description
      }
    }
  }
}
