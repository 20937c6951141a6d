extension Schema {
  /// What `explain` needs to know a year later: what a log's complaints mean, where settings were set, and
  /// what derivations were made of.
  static let second = """
    ALTER TABLE log_event ADD COLUMN subject TEXT CHECK (subject IS NULL OR json_valid(subject));
    ALTER TABLE offer ADD COLUMN flaw TEXT CHECK (flaw IS NULL OR json_valid(flaw));
    ALTER TABLE offer ADD COLUMN nar_bytes INTEGER;
    ALTER TABLE environment ADD COLUMN sandbox TEXT
      CHECK (sandbox IS NULL OR sandbox IN ('works', 'missing'));
    ALTER TABLE environment ADD COLUMN sandbox_cause TEXT;
    ALTER TABLE realization ADD COLUMN evaluation_lines INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE target ADD COLUMN spec TEXT CHECK (spec IS NULL OR json_valid(spec));

    CREATE TABLE unanswered (
      run  INTEGER NOT NULL REFERENCES run (seq),
      path TEXT NOT NULL,
      PRIMARY KEY (run, path)
    ) STRICT;

    CREATE TABLE setting (
      run   INTEGER NOT NULL REFERENCES run (seq),
      name  TEXT NOT NULL,
      place TEXT NOT NULL,
      PRIMARY KEY (run, name)
    ) STRICT;

    CREATE TABLE derivation (
      path               TEXT PRIMARY KEY,
      system             TEXT NOT NULL,
      allows_substitutes INTEGER NOT NULL CHECK (allows_substitutes IN (0, 1)),
      outputs            TEXT NOT NULL CHECK (json_valid(outputs)),
      inputs             TEXT NOT NULL CHECK (json_valid(inputs)),
      sources            TEXT NOT NULL,
      traits             TEXT NOT NULL CHECK (json_valid(traits))
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX verdict_installable ON verdict (installable, verdict);

    """
}
