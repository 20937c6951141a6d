import Foundation
import GRDB
public import NixModel

extension EvidenceStore {
  /// Adds every run of `other` that is not here, and completes those that are here in part. Rows that are here
  /// stay as they are, and so does `other`, which must verify.
  ///
  /// Runs are added in batches, each of them a transaction of its own that is sealed with the chain: whatever ends
  /// this early, what was added is there, and merging again adds the rest.
  ///
  /// - Parameters:
  ///   - keys: each run of `other` must carry a signature of one of these; none need to where there are none.
  ///   - progress: told how many runs of how many are dealt with.
  /// - Throws: ``EvidenceError``; where `other` does not verify, cannot be read, or contradicts what is here, before
  ///   anything is added.
  public func merge(
    _ other: EvidenceStore, trusting keys: [PublicKey] = [],
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(EvidenceError) -> MergeSummary {
    let snapshot = try other.snapshot()
    let examination = try other.examine(.testimony, of: snapshot, trusting: keys)
    if let finding = examination.result.defects.first {
      throw EvidenceError(other.path, .unverified(finding))
    }
    do {
      try snapshot.database.read { db in try Legibility(db: db, path: other.path).requireAll() }
    } catch { throw EvidenceError(other.path, error) }
    return try withoutTransaction { db in
      let merge = Merge(examination, into: path, from: other.path, db)
      return try merge.run(attaching: snapshot.path, progress)
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
  let theirs: Examination
  let path: String
  let otherPath: String
  let db: Database

  init(_ theirs: Examination, into path: String, from otherPath: String, _ db: Database) {
    self.theirs = theirs
    self.path = path
    self.otherPath = otherPath
    self.db = db
  }

  /// Runs in a transaction: a second or less, after which others have their turn.
  private static let batchSize = 1000

  func run(attaching file: String, _ progress: (Int, Int) -> Void) throws -> MergeSummary {
    try attach(file)
    defer { try? db.execute(sql: "DETACH source") }
    // A batch touches many more pages than a run does, and each id in it has been looked up already.
    try db.execute(sql: "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF")
    defer { try? db.execute(sql: "PRAGMA cache_size = -2000; PRAGMA foreign_keys = ON") }
    try db.execute(
      sql: """
        CREATE TABLE temp.needed (theirs INTEGER PRIMARY KEY);
        CREATE TABLE temp.added (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL);
        CREATE TABLE temp.batch (theirs INTEGER PRIMARY KEY, id TEXT NOT NULL, ours INTEGER);
        CREATE TABLE temp.pair (ours INTEGER PRIMARY KEY, theirs INTEGER NOT NULL, is_new INTEGER NOT NULL);
        """)
    let dictionaries = try DictionaryMerge.tables.map { (name: $0, merge: try DictionaryMerge($0, db)) }
    defer { dropTables() }
    let checkpoint = try lastCheckpoint()
    for dictionary in dictionaries { try dictionary.merge.prepare(db) }
    let runs = try RunMerge(db)
    var summary = MergeSummary()
    let open = try compareAll(with: runs, &summary)
    guard !open.isEmpty else { return summary }
    try addDerivations()
    var uses = theirs.digests.uses[...]
    for batch in open.chunked(by: Self.batchSize) {
      let end = uses.firstIndex { $0.run > (batch.last ?? 0) } ?? uses.endIndex
      let needed = Dictionary(grouping: uses[..<end], by: \.dictionary)
      uses = uses[end...]
      try db.inTransaction(.immediate) {
        // What was looked up may have been dropped since, and its number given to something else.
        guard try lastCheckpoint() == checkpoint else { throw EvidenceError(path, .prunedMeanwhile) }
        for dictionary in dictionaries {
          try dictionary.merge.add((needed[dictionary.name] ?? []).map(\.id), db)
        }
        // Somebody else may have added some of the runs since.
        try choose(batch)
        let isHere = try Int.fetchOne(db, sql: "SELECT count(ours) FROM temp.batch") ?? 0
        let publications = try newPublications()
        let incomplete = try agreed { try runs.incomplete(db).count }
        try runs.add(db)
        try seal()
        summary += MergeSummary(
          imported: batch.count - isHere, completed: incomplete, known: isHere - incomplete,
          publications: publications)
        return .commit
      }
      progress(summary.runs, theirs.result.runs)
    }
    return summary
  }

  private func lastCheckpoint() throws -> Int64? {
    try Int64.fetchOne(db, sql: "SELECT max(seq) FROM main.link WHERE kind = 'checkpoint'")
  }

  private func attach(_ file: String) throws {
    try db.execute(sql: "ATTACH ? AS source", arguments: [file])
  }

  /// Compares every run that both have, before anything is written.
  ///
  /// - Returns: the numbers, there, of the runs that are not here as a whole or lack a signature.
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
      let unsigned = try Set(pairs().filter { try !missingSignatures($0).isEmpty }.map(\.theirs))
      let known = batch.filter { !new.contains($0) && !incomplete.contains($0) && !unsigned.contains($0) }
      summary.known += known.count
      open += batch.filter { new.contains($0) || incomplete.contains($0) || unsigned.contains($0) }
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

  /// How many publications the batch has that are not here.
  private func newPublications() throws -> Int {
    let sql = """
      SELECT count(*) FROM temp.batch CROSS JOIN source.run AS theirs ON theirs.seq = batch.theirs
      WHERE batch.ours IS NULL AND theirs.purpose IS NOT NULL
      """
    return try Int.fetchOne(db, sql: sql) ?? 0
  }

  /// The runs of the batch that are here, by both their numbers.
  private func pairs() throws -> [(theirs: Int64, ours: Int64)] {
    try Row.fetchAll(db, sql: "SELECT theirs, ours FROM temp.batch WHERE ours IS NOT NULL ORDER BY ours")
      .map { ($0[0], $0[1]) }
  }

  /// The signatures of the other store under a run that is here as there, and that ours has not.
  private func missingSignatures(_ run: (theirs: Int64, ours: Int64)) throws -> [Signature] {
    guard let signatures = theirs.signatures[run.theirs], !signatures.isEmpty,
      try isSealed(run.ours, with: theirs.digests.contents[run.theirs])
    else { return [] }
    let known = try db.cachedStatement(
      sql: "SELECT signature FROM main.link WHERE run = ? AND signature IS NOT NULL")
    let ours = try Set(String.fetchAll(known, arguments: [run.ours]))
    return signatures.filter { !ours.contains($0.description) }
  }

  private func isSealed(_ run: Int64, with content: EvidenceDigest?) throws -> Bool {
    try Chain.content(ofRun: run, db) == content
  }

  /// Adds a link for each run of the batch of which more is here than before.
  private func seal() throws {
    let chain = try Chain(db)
    let canon = try Canon(db)
    let concluded = try db.cachedStatement(sql: Chain.isConcluded)
    let runs = try Row.fetchAll(db, sql: "SELECT theirs, ours, is_new FROM temp.pair ORDER BY ours")
    for row in runs {
      let run: (theirs: Int64, ours: Int64) = (row[0], row[1])
      let isNew: Bool = row[2]
      let content = try isNew ? theirs.digests.contents[run.theirs] : canon.lines(ofRun: run.ours).digest
      if try !isSealed(run.ours, with: content) {
        let isConcluded = try Bool.fetchOne(concluded, arguments: [run.ours]) ?? false
        try chain.append(isConcluded ? .imported : .fragment) { ($0.run, $0.content) = (run.ours, content) }
      }
      for signature in try missingSignatures(run) {
        try chain.append(.signed) {
          ($0.run, $0.content, $0.signature) = (run.ours, content, signature.description)
        }
      }
    }
  }

  /// Adds the derivations that ours has not, some thousands in a transaction, with a link for each.
  private func addDerivations() throws {
    let columns = try TableShape("derivation", db).columns.filter { $0 != "link" }.joined(separator: ", ")
    var isMore = true
    while isMore {
      try db.inTransaction(.immediate) {
        let paths = try String.fetchAll(
          db,
          sql: """
            SELECT path FROM source.derivation AS theirs
            WHERE NOT EXISTS (SELECT 1 FROM main.derivation AS ours WHERE ours.path = theirs.path)
            ORDER BY path LIMIT 5000
            """)
        guard let first = paths.first, let last = paths.last else {
          isMore = false
          return .commit
        }
        let chain = try Chain(db)
        try db.execute(
          sql: """
            INSERT OR IGNORE INTO main.derivation (\(columns), link)
              SELECT \(columns), ? FROM source.derivation WHERE path BETWEEN ? AND ? ORDER BY path
            """, arguments: [chain.next, first, last])
        let digest = try Canon(db).lines(ofDerivations: paths).digest
        try chain.append(.derivations) { $0.derivations = digest }
        return .commit
      }
    }
  }

  private func dropTables() {
    let names = ["needed", "added", "batch", "pair"] + DictionaryMerge.tables.map { "ids_of_\($0)" }
    for name in names { try? db.execute(sql: "DROP TABLE IF EXISTS temp.\(name)") }
  }
}

extension Array {
  fileprivate func chunked(by size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
