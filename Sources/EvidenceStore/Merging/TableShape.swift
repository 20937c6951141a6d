import GRDB

/// A table's columns and what they refer to, as the schema itself says.
struct TableShape {
  let name: String
  let columns: [String]
  /// Those that hold texts themselves.
  let texts: Set<String>
  /// The dictionary (or `text`) that a column has ids of.
  let references: [String: String]

  init(_ name: String, _ db: Database) throws {
    self.name = name
    let info = try Row.fetchAll(
      db, sql: "SELECT name, type FROM pragma_table_info(?, 'main') ORDER BY cid", arguments: [name])
    columns = try info.map { try $0.decode(forColumn: "name") }
    texts = try Set(
      info.filter { try $0.decode(String.self, forColumn: "type") == "TEXT" }
        .map { try $0.decode(String.self, forColumn: "name") })
    let pairs = try Row.fetchAll(
      db, sql: "SELECT \"from\", \"table\" FROM pragma_foreign_key_list(?, 'main') WHERE \"to\" = 'id'",
      arguments: [name])
    // Of a foreign file, a column may be said to refer to several.
    references = Dictionary(pairs.map { ($0[0], $0[1]) }) { $1 }
  }

  /// What a row `theirs` of the other store has in `column`, in ids of ours; `joins` must be beside it. What ours
  /// has no counterpart of is a word, which equals no id, and which a table of ids refuses.
  func translated(_ column: String) -> String {
    guard references[column] != nil else { return "theirs.\(column)" }
    return "CASE WHEN theirs.\(column) IS NOT NULL THEN coalesce(\(column)_id.ours, 'unknown') END"
  }

  /// Looks up the ids of `columns`.
  func joins(_ columns: [String]) -> String {
    columns.compactMap { column in
      references[column].map {
        "LEFT JOIN temp.ids_of_\($0) AS \(column)_id ON \(column)_id.theirs = theirs.\(column)"
      }
    }.joined(separator: "\n")
  }
}
