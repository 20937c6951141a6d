import GRDB

/// The columns that use texts, according to the foreign keys of the schema.
enum TextUse {
  /// The columns of a table that have ids of texts.
  static func columns(of table: String, _ db: Database) throws -> Set<String> {
    try String.fetchSet(
      db, sql: "SELECT \"from\" FROM pragma_foreign_key_list(?, 'main') WHERE \"table\" = 'text'",
      arguments: [table])
  }

  /// A query for the ids of all texts that are used.
  static func ids(_ db: Database) throws -> String {
    try String.fetchAll(db, sql: "SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name")
      .flatMap { table in
        try columns(of: table, db).sorted().map {
          "SELECT \($0) FROM main.\(table) WHERE \($0) IS NOT NULL"
        }
      }
      .joined(separator: " UNION ALL ")
  }
}
