import Evidence
import GRDB

/// Copies records of another store, by sets of rows, with the entries, texts and rows of search tables that
/// are not there yet.
///
/// The other store must verify, search tables included, because its rows are copied as they are.
struct Union {
  private let db: Database
  private let facts: [String]
  private let newTexts: String
  private let marks: String
  private let tallies: String

  /// - Parameters:
  ///   - db: the store that is added to, outside of any transaction.
  ///   - file: the other store, a file of this process alone. It gets further indexes.
  init(_ db: Database, with file: Snapshot) throws {
    self.db = db
    // A search table has an index for its searches. A merge looks for the rows of a record or an entry.
    try file.database.write { theirs in
      try theirs.execute(sql: "CREATE INDEX IF NOT EXISTS mark_record ON mark (record)")
      try theirs.execute(sql: "CREATE INDEX IF NOT EXISTS sighting_entry ON sighting (entry)")
    }
    try db.execute(sql: "ATTACH ? AS theirs", arguments: [file.path])
    try db.execute(
      sql: """
        -- A transaction touches many more pages than a run does.
        PRAGMA main.cache_size = -65536; PRAGMA temp_store = MEMORY;
        -- Their numbers of what is copied, and ours of the same.
        CREATE TEMP TABLE incoming (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL, is_new INTEGER NOT NULL);
        CREATE TEMP TABLE same_entry (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL);
        CREATE TEMP TABLE new_entry (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL);
        CREATE TEMP TABLE same_text (theirs INTEGER PRIMARY KEY, ours INTEGER);
        """)
    var texts = [
      "SELECT said.word FROM incoming JOIN theirs.mark AS said ON said.record = incoming.theirs",
      "SELECT said.cache FROM incoming JOIN theirs.tally AS said ON said.record = incoming.theirs",
    ]
    facts = try FactTable.allCases.map { table in
      let references = try TextUse.columns(of: table.rawValue, db)
      let name = table.rawValue
      let source = "FROM new_entry AS entry JOIN theirs.\(name) AS said ON said.entry = entry.theirs"
      texts += table.columns.filter(references.contains).map {
        "SELECT said.\($0) \(source) WHERE said.\($0) IS NOT NULL"
      }
      return """
        INSERT INTO main.\(name) (entry, \(table.columns.joined(separator: ", ")))
          SELECT entry.ours, \(Self.ours(table.columns, references)) \(source) ORDER BY entry.ours
        """
    }
    newTexts = "INSERT OR IGNORE INTO same_text (theirs) \(texts.joined(separator: " UNION ALL "))"
    // The order is that of the tables, whose pages are then written one after the other.
    marks = """
      INSERT OR IGNORE INTO main.mark (kind, word, at, record)
        SELECT said.kind, word.ours, said.at, incoming.ours FROM incoming
          JOIN theirs.mark AS said ON said.record = incoming.theirs
          JOIN same_text AS word ON word.theirs = said.word
        ORDER BY 1, 2, 3, 4
      """
    tallies = """
      INSERT INTO main.tally (cache, at, record, \(Tally.columns.joined(separator: ", ")))
        SELECT cache.ours, said.at, incoming.ours, \(Self.ours(Tally.columns, [])) FROM incoming
          JOIN theirs.tally AS said ON said.record = incoming.theirs
          JOIN same_text AS cache ON cache.theirs = said.cache
        ORDER BY 1, 2, 3
      """
  }

  /// The columns of a row of theirs, with our numbers of texts.
  private static func ours(_ columns: [String], _ references: Set<String>) -> String {
    columns.map {
      references.contains($0) ? "(SELECT ours FROM same_text WHERE theirs = said.\($0))" : "said.\($0)"
    }
    .joined(separator: ", ")
  }

  /// Removes all that this value has made. The store is outside of any transaction.
  func end() throws {
    for table in ["incoming", "same_entry", "new_entry", "same_text"] {
      try db.execute(sql: "DROP TABLE IF EXISTS temp.\(table)")
    }
    try db.execute(sql: "PRAGMA main.cache_size = -2000; DETACH theirs")
  }

