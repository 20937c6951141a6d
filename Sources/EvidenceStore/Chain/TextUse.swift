/// Where texts are used.
enum TextUse {
  /// The columns that have ids of texts, by table.
  private static let columns: [(table: String, columns: [String])] = [
    ("runner", ["host", "pod"]), ("asked", ["installable", "attribute", "spec"]),
    ("occasion", ["repository", "ref", "branch", "revision", "pipeline", "page"]),
    ("environment", ["nix", "system"]), ("target", ["installable", "attribute", "spec", "system"]),
    ("path_outcome", ["path", "origin"]),
    ("judged", ["installable", "derivation", "origins", "reasons"]), ("output", ["path", "origin"]),
    ("ground", ["path"]),
    ("publication", ["program", "nix", "system", "cache", "server", "read_side"]),
    ("published_target", ["installable"]), ("published_path", ["path"]), ("sighting", ["path"]),
    ("mark", ["word"]), ("tally", ["cache"]),
  ]

  /// The ids of all texts that are used, as a query.
  static var ids: String {
    columns.flatMap { table, columns in
      columns.map { "SELECT \($0) FROM main.\(table) WHERE \($0) IS NOT NULL" }
    }
    .joined(separator: " UNION ALL ")
  }

  /// Those of one table.
  static func columns(of table: String) -> Set<String> {
    Set(columns.first { $0.table == table }?.columns ?? [])
  }
}
