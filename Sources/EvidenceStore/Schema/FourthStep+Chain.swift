extension Schema {
  /// A chain of digests over everything that is recorded, and triggers that refuse to change it.
  ///
  /// `link.run` refers to no row on purpose: the links about a run that was dropped stay.
  static let chainOfFourth =
    """
    CREATE TABLE link (
      seq         INTEGER PRIMARY KEY AUTOINCREMENT,
      kind        TEXT NOT NULL CHECK (kind IN ('begun', 'testimony', 'concluded', 'imported', 'fragment',
        'signed', 'adopted', 'derivations', 'dropped', 'checkpoint')),
      run         INTEGER,
      content     BLOB CHECK (content IS NULL OR length(content) = 32),
      signature   TEXT,
      derivations BLOB CHECK (derivations IS NULL OR length(derivations) = 32),
      cut         INTEGER,
      dropped     INTEGER,
      at          INTEGER NOT NULL,
      digest      BLOB NOT NULL CHECK (length(digest) = 32)
    ) STRICT;

    CREATE INDEX link_run ON link (run) WHERE run IS NOT NULL;

    CREATE VIEW chain AS
      SELECT link.seq, link.kind, run.id AS run, lower(hex(link.content)) AS content, link.signature,
        lower(hex(link.digest)) AS digest,
        strftime('%Y-%m-%dT%H:%M:%fZ', link.at / 1000.0, 'unixepoch') AS at
      FROM link LEFT JOIN run ON run.seq = link.run;

    -- The link that a derivation is sealed with; of those recorded before there were chains, the first.
    ALTER TABLE derivation ADD COLUMN link INTEGER;
    UPDATE derivation SET link = 1;

    """ + guards(of: guardedByFourth)

  /// The tables whose rows stay as they are.
  static let guarded =
    guardedByFourth + publicationTables + guardedShards + guardedGate + guardedPresence + guardedStrictness

  /// Those of them that the first four steps made.
  private static let guardedByFourth = [
    "run", "environment", "realization", "silence", "conclusion", "derivation", "text", "metadata", "narinfo",
    "answer", "event", "fate", "requested_row", "substituter_row", "trusted_key_row", "setting_row",
    "means_of_writing_row", "target_row", "output_row", "presence_row", "cache_row", "offer_row",
    "unanswered_row", "log_event_row", "registration_row", "path_outcome_row", "verdict_row", "outcome_row",
    "reason_row", "occasion_row", "transfer_row", "link", "mark", "sighting", "tally",
  ]

  /// Refuses to change or remove rows of `tables`.
  static func guards(of tables: [String]) -> String {
    tables.flatMap { table in
      [("UPDATE", "changed"), ("DELETE", "removed")].map { change, word in
        """
        CREATE TRIGGER \(table)_is_never_\(word) BEFORE \(change) ON \(table)
        BEGIN SELECT raise(ABORT, 'what was recorded is never \(word)'); END;

        """
      }
    }.joined()
  }

  /// Lifts what ``guards(of:)`` refuses: for the one command that drops old runs, within its transaction.
  static func withoutGuards(of tables: [String]) -> String {
    tables.flatMap { ["DROP TRIGGER \($0)_is_never_changed;", "DROP TRIGGER \($0)_is_never_removed;"] }
      .joined(separator: "\n")
  }
}
