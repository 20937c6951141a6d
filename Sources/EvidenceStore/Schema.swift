/// The tables, as SQL, step by step. `evidence/schema.sql` holds the same statements, and
/// evidence/README.md explains them. A step that has been published is never changed: stores of every
/// earlier version are brought forward by those that follow.
///
/// Rows are only ever added: a run's own row first, each witness's testimony as it comes, the verdict
/// last, all of it in one transaction. A run without a row in `conclusion` was cut off.
public enum Schema {
  /// The schema's number (`PRAGMA user_version`).
  static let version = steps.count
  /// Marks the file as ours (`PRAGMA application_id`): "WRMT".
  static let applicationID: Int32 = 0x5752_4D54

  /// The statements that make an empty store.
  public static let sql = steps.joined()

  /// What brings a store from each version to the next, from an empty file on.
  static let steps = [first, second]

  private static let first = """
    CREATE TABLE run (
      seq           INTEGER PRIMARY KEY AUTOINCREMENT,
      id            TEXT NOT NULL UNIQUE,
      started       TEXT NOT NULL,
      warmth        TEXT NOT NULL,
      host          TEXT NOT NULL,
      pod           TEXT,
      process       INTEGER NOT NULL,
      process_start INTEGER NOT NULL,
      boot          TEXT NOT NULL,
      builds        TEXT NOT NULL CHECK (builds IN ('stop', 'forbid', 'observe')),
      allow_build   TEXT NOT NULL CHECK (json_valid(allow_build)),
      forbid_build  TEXT NOT NULL CHECK (json_valid(forbid_build)),
      expect_from   TEXT NOT NULL CHECK (json_valid(expect_from))
    ) STRICT;

    CREATE TABLE requested (
      run         INTEGER NOT NULL REFERENCES run (seq),
      position    INTEGER NOT NULL,
      installable TEXT NOT NULL,
      spec        TEXT NOT NULL CHECK (json_valid(spec)),
      PRIMARY KEY (run, position)
    ) STRICT;

    CREATE TABLE environment (
      run         INTEGER PRIMARY KEY REFERENCES run (seq),
      nix         TEXT NOT NULL,
      system      TEXT NOT NULL,
      store       TEXT NOT NULL,
      substitutes INTEGER NOT NULL CHECK (substitutes IN (0, 1))
    ) STRICT;

    CREATE TABLE substituter (
      run      INTEGER NOT NULL REFERENCES run (seq),
      position INTEGER NOT NULL,
      url      TEXT NOT NULL,
      PRIMARY KEY (run, position)
    ) STRICT;

    CREATE TABLE trusted_key (
      run      INTEGER NOT NULL REFERENCES run (seq),
      position INTEGER NOT NULL,
      key      TEXT NOT NULL,
      PRIMARY KEY (run, position)
    ) STRICT;

    CREATE TABLE means_of_writing (
      run      INTEGER NOT NULL REFERENCES run (seq),
      position INTEGER NOT NULL,
      kind     TEXT NOT NULL,
      place    TEXT NOT NULL,
      writes   INTEGER NOT NULL CHECK (writes IN (0, 1)),
      detail   TEXT NOT NULL CHECK (json_valid(detail)),
      PRIMARY KEY (run, position)
    ) STRICT;

    CREATE TABLE target (
      run         INTEGER NOT NULL REFERENCES run (seq),
      position    INTEGER NOT NULL,
      installable TEXT NOT NULL,
      derivation  TEXT,
      system      TEXT,
      error       TEXT,
      PRIMARY KEY (run, position)
    ) STRICT;

    CREATE TABLE output (
      run    INTEGER NOT NULL,
      target INTEGER NOT NULL,
      name   TEXT NOT NULL,
      path   TEXT NOT NULL,
      PRIMARY KEY (run, target, name),
      FOREIGN KEY (run, target) REFERENCES target (run, position)
    ) STRICT;

    CREATE TABLE presence (
      run     INTEGER NOT NULL REFERENCES run (seq),
      path    TEXT NOT NULL,
      valid   INTEGER NOT NULL CHECK (valid IN (0, 1)),
      on_disk INTEGER NOT NULL CHECK (on_disk IN (0, 1)),
      PRIMARY KEY (run, path)
    ) STRICT;

    CREATE TABLE cache (
      run      INTEGER NOT NULL REFERENCES run (seq),
      position INTEGER NOT NULL,
      url      TEXT NOT NULL,
      state    TEXT NOT NULL CHECK (state IN ('open', 'unreachable', 'failing', 'unusable', 'unknown')),
      priority INTEGER,
      status   INTEGER,
      cause    TEXT,
      PRIMARY KEY (run, position)
    ) STRICT;

    CREATE TABLE offer (
      run             INTEGER NOT NULL REFERENCES run (seq),
      path            TEXT NOT NULL,
      cache           TEXT NOT NULL,
      answer          TEXT NOT NULL
        CHECK (answer IN ('offered', 'untrusted', 'absent', 'refused', 'invalid', 'failed')),
      status          INTEGER,
      cause           TEXT,
      nar_hash        TEXT,
      nar_size        INTEGER,
      file_size       INTEGER,
      url             TEXT,
      compression     TEXT,
      refs            TEXT,
      deriver         TEXT,
      signatures      TEXT,
      content_address TEXT,
      signed_by       TEXT,
      nar             TEXT CHECK (nar IN ('not-asked', 'present', 'missing', 'refused', 'failed')),
      PRIMARY KEY (run, path, cache)
    ) STRICT;

    CREATE TABLE log_event (
      run        INTEGER NOT NULL REFERENCES run (seq),
      position   INTEGER NOT NULL,
      line       INTEGER NOT NULL,
      kind       TEXT NOT NULL,
      path       TEXT,
      derivation TEXT,
      source     TEXT,
      machine    TEXT,
      text       TEXT,
      PRIMARY KEY (run, position)
    ) STRICT;

    CREATE TABLE realization (
      run    INTEGER PRIMARY KEY REFERENCES run (seq),
      ending TEXT NOT NULL
        CHECK (ending IN ('not-started', 'exited', 'signalled', 'stopped', 'timed-out', 'interrupted')),
      code   INTEGER,
      at     TEXT,
      lines  INTEGER NOT NULL,
      bytes  INTEGER NOT NULL,
      unreadable INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE registration (
      run             INTEGER NOT NULL REFERENCES run (seq),
      path            TEXT NOT NULL,
      nar_hash        TEXT NOT NULL,
      nar_size        INTEGER NOT NULL,
      ultimate        INTEGER NOT NULL CHECK (ultimate IN (0, 1)),
      signatures      TEXT NOT NULL,
      content_address TEXT,
      refs            TEXT NOT NULL,
      PRIMARY KEY (run, path)
    ) STRICT;

    CREATE TABLE silence (
      run     INTEGER NOT NULL REFERENCES run (seq),
      witness TEXT NOT NULL CHECK (witness IN ('store before', 'store after')),
      cause   TEXT NOT NULL,
      PRIMARY KEY (run, witness)
    ) STRICT;

    CREATE TABLE verdict (
      run         INTEGER NOT NULL REFERENCES run (seq),
      position    INTEGER NOT NULL,
      installable TEXT NOT NULL,
      spec        TEXT NOT NULL CHECK (json_valid(spec)),
      derivation  TEXT,
      verdict     TEXT NOT NULL CHECK (verdict IN ('warm', 'cold', 'inconclusive')),
      PRIMARY KEY (run, position)
    ) STRICT;

    CREATE TABLE outcome (
      run       INTEGER NOT NULL,
      target    INTEGER NOT NULL,
      position  INTEGER NOT NULL,
      name      TEXT NOT NULL,
      path      TEXT NOT NULL,
      outcome   TEXT NOT NULL CHECK (outcome IN
        ('substituted', 'built-locally', 'built-remotely', 'present-before', 'not-realized', 'failed')),
      origin    TEXT,
      nar_size  INTEGER,
      signed_by TEXT NOT NULL,
      PRIMARY KEY (run, target, position),
      FOREIGN KEY (run, target) REFERENCES verdict (run, position)
    ) STRICT;

    CREATE TABLE reason (
      run      INTEGER NOT NULL,
      target   INTEGER NOT NULL,
      position INTEGER NOT NULL,
      code     TEXT NOT NULL,
      bearing  TEXT NOT NULL CHECK (bearing IN ('cold', 'inconclusive')),
      path     TEXT,
      fact     TEXT NOT NULL CHECK (json_valid(fact)),
      PRIMARY KEY (run, target, position),
      FOREIGN KEY (run, target) REFERENCES verdict (run, position)
    ) STRICT;

    CREATE TABLE conclusion (
      run             INTEGER PRIMARY KEY REFERENCES run (seq),
      finished        TEXT NOT NULL,
      verdict         TEXT NOT NULL CHECK (verdict IN ('warm', 'cold', 'inconclusive')),
      paths           INTEGER NOT NULL,
      substituted     INTEGER NOT NULL,
      built_locally   INTEGER NOT NULL,
      built_remotely  INTEGER NOT NULL,
      present_before  INTEGER NOT NULL,
      download_bytes  INTEGER NOT NULL,
      memory_peak     INTEGER
    ) STRICT;

    CREATE INDEX requested_installable ON requested (installable);
    CREATE INDEX outcome_path ON outcome (path);
    CREATE INDEX reason_code ON reason (code);

    """

  /// What `explain` needs to know a year later: what a log's complaints mean, where settings were set, and
  /// what derivations were made of.
  private static let second = """
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