  /// Copies in one transaction.
  func transaction(_ work: () throws -> Void) throws {
    // An immediate transaction would lock their file, too, which is only read. One that begins with a change
    // locks ours alone, and as soon.
    try db.inTransaction(.deferred) {
      try db.execute(sql: "DELETE FROM main.link WHERE 0")
      // Others may have changed our numbers since the last transaction.
      try db.execute(sql: "DELETE FROM same_entry; DELETE FROM same_text")
      try work()
      return .commit
    }
  }

  /// Adds a record without its entries.
  ///
  /// - Returns: our number of it.
  func add(_ seq: Int64) throws -> Int64 {
    try db.cachedStatement(
      sql: "INSERT INTO main.record (id, kind, at) SELECT id, kind, at FROM theirs.record WHERE seq = ?"
    )
    .execute(arguments: [seq])
    return db.lastInsertedRowID
  }

  /// Copies what records of theirs have and ours have not.
  ///
  /// - Parameter records: their numbers and ours, and whether ours have no entry yet.
  func fill(_ records: [(theirs: Int64, ours: Int64, isNew: Bool)]) throws {
    try db.execute(sql: "DELETE FROM incoming; DELETE FROM new_entry")
    let new = try db.cachedStatement(sql: "INSERT INTO incoming VALUES (?, ?, ?)")
    for record in records { try new.execute(arguments: [record.theirs, record.ours, record.isNew]) }
    try copyEntries()
    try copyTexts()
    for statement in facts { try run(statement) }
    try run(
      """
      INSERT INTO main.record_entry (record, kind, part, entry, at)
        SELECT incoming.ours, said.kind, said.part, entry.ours, said.at FROM incoming
          JOIN theirs.record_entry AS said ON said.record = incoming.theirs
          JOIN same_entry AS entry ON entry.theirs = said.entry
        WHERE incoming.is_new OR NOT EXISTS (
          SELECT 1 FROM main.record_entry AS here WHERE here.record = incoming.ours AND here.entry = entry.ours)
        ORDER BY 1, 2, 3
      """)
    try run(marks)
    try run(tallies)
  }

  private func copyEntries() throws {
    let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM main.entry") ?? 0
    let unknown = """
      SELECT DISTINCT entry FROM theirs.record_entry WHERE record IN (SELECT theirs FROM incoming)
        AND entry NOT IN (SELECT theirs FROM same_entry)
      """
    try run(
      """
      INSERT INTO main.entry (digest, bytes) SELECT digest, bytes FROM theirs.entry AS said
        WHERE id IN (\(unknown)) AND NOT EXISTS (SELECT 1 FROM main.entry WHERE digest = said.digest)
        ORDER BY id
      """)
    try run(
      """
      INSERT INTO same_entry (theirs, ours) SELECT said.id, entry.id FROM theirs.entry AS said
        JOIN main.entry ON entry.digest = said.digest WHERE said.id IN (\(unknown))
      """)
    try db.execute(
      sql: "INSERT INTO new_entry (theirs, ours) SELECT theirs, ours FROM same_entry WHERE ours > ?",
      arguments: [last])
  }

  private func copyTexts() throws {
    try run(newTexts)
    try run(
      """
      INSERT OR IGNORE INTO main.text (value) SELECT value FROM theirs.text
        WHERE id IN (SELECT theirs FROM same_text WHERE ours IS NULL) ORDER BY id
      """)
    try run(
      """
      UPDATE same_text SET ours = (
          SELECT text.id FROM theirs.text AS said JOIN main.text ON text.value = said.value
          WHERE said.id = same_text.theirs)
        WHERE ours IS NULL
      """)
  }

  private func run(_ sql: String) throws { try db.cachedStatement(sql: sql).execute() }
}
