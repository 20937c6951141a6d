import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// Adds every run of `other` that is not here, and completes those that are here in part. Rows that are here
  /// stay as they are, and so does `other`.
  ///
  /// Runs are added in batches, each of them a transaction of its own: whatever ends this early, what was added
  /// is there, and merging again adds the rest.
  ///
  /// - Parameter progress: told how many runs of how many are dealt with.
  /// - Throws: ``EvidenceError``; where `other` contradicts what is here, before anything is added.
  public func merge(
    _ other: EvidenceStore, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(EvidenceError) -> MergeSummary {
    try withoutTransaction { db in
      let merge = Merge(into: path, from: other.path, db)
      return try merge.run(attaching: other.file, progress)
    }
  }

  /// Whether `other` is this very file, by whatever name.
  public func isSame(as other: EvidenceStore) -> Bool {
    var (mine, theirs) = (stat(), stat())
    return stat(path, &mine) == 0 && stat(other.path, &theirs) == 0
      && mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino
  }
}

/// One merge: `source` is the other store's name in statements.
private struct Merge {
  let path: String
  let otherPath: String
  let db: Database

  init(into path: String, from otherPath: String, _ db: Database) {
    self.path = path
    self.otherPath = otherPath
    self.db = db
  }

  /// Runs in a transaction: a second or less, after which others have their turn.
  private static let batchSize = 1000
  /// Entries of a dictionary in a transaction.
  private static let windowSize: Int64 = 20_000

  func run(attaching file: String, _ progress: (Int, Int) -> Void) throws -> MergeSummary {
    try attach(file)
    defer { try? db.execute(sql: "DETACH source") }
    do { return try merge(progress) } catch let error as DatabaseError
      where [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT].contains(error.resultCode)
    {
      // Which of the two is damaged, SQLite does not say.
      let verdict = try? String.fetchAll(db, sql: "PRAGMA source.integrity_check(1)")
      let dangling = try? Row.fetchOne(db, sql: "SELECT * FROM pragma_foreign_key_check(NULL, 'source')")
      guard verdict == ["ok"], dangling == nil else { throw EvidenceError(otherPath, .notADatabase) }
      throw error
    }
  }

  private func merge(_ progress: (Int, Int) -> Void) throws -> MergeSummary {
    // A batch touches many more pages than a run does, and each id in it has been looked up already.
    try db.execute(sql: "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF")
    defer { try? db.execute(sql: "PRAGMA cache_size = -2000; PRAGMA foreign_keys = ON") }
    try db.execute(
      sql: """
        CREATE TABLE temp.added (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL);
        CREATE TABLE temp.batch (theirs INTEGER PRIMARY KEY, id TEXT NOT NULL, ours INTEGER);
        CREATE TABLE temp.pair (ours INTEGER PRIMARY KEY, theirs INTEGER NOT NULL, is_new INTEGER NOT NULL);
        """)
    let dictionaries = try DictionaryMerge.tables.map { try DictionaryMerge($0, db) }
    defer { dropTables() }
    for dictionary in dictionaries { try dictionary.prepare(db) }
    let runs = try RunMerge(db)
    var summary = MergeSummary()
    let open = try compareAll(with: runs, &summary)
    guard !open.isEmpty else { return summary }
    try addDictionaries(dictionaries)
    for batch in open.chunked(by: Self.batchSize) {
      try db.inTransaction(.immediate) {
        // Somebody else may have added some of them since.
        try choose(batch)
        let isHere = try Int.fetchOne(db, sql: "SELECT count(ours) FROM temp.batch") ?? 0
        let incomplete = try agreed { try runs.incomplete(db).count }
        try runs.add(db)
        summary += MergeSummary(
          imported: batch.count - isHere, completed: incomplete, known: isHere - incomplete)
        return .commit
      }
      progress(summary.runs, try count())
    }
    return summary
  }

