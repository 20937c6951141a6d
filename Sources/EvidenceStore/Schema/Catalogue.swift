/// The tables by what they are for. What refers to what is in the schema itself, as foreign keys.
enum Catalogue {
  /// What is kept once for all runs, besides texts: each entry is the same wherever it has the same values.
  enum Dictionary: String, CaseIterable, CustomStringConvertible {
    // In an order in which each refers only to those before it.
    case metadata, narinfo, answer, event, fate

    var description: String { rawValue }

    /// The columns that make an entry what it is.
    var columns: [String] {
      switch self {
      case .metadata: ["path", "nar_hash", "nar_size", "refs", "signatures", "content_address"]
      case .narinfo: ["metadata", "url", "compression", "file_size", "deriver"]
      case .answer: ["narinfo", "answer", "status", "cause", "flaw", "signed_by", "nar", "nar_bytes"]
      case .event: ["kind", "path", "derivation", "source", "machine", "text", "subject"]
      case .fate: ["outcome", "origin"]
      }
    }
  }

  /// What a run says: each table with what tells its rows apart within a run. In an order in which each refers
  /// only to those before it; what ends a run is last, the conclusion of a proof and a publication's own row.
  static let ofRun: [(table: String, key: [String])] = [
    ("requested_row", ["position"]), ("occasion_row", []), ("shard_row", []),
    ("strictness_row", []),
    ("environment", []), ("baseline", []),
    ("substituter_row", ["position"]),
    ("trusted_key_row", ["position"]), ("setting_row", ["name"]), ("means_of_writing_row", ["position"]),
    ("target_row", ["position"]), ("output_row", ["target", "position"]), ("cache_row", ["position"]),
    ("offer_row", ["path", "cache"]), ("unanswered_row", ["path"]), ("presence_row", ["path"]),
    ("present_row", ["path"]),
    ("log_event_row", ["position"]), ("realization", []), ("transfer_row", ["cache"]),
    ("registration_row", ["path"]),
    ("silence", ["witness"]), ("path_outcome_row", ["path"]), ("verdict_row", ["position"]),
    ("outcome_row", ["target", "position"]), ("found_row", ["target", "path"]),
    ("reason_row", ["target", "position"]), ("conclusion", []),
    ("published_target_row", ["position"]), ("published_output_row", ["target", "position"]),
    ("published_path_row", ["path"]), ("publication_fault_row", ["position"]), ("publication_row", []),
  ]

  /// Whether a run of this purpose (`run.purpose`) can say anything in `table`: nothing is both a proof and a
  /// publication.
  static func allows(_ table: String, in purpose: Purpose) -> Bool {
    let isOfPublications = Schema.publicationTables.contains(table)
    return switch purpose {
    case .proof: !isOfPublications
    case .publication: isOfPublications || table == "occasion_row"
    }
  }

  /// Whether a run says anything that its purpose does not allow.
  static func isAnything(saidOf run: String, unlessAllowedIn purpose: Purpose) -> String {
    ofRun.map(\.table).filter { !allows($0, in: purpose) }
      .map { "EXISTS (SELECT 1 FROM main.\($0) WHERE run = \(run))" }.joined(separator: " OR ")
  }

  /// Whether the run of a number came to its end, after which nothing is added to it: a proof to its conclusion,
  /// and a publication, which is recorded as a whole, always.
  static func hasEnded(_ run: String, in schema: String) -> String {
    ["conclusion", "publication_row"].map { "EXISTS (SELECT 1 FROM \(schema).\($0) WHERE run = \(run))" }
      .joined(separator: " OR ")
  }

  /// What a run was for: `run.purpose` is `NULL`, or `publication`.
  enum Purpose {
    case proof
    case publication
  }

  /// By what runs are found, and what they come to (``Indexing``): nothing that is not said elsewhere.
  static let indexes = indexesByRun + ["meaning"]

  /// Those of them that tell which run a row is of.
  static let indexesByRun = ["mark", "sighting", "tally", "goal"]
}
