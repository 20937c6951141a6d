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
  /// only to those before it; the conclusion is last.
  static let ofRun: [(table: String, key: [String])] = [
    ("requested_row", ["position"]), ("occasion_row", []), ("shard_row", []),
    ("environment", []),
    ("substituter_row", ["position"]),
    ("trusted_key_row", ["position"]), ("setting_row", ["name"]), ("means_of_writing_row", ["position"]),
    ("target_row", ["position"]), ("output_row", ["target", "position"]), ("cache_row", ["position"]),
    ("offer_row", ["path", "cache"]), ("unanswered_row", ["path"]), ("presence_row", ["path"]),
    ("log_event_row", ["position"]), ("realization", []), ("transfer_row", ["cache"]),
    ("registration_row", ["path"]),
    ("silence", ["witness"]), ("path_outcome_row", ["path"]), ("verdict_row", ["position"]),
    ("outcome_row", ["target", "position"]), ("reason_row", ["target", "position"]), ("conclusion", []),
  ]

  /// By what runs are found, and what they come to (``Indexing``): nothing that is not said elsewhere.
  static let indexes = ["mark", "sighting", "tally"]
}
