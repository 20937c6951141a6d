extension Schema {
  /// A run, what its witnesses said, and its end; every text where it is said.
  static let first = """
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
}