  private func attach(_ file: String) throws {
    let usesURI = try Bool.fetchOne(db, sql: "SELECT sqlite_compileoption_used('USE_URI')") ?? false
    let url = URL(filePath: file).absoluteString
    try db.execute(sql: "ATTACH ? AS source", arguments: [usesURI ? "\(url)?mode=ro" : file])
  }

  private func count() throws -> Int { try Int.fetchOne(db, sql: "SELECT count(*) FROM source.run") ?? 0 }

  /// Compares every run that both have, before anything is written.
  ///
  /// - Returns: the numbers, there, of the runs that are not here as a whole.
  private func compareAll(with runs: RunMerge, _ summary: inout MergeSummary) throws -> [Int64] {
    let derivation = try String.fetchOne(
      db,
      sql: """
        SELECT theirs.path FROM source.derivation AS theirs
        CROSS JOIN main.derivation AS ours ON ours.path = theirs.path
        WHERE (ours.system, ours.outputs, ours.inputs, ours.sources)
          IS NOT (theirs.system, theirs.outputs, theirs.inputs, theirs.sources)
        """)
    if let derivation {
      throw EvidenceError(path, .disagreement(with: otherPath, about: derivation, table: "derivation"))
    }
    let all = try Int64.fetchAll(db, sql: "SELECT seq FROM source.run ORDER BY seq")
    var open: [Int64] = []
    for batch in all.chunked(by: Self.batchSize) {
      try choose(batch)
      let new = try Set(Int64.fetchAll(db, sql: "SELECT theirs FROM temp.batch WHERE ours IS NULL"))
      let incomplete = new.count == batch.count ? [] : try agreed { try runs.incomplete(db) }
      summary.known += batch.count - new.count - incomplete.count
      open += batch.filter { new.contains($0) || incomplete.contains($0) }
    }
    return open
  }

  private func agreed<Value>(_ compare: () throws -> Value) throws -> Value {
    do { return try compare() } catch let conflict as RunMerge.Conflict {
      throw EvidenceError(
        path, .disagreement(with: otherPath, about: "run \(conflict.run)", table: conflict.table))
    }
  }

  private func choose(_ batch: ArraySlice<Int64>) throws {
    try db.execute(sql: "DELETE FROM temp.batch")
    let numbers = batch.map { "\($0)" }.joined(separator: ", ")
    try db.execute(
      sql: """
        INSERT INTO temp.batch (theirs, id, ours)
          SELECT seq, id, (SELECT ours.seq FROM main.run AS ours WHERE ours.id = theirs.id)
          FROM source.run AS theirs WHERE seq IN (\(numbers))
        """)
  }

  private func addDictionaries(_ dictionaries: [DictionaryMerge]) throws {
    for (dictionary, table) in zip(dictionaries, DictionaryMerge.tables) {
      let last = try Int64.fetchOne(db, sql: "SELECT coalesce(max(id), 0) FROM source.\(table)") ?? 0
      for start in stride(from: 1, through: last, by: Int(Self.windowSize)) {
        try db.inTransaction(.immediate) {
          try dictionary.add(start...(start + Self.windowSize - 1), db)
          return .commit
        }
      }
    }
    var last = ""
    while true {
      let paths = try String.fetchAll(
        db, sql: "SELECT path FROM source.derivation WHERE path > ? ORDER BY path LIMIT 5000",
        arguments: [last])
      guard let first = paths.first, let end = paths.last else { return }
      try db.inTransaction(.immediate) {
        try db.execute(
          sql: """
            INSERT OR IGNORE INTO main.derivation
              SELECT * FROM source.derivation WHERE path BETWEEN ? AND ? ORDER BY path
            """, arguments: [first, end])
        return .commit
      }
      last = end
    }
  }

  private func dropTables() {
    let names = ["added", "batch", "pair"] + DictionaryMerge.tables.map { "ids_of_\($0)" }
    for name in names { try? db.execute(sql: "DROP TABLE IF EXISTS temp.\(name)") }
  }
}

extension Array {
  fileprivate func chunked(by size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
