extension Schema {
  /// What a gate asks by. Neither table says anything that is not said elsewhere (``Indexing``).
  static let gateOfSixth =
    """
    CREATE TABLE meaning (
      -- What runs that bear a name were about: a name of several meanings is none to ask a gate by.
      word   INTEGER NOT NULL REFERENCES text (id), -- an installable, or its attribute alone
      alone  INTEGER NOT NULL CHECK (alone IN (0, 1)), -- whether it is the attribute alone
      spec   INTEGER NOT NULL REFERENCES text (id),
      system INTEGER NOT NULL, -- of text; 0 for what has none
      name   INTEGER NOT NULL REFERENCES text (id), -- the installable
      PRIMARY KEY (word, alone, spec, system)
    ) STRICT, WITHOUT ROWID;
    INSERT OR IGNORE INTO meaning
      SELECT row.installable, 0, row.spec, coalesce(row.system, 0), row.installable FROM target_row AS row
      WHERE row.error IS NULL AND row.spec IS NOT NULL
      UNION SELECT asked.attribute, 1, row.spec, coalesce(row.system, 0), row.installable
      FROM target_row AS row JOIN requested_row AS asked ON asked.run = row.run AND asked.spec = row.spec
      WHERE row.error IS NULL AND asked.attribute IS NOT NULL;

    CREATE TABLE goal (
      -- By which output paths runs are found that set out to bring them.
      path INTEGER NOT NULL REFERENCES text (id),
      at   INTEGER NOT NULL,
      run  INTEGER NOT NULL REFERENCES run (seq),
      PRIMARY KEY (path, at, run)
    ) STRICT, WITHOUT ROWID;
    INSERT OR IGNORE INTO goal
      SELECT row.path, run.at, run.seq FROM output_row AS row JOIN run ON run.seq = row.run;

    """ + guards(of: guardedGate)

  /// The tables of ``gateOfSixth``, whose rows stay as they are.
  static let guardedGate = ["meaning", "goal"]
}
