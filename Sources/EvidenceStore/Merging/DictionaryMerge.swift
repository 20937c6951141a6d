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
    try match("", db)
  }

  /// Adds what ours has not of the other store's `needed` ids. Somebody may have added some of it meanwhile.
  func add(_ needed: [Int64], _ db: Database) throws {
    try db.execute(sql: "DELETE FROM temp.needed")
    let need = try db.cachedStatement(sql: "INSERT OR IGNORE INTO temp.needed (theirs) VALUES (?)")
    for id in needed { try need.execute(arguments: [id]) }
    try db.execute(sql: "DELETE FROM temp.needed WHERE theirs IN (SELECT theirs FROM \(ids))")
    try match("WHERE theirs.id IN (SELECT theirs FROM temp.needed)", db)
    try db.execute(
      sql: """
        INSERT INTO temp.added (theirs, ours)
          SELECT theirs, (SELECT coalesce(max(id), 0) FROM main.\(shape.name)) + row_number() OVER (ORDER BY theirs)
          FROM temp.needed WHERE theirs NOT IN (SELECT theirs FROM \(ids));
        INSERT INTO main.\(shape.name) (id, \(columns.joined(separator: ", ")))
          SELECT added.ours, \(columns.map(shape.translated).joined(separator: ", "))
          FROM temp.added CROSS JOIN source.\(shape.name) AS theirs ON theirs.id = added.theirs
          \(shape.joins(columns)) ORDER BY added.ours;
        INSERT INTO \(ids) SELECT theirs, ours FROM temp.added;
        DELETE FROM temp.added;
        """)
  }

  private func match(_ condition: String, _ db: Database) throws {
    let same = columns.map { "ours.\($0) IS \(shape.translated($0))" }.joined(separator: " AND ")
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO \(ids) (theirs, ours)
          SELECT theirs.id, ours.id FROM source.\(shape.name) AS theirs
          \(shape.joins(columns))
          CROSS JOIN main.\(shape.name) AS ours ON \(same)
          \(condition)
        """)
  }
}
