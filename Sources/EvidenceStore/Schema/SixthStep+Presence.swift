extension Schema {
  /// What the store held before anything of a run began, and what was found in it when Nix was about to bring
  /// things: settled by the store's database, whatever the log says.
  static let presenceOfSixth =
    """
    ALTER TABLE run ADD COLUMN fresh INTEGER CHECK (fresh IS NULL OR fresh = 1) /* 1: the policy wants a fresh store */;
    ALTER TABLE conclusion ADD COLUMN added_by_evaluation INTEGER /* NULL: none */;

    CREATE TABLE baseline (
      -- The store before evaluation: the highest row's number in its database (0: there was no store), or, where
      -- that could not be read, how many paths Nix listed.
      run    INTEGER PRIMARY KEY REFERENCES run (seq),
      number INTEGER,
      listed INTEGER,
      CHECK ((number IS NULL) <> (listed IS NULL))
    ) STRICT;

    CREATE TABLE present_row (
      -- The valid ones among the paths of presence_row.
      run      INTEGER NOT NULL REFERENCES run (seq),
      path     INTEGER NOT NULL REFERENCES text (id),
      since    TEXT NOT NULL CHECK (since IN ('before', 'evaluation')),
      number   INTEGER, -- of the row in the store's database
      metadata INTEGER NOT NULL REFERENCES metadata (id),
      ultimate INTEGER NOT NULL CHECK (ultimate IN (0, 1)),
      PRIMARY KEY (run, path)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE found_row (
      -- What a target needed and Nix did not have to bring.
      run    INTEGER NOT NULL,
      target INTEGER NOT NULL,
      path   INTEGER NOT NULL REFERENCES text (id),
      kind   TEXT NOT NULL CHECK (kind IN ('present-before', 'added-by-evaluation', 'input-source')),
      PRIMARY KEY (run, target, path),
      FOREIGN KEY (run, target) REFERENCES verdict_row (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE VIEW present AS
      SELECT row.run, path.value AS path, row.since, row.number, metadata.nar_hash, metadata.nar_size, row.ultimate,
        metadata.signatures, metadata.content_address, metadata.refs
      FROM present_row AS row
      JOIN text AS path ON path.id = row.path
      JOIN metadata ON metadata.id = row.metadata;

    CREATE VIEW found AS
      SELECT row.run, row.target, path.value AS path, row.kind
      FROM found_row AS row JOIN text AS path ON path.id = row.path;

    -- One more outcome. SQLite changes no CHECK otherwise (lang_altertable.html, section 7); no row is touched.
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema
    SET sql = replace(sql, '''present-before'',', '''present-before'', ''added-by-evaluation'',')
    WHERE type = 'table' AND name = 'fate';
    PRAGMA writable_schema = RESET;

    """ + guards(of: guardedPresence)

  /// The tables of ``presenceOfSixth`` whose rows stay as they are.
  static let guardedPresence = ["baseline", "present_row", "found_row"]
}
