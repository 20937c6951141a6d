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
    let examination = try other.examine(snapshot, trusting: keys, legibleFor: other.path)
    if let finding = examination.result.defects.first {
      throw EvidenceError(other.path, .unverified(finding))
    }
    if let error = examination.illegible { throw error }
    do {
      return try withoutTransaction { ours in
        let union = try Union(ours, with: snapshot)
        defer { try? union.end() }
        return try snapshot.database.read { theirs in
          try Merge(examination, into: path, ours, from: other.path, theirs, union).run(progress)
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
  private let source: Library
  private let union: Union

  init(
    _ examination: Examination, into path: String, _ ours: Database, from otherPath: String,
    _ theirs: Database, _ union: Union
  ) throws {
    self.examination = examination
    self.path = path
    self.otherPath = otherPath
    self.ours = ours
    self.union = union
    source = try Library(theirs)
  }

  /// The number of records whose rows are copied together.
  private static let pieceSize = 1000
  /// The time after which a transaction ends, so that others have their turn.
  private static let patience = Duration.seconds(1)

  /// The work that a record of theirs needs.
  private enum Task {
    case add
    /// Ours has a part of it, under this number.
    case complete(Int64)
    /// Ours has it as a whole, under this number and without these signatures.
    case sign(Int64, [Signature])
    case nothing
  }

  func run(_ progress: (Int, Int) -> Void) throws -> MergeSummary {
    let all = try Int64.fetchAll(source.db, sql: "SELECT seq FROM record ORDER BY seq")
    let library = try Library(ours)
    // A contradiction is found before anything is added.
    var open = try all.filter { if case .nothing = try task(for: $0, library) { false } else { true } }[...]
    var summary = MergeSummary(known: all.count - open.count)
    while !open.isEmpty {
      var added = MergeSummary()
      try union.transaction {
        let (library, chain, start) = (try Library(ours), try Chain(ours), ContinuousClock.now)
        repeat {
          added += try add(open.prefix(Self.pieceSize), library, chain)
          open = open.dropFirst(Self.pieceSize)
        } while !open.isEmpty && start.duration(to: .now) < Self.patience
      }
      summary += added
      progress(summary.runs, all.count)
    }
    return summary
  }

  /// - Throws: ``EvidenceError`` where the two stores contradict each other.
  private func task(for seq: Int64, _ library: Library) throws -> Task {
    guard let id = try source.id(of: seq), let known = try library.seq(of: id),
      let mine = try library.line(of: known), let line = try source.line(of: seq)
    else { return .add }
    let signatures = examination.signatures[seq] ?? []
    if mine.content == line.content {
      let there = try Set(
        String.fetchAll(
          ours, sql: "SELECT signature FROM link WHERE record = ? AND signature IS NOT NULL",
          arguments: [known]))
      let missing = signatures.filter { !there.contains($0.description) }
      return missing.isEmpty ? .nothing : .sign(known, missing)
    }
    let (here, there) = (Set(mine.entries), Set(line.entries))
    let hasEnd = try (
      here: isWhole(known, mine.kind, library), there: isWhole(seq, line.kind, source)
    )
    if mine.kind == line.kind {
      if here.isSuperset(of: there), !hasEnd.there { return .nothing }
      if there.isSuperset(of: here), !hasEnd.here { return .complete(known) }
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

  private func add(_ seqs: ArraySlice<Int64>, _ library: Library, _ chain: Chain) throws -> MergeSummary {
    var summary = MergeSummary()
    var records: [(theirs: Int64, ours: Int64, isNew: Bool)] = []
    for seq in seqs {
      // Another process may have added it since.
      switch try task(for: seq, library) {
      case .nothing: summary.known += 1
      case .sign(let mine, let missing):
        summary.known += 1
        try sign(missing, seq, as: mine, chain)
      case .add:
        summary.imported += 1
        if try source.kind(of: seq) == .publication { summary.publications += 1 }
        records.append((seq, try union.add(seq), true))
      case .complete(let mine):
        summary.completed += 1
        records.append((seq, mine, false))
      }
    }
    try union.fill(records)
    for (theirs, mine, _) in records {
      let isWhole = try source.kind(of: theirs).map { try self.isWhole(theirs, $0, source) } ?? false
      try chain.append(isWhole ? .imported : .fragment) { link in
        link.record = mine
        link.content = examination.contents[theirs]
      }
      try sign(examination.signatures[theirs] ?? [], theirs, as: mine, chain)
    }
    return summary
  }

  private func sign(_ signatures: [Signature], _ theirs: Int64, as mine: Int64, _ chain: Chain) throws {
    for signature in signatures {
      try chain.append(.signed) { link in
        link.record = mine
        link.content = examination.contents[theirs]
        link.signature = signature.description
      }
    }
  }
}
