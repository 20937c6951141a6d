extension Schema {
  /// What repeats between runs is kept once, and indexes answer what `gate` and `audit` ask.
  ///
  /// A text is kept in `text`, and what one answer of a cache, one event of a log, or one registration says in
  /// `answer`, `event` and `metadata`; the tables of runs (`…_row`) hold their ids. The ids are this file's own
  /// and mean nothing elsewhere. The tables of the first two steps are views now, with the same columns
  /// (``viewsOfThird``).
  static let tablesOfThird = """
    CREATE TABLE text (
      id    INTEGER PRIMARY KEY,
      value TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE INDEX text_name
      -- The names of store paths, after the directory and the hash.
      ON text (substr(value, 45)) WHERE substr(value, 1, 11) = '/nix/store/';

    CREATE TABLE metadata (
      -- What a narinfo and a registration say alike: all that is signed, and the signatures.
      id              INTEGER PRIMARY KEY,
      path            INTEGER NOT NULL REFERENCES text (id),
      nar_hash        TEXT,
      nar_size        INTEGER,
      refs            TEXT,
      signatures      TEXT,
      content_address TEXT
    ) STRICT;
    CREATE INDEX metadata_path ON metadata (path);

    CREATE TABLE narinfo (
      id          INTEGER PRIMARY KEY,
      metadata    INTEGER NOT NULL REFERENCES metadata (id),
      url         TEXT,
      compression TEXT,
      file_size   INTEGER,
      deriver     TEXT
    ) STRICT;
    CREATE INDEX narinfo_metadata ON narinfo (metadata);

    CREATE TABLE answer (
      id        INTEGER PRIMARY KEY,
      narinfo   INTEGER REFERENCES narinfo (id),
      answer    TEXT NOT NULL
        CHECK (answer IN ('offered', 'untrusted', 'absent', 'refused', 'invalid', 'failed')),
      status    INTEGER,
      cause     INTEGER REFERENCES text (id),
      flaw      TEXT CHECK (flaw IS NULL OR json_valid(flaw)),
      signed_by INTEGER REFERENCES text (id),
      nar       TEXT CHECK (nar IN ('not-asked', 'present', 'missing', 'refused', 'failed')),
      nar_bytes INTEGER
    ) STRICT;
    CREATE INDEX answer_narinfo ON answer (narinfo, answer, cause);

    CREATE TABLE event (
      id         INTEGER PRIMARY KEY,
      kind       TEXT NOT NULL,
      path       INTEGER REFERENCES text (id),
      derivation INTEGER REFERENCES text (id),
      source     INTEGER REFERENCES text (id),
      machine    INTEGER REFERENCES text (id),
      text       INTEGER REFERENCES text (id),
      subject    INTEGER REFERENCES text (id)
    ) STRICT;
    CREATE INDEX event_path ON event (path, derivation, text);

    CREATE TABLE fate (
      id      INTEGER PRIMARY KEY,
      outcome TEXT NOT NULL CHECK (outcome IN
        ('substituted', 'built-locally', 'built-remotely', 'present-before', 'not-realized', 'failed')),
      origin  INTEGER REFERENCES text (id)
    ) STRICT;
    CREATE INDEX fate_origin ON fate (origin, outcome);

    ALTER TABLE run ADD COLUMN at INTEGER NOT NULL DEFAULT 0 /* when it started, in milliseconds since 1970 */;
    UPDATE run SET at = coalesce(
      CAST(strftime('%s', started) AS INTEGER) * 1000 + CAST(substr(started, 21, 3) AS INTEGER), 0);
    CREATE INDEX run_at ON run (at);

    CREATE TABLE mark (
      -- By what runs are found, the latest first: 'target' (an installable, or its attribute alone), 'warm' (a
      -- target that was), 'verdict', and 'from' (a cache that something came from).
      kind TEXT NOT NULL CHECK (kind IN ('target', 'warm', 'verdict', 'from')),
      word INTEGER NOT NULL REFERENCES text (id),
      at   INTEGER NOT NULL,
      run  INTEGER NOT NULL REFERENCES run (seq),
      PRIMARY KEY (kind, word, at, run)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE sighting (
      -- Which runs say something of a path, the latest first.
      path INTEGER NOT NULL REFERENCES text (id),
      at   INTEGER NOT NULL,
      run  INTEGER NOT NULL REFERENCES run (seq),
      PRIMARY KEY (path, at, run)
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE requested RENAME TO old_requested;
    ALTER TABLE substituter RENAME TO old_substituter;
    ALTER TABLE trusted_key RENAME TO old_trusted_key;
    ALTER TABLE setting RENAME TO old_setting;
    ALTER TABLE means_of_writing RENAME TO old_means_of_writing;
    ALTER TABLE target RENAME TO old_target;
    ALTER TABLE output RENAME TO old_output;
    ALTER TABLE presence RENAME TO old_presence;
    ALTER TABLE cache RENAME TO old_cache;
    ALTER TABLE offer RENAME TO old_offer;
    ALTER TABLE unanswered RENAME TO old_unanswered;
    ALTER TABLE log_event RENAME TO old_log_event;
    ALTER TABLE registration RENAME TO old_registration;
    ALTER TABLE verdict RENAME TO old_verdict;
    ALTER TABLE outcome RENAME TO old_outcome;
    ALTER TABLE reason RENAME TO old_reason;

    CREATE TABLE requested_row (
      run         INTEGER NOT NULL REFERENCES run (seq),
      position    INTEGER NOT NULL,
      installable INTEGER NOT NULL REFERENCES text (id),
      attribute   INTEGER REFERENCES text (id),
      spec        INTEGER NOT NULL REFERENCES text (id),
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE substituter_row (
      run      INTEGER NOT NULL REFERENCES run (seq),
      position INTEGER NOT NULL,
      url      INTEGER NOT NULL REFERENCES text (id),
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE trusted_key_row (
      run      INTEGER NOT NULL REFERENCES run (seq),
      position INTEGER NOT NULL,
      key      INTEGER NOT NULL REFERENCES text (id),
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE setting_row (
      run   INTEGER NOT NULL REFERENCES run (seq),
      name  INTEGER NOT NULL REFERENCES text (id),
      place INTEGER NOT NULL REFERENCES text (id),
      PRIMARY KEY (run, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE means_of_writing_row (
      run      INTEGER NOT NULL REFERENCES run (seq),
      position INTEGER NOT NULL,
      kind     INTEGER NOT NULL REFERENCES text (id),
      place    INTEGER NOT NULL REFERENCES text (id),
      writes   INTEGER NOT NULL CHECK (writes IN (0, 1)),
      detail   INTEGER NOT NULL REFERENCES text (id),
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE target_row (
      run         INTEGER NOT NULL REFERENCES run (seq),
      position    INTEGER NOT NULL,
      installable INTEGER NOT NULL REFERENCES text (id),
      derivation  INTEGER REFERENCES text (id),
      system      INTEGER REFERENCES text (id),
      error       INTEGER REFERENCES text (id),
      spec        INTEGER REFERENCES text (id),
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE output_row (
      run      INTEGER NOT NULL,
      target   INTEGER NOT NULL,
      position INTEGER NOT NULL,
      name     INTEGER NOT NULL REFERENCES text (id),
      path     INTEGER NOT NULL REFERENCES text (id),
      PRIMARY KEY (run, target, position),
      FOREIGN KEY (run, target) REFERENCES target_row (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE presence_row (
      run     INTEGER NOT NULL REFERENCES run (seq),
      path    INTEGER NOT NULL REFERENCES text (id),
      valid   INTEGER NOT NULL CHECK (valid IN (0, 1)),
      on_disk INTEGER NOT NULL CHECK (on_disk IN (0, 1)),
      PRIMARY KEY (run, path)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE cache_row (
      run      INTEGER NOT NULL REFERENCES run (seq),
      position INTEGER NOT NULL,
      url      INTEGER NOT NULL REFERENCES text (id),
      state    TEXT NOT NULL CHECK (state IN ('open', 'unreachable', 'failing', 'unusable', 'unknown')),
      priority INTEGER,
      status   INTEGER,
      cause    INTEGER REFERENCES text (id),
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE offer_row (
      run      INTEGER NOT NULL REFERENCES run (seq),
      path     INTEGER NOT NULL REFERENCES text (id),
      cache    INTEGER NOT NULL REFERENCES text (id),
      position INTEGER NOT NULL,
      answer   INTEGER NOT NULL REFERENCES answer (id),
      PRIMARY KEY (run, path, cache)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE unanswered_row (
      run  INTEGER NOT NULL REFERENCES run (seq),
      path INTEGER NOT NULL REFERENCES text (id),
      PRIMARY KEY (run, path)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE log_event_row (
      run      INTEGER NOT NULL REFERENCES run (seq),
      position INTEGER NOT NULL,
      line     INTEGER NOT NULL,
      event    INTEGER NOT NULL REFERENCES event (id),
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE registration_row (
      run      INTEGER NOT NULL REFERENCES run (seq),
      path     INTEGER NOT NULL REFERENCES text (id),
      metadata INTEGER NOT NULL REFERENCES metadata (id),
      ultimate INTEGER NOT NULL CHECK (ultimate IN (0, 1)),
      PRIMARY KEY (run, path)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE path_outcome_row (
      run  INTEGER NOT NULL REFERENCES run (seq),
      path INTEGER NOT NULL REFERENCES text (id),
      fate INTEGER NOT NULL REFERENCES fate (id),
      PRIMARY KEY (run, path)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE verdict_row (
      run         INTEGER NOT NULL REFERENCES run (seq),
      position    INTEGER NOT NULL,
      installable INTEGER NOT NULL REFERENCES text (id),
      spec        INTEGER NOT NULL REFERENCES text (id),
      derivation  INTEGER REFERENCES text (id),
      verdict     TEXT NOT NULL CHECK (verdict IN ('warm', 'cold', 'inconclusive')),
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE outcome_row (
      run       INTEGER NOT NULL,
      target    INTEGER NOT NULL,
      position  INTEGER NOT NULL,
      name      INTEGER NOT NULL REFERENCES text (id),
      path      INTEGER NOT NULL REFERENCES text (id),
      fate      INTEGER NOT NULL REFERENCES fate (id),
      nar_size  INTEGER,
      signed_by INTEGER NOT NULL REFERENCES text (id),
      PRIMARY KEY (run, target, position),
      FOREIGN KEY (run, target) REFERENCES verdict_row (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE reason_row (
      run      INTEGER NOT NULL,
      target   INTEGER NOT NULL,
      position INTEGER NOT NULL,
      code     TEXT NOT NULL,
      bearing  TEXT NOT NULL CHECK (bearing IN ('cold', 'inconclusive')),
      path     INTEGER REFERENCES text (id),
      fact     INTEGER NOT NULL REFERENCES text (id),
      PRIMARY KEY (run, target, position),
      FOREIGN KEY (run, target) REFERENCES verdict_row (run, position)
    ) STRICT, WITHOUT ROWID;

    """
}
