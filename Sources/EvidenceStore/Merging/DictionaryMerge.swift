import GRDB

/// Finds what the other store keeps once among what ours does, and adds what ours has not.
struct DictionaryMerge {
  /// In an order in which each refers only to those before it.
  static let tables = ["text"] + Catalogue.Dictionary.allCases.map(\.rawValue)

  private let shape: TableShape
  private let columns: [String]
  private let ids: String

  init(_ table: String, _ db: Database) throws {
    shape = try TableShape(table, db)
    columns = shape.columns.filter { $0 != "id" }
    ids = "temp.ids_of_\(table)"
  }

  /// The ids of the other store and ours, for what both have.
  func prepare(_ db: Database) throws {
    try db.execute(sql: "CREATE TABLE \(ids) (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL)")
    try match(0...Int64.max, db)
  }

  /// Adds what ours has not of the other store's ids `range`. Somebody may have added some of it meanwhile.
  func add(_ range: ClosedRange<Int64>, _ db: Database) throws {
    try match(range, db)
    try db.execute(
      sql: """
        INSERT INTO temp.added (theirs, ours)
          SELECT id, (SELECT coalesce(max(id), 0) FROM main.\(shape.name)) + row_number() OVER (ORDER BY id)
          FROM source.\(shape.name) AS theirs
          WHERE id BETWEEN \(range.lowerBound) AND \(range.upperBound)
            AND NOT EXISTS (SELECT 1 FROM \(ids) AS known WHERE known.theirs = theirs.id);
        INSERT INTO main.\(shape.name) (id, \(columns.joined(separator: ", ")))
          SELECT added.ours, \(columns.map(shape.translated).joined(separator: ", "))
          FROM temp.added CROSS JOIN source.\(shape.name) AS theirs ON theirs.id = added.theirs
          \(shape.joins(columns)) ORDER BY added.ours;
        INSERT INTO \(ids) SELECT theirs, ours FROM temp.added;
        DELETE FROM temp.added;
        """)
  }

  private func match(_ range: ClosedRange<Int64>, _ db: Database) throws {
    let same = columns.map { "ours.\($0) IS \(shape.translated($0))" }.joined(separator: " AND ")
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO \(ids) (theirs, ours)
          SELECT theirs.id, ours.id FROM source.\(shape.name) AS theirs
          \(shape.joins(columns))
          CROSS JOIN main.\(shape.name) AS ours ON \(same)
          WHERE theirs.id BETWEEN \(range.lowerBound) AND \(range.upperBound)
            AND NOT EXISTS (SELECT 1 FROM \(ids) AS known WHERE known.theirs = theirs.id)
        """)
  }
}
