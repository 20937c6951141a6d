extension Schema {
  /// Publications beside proofs: who built and pushed what, and what the cache served of it then.
  ///
  /// A publication is a run, too: something that took place on a runner at a time. So it is chained, carried,
  /// merged, found and dropped like one. What tells it from a proof is `run.purpose`, and no run says anything in
  /// the tables of both (``Catalogue/allows(_:in:)``).
  static let publicationsOfFifth =
    """
    ALTER TABLE run ADD COLUMN purpose TEXT CHECK (purpose IS NULL OR purpose = 'publication') /* NULL: a proof */;
    CREATE INDEX run_publication ON run (at) WHERE purpose IS NOT NULL;

    CREATE TABLE publication_row (
      -- A publication and its end, as its publisher summed it up.
      run                INTEGER PRIMARY KEY REFERENCES run (seq),
      state              TEXT NOT NULL CHECK (state IN ('published', 'built', 'failed', 'interrupted')),
      exit_code          INTEGER NOT NULL,
      finished           TEXT,
      nix                INTEGER NOT NULL REFERENCES text (id),
      system             INTEGER NOT NULL REFERENCES text (id),
      -- Where to; without a kind, nowhere.
      kind               TEXT CHECK (kind IN ('attic', 'nix-copy')),
      cache              INTEGER REFERENCES text (id),
      server             INTEGER REFERENCES text (id),
      read_side          INTEGER REFERENCES text (id),
      -- What the kernel says of the publisher's control group; bytes, and numbers of processes.
      cgroup_version     INTEGER,
      memory_peak        INTEGER,
      memory_peak_before INTEGER,
      memory_limit       INTEGER,
      oom_kills          INTEGER,
      pids_peak          INTEGER,
      pids_limit         INTEGER
    ) STRICT;

    CREATE TABLE published_target_row (
      run          INTEGER NOT NULL REFERENCES run (seq),
      position     INTEGER NOT NULL,
      installable  INTEGER NOT NULL REFERENCES text (id),
      outcome      TEXT NOT NULL
        CHECK (outcome IN ('built', 'substituted', 'already-valid', 'failed', 'skipped')),
      derivation   INTEGER REFERENCES text (id),
      milliseconds INTEGER,
      -- Why it failed.
      failure      TEXT CHECK (failure IN ('build-failed', 'out-of-memory', 'out-of-disk', 'evaluation-failed',
        'timed-out', 'interrupted')),
      message      INTEGER REFERENCES text (id),
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE published_output_row (
      run      INTEGER NOT NULL REFERENCES run (seq),
      target   INTEGER NOT NULL,
      position INTEGER NOT NULL,
      name     INTEGER NOT NULL REFERENCES text (id),
      path     INTEGER NOT NULL REFERENCES text (id),
      PRIMARY KEY (run, target, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE published_path_row (
      run       INTEGER NOT NULL REFERENCES run (seq),
      path      INTEGER NOT NULL REFERENCES text (id),
      role      TEXT NOT NULL CHECK (role IN ('output', 'runtime', 'build')),
      outcome   TEXT NOT NULL CHECK (outcome IN ('built', 'substituted', 'already-valid')),
      published TEXT NOT NULL
        CHECK (published IN ('pushed', 'already-there', 'filtered', 'failed', 'not-pushed')),
      served    INTEGER CHECK (served IN (0, 1)), -- what the read side answered afterwards; NULL: not asked
      nar_size  INTEGER,
      PRIMARY KEY (run, path)
    ) STRICT, WITHOUT ROWID;

    -- By these the last publication of a path is found, among however many proofs of it.
    CREATE INDEX published_path_row_path ON published_path_row (path);
    CREATE INDEX published_output_row_path ON published_output_row (path);

    CREATE TABLE publication_fault_row (
      run      INTEGER NOT NULL REFERENCES run (seq),
      position INTEGER NOT NULL,
      code     TEXT NOT NULL, -- others than the known ones may come
      path     INTEGER REFERENCES text (id),
      fatal    INTEGER NOT NULL CHECK (fatal IN (0, 1)),
      message  INTEGER NOT NULL REFERENCES text (id),
      PRIMARY KEY (run, position)
    ) STRICT, WITHOUT ROWID;

    CREATE VIEW publication AS
      SELECT row.run, row.state, row.exit_code, row.finished, nix.value AS nix, system.value AS system, row.kind,
        cache.value AS cache, server.value AS server, read_side.value AS read_side, row.cgroup_version,
        row.memory_peak, row.memory_peak_before, row.memory_limit, row.oom_kills, row.pids_peak, row.pids_limit
      FROM publication_row AS row
      JOIN text AS nix ON nix.id = row.nix
      JOIN text AS system ON system.id = row.system
      LEFT JOIN text AS cache ON cache.id = row.cache
      LEFT JOIN text AS server ON server.id = row.server
      LEFT JOIN text AS read_side ON read_side.id = row.read_side;

    CREATE VIEW published_target AS
      SELECT row.run, row.position, installable.value AS installable, row.outcome,
        derivation.value AS derivation, row.milliseconds, row.failure, message.value AS message
      FROM published_target_row AS row
      JOIN text AS installable ON installable.id = row.installable
      LEFT JOIN text AS derivation ON derivation.id = row.derivation
      LEFT JOIN text AS message ON message.id = row.message;

    CREATE VIEW published_output AS
      SELECT row.run, row.target, row.position, name.value AS name, path.value AS path
      FROM published_output_row AS row
      JOIN text AS name ON name.id = row.name
      JOIN text AS path ON path.id = row.path;

    CREATE VIEW published_path AS
      SELECT row.run, path.value AS path, row.role, row.outcome, row.published, row.served, row.nar_size
      FROM published_path_row AS row JOIN text AS path ON path.id = row.path;

    CREATE VIEW publication_fault AS
      SELECT row.run, row.position, row.code, path.value AS path, row.fatal, message.value AS message
      FROM publication_fault_row AS row
      JOIN text AS message ON message.id = row.message
      LEFT JOIN text AS path ON path.id = row.path;

    DROP VIEW audit_run;
    CREATE VIEW audit_run AS
      SELECT run.seq AS run, run.id, run.started, conclusion.finished,
        coalesce(conclusion.verdict, 'inconclusive') AS verdict, conclusion.run IS NOT NULL AS concluded,
        (SELECT group_concat(installable, ' ') FROM (
          SELECT installable FROM requested WHERE requested.run = run.seq ORDER BY position)) AS targets,
        run.host, run.pod, environment.nix, occasion.repository, occasion.ref, occasion.branch,
        occasion.revision, occasion.pipeline, occasion.page, conclusion.paths, conclusion.substituted,
        conclusion.built_locally, conclusion.built_remotely, conclusion.present_before,
        conclusion.download_bytes, realization.milliseconds
      FROM run
      LEFT JOIN conclusion ON conclusion.run = run.seq
      LEFT JOIN environment ON environment.run = run.seq
      LEFT JOIN occasion ON occasion.run = run.seq
      LEFT JOIN realization ON realization.run = run.seq
      WHERE run.purpose IS NULL;

    CREATE VIEW audit_publication AS
      SELECT run.seq AS run, run.id, run.started, publication.finished, publication.state,
        publication.exit_code, run.warmth AS program, run.host, run.pod, publication.nix, publication.system,
        publication.kind, publication.cache, publication.server, publication.read_side, occasion.repository,
        occasion.ref, occasion.branch, occasion.revision, occasion.pipeline, occasion.page,
        (SELECT group_concat(installable, ' ') FROM (
          SELECT installable FROM published_target AS target
          WHERE target.run = run.seq ORDER BY position)) AS targets,
        said.paths, said.pushed, said.already_there, said.filtered, said.failed, said.served, said.not_served,
        (SELECT group_concat(code, ' ') FROM (
          SELECT DISTINCT code FROM publication_fault_row AS fault
          WHERE fault.run = run.seq ORDER BY code)) AS faults,
        publication.memory_peak, publication.oom_kills
      FROM publication
      JOIN run ON run.seq = publication.run
      LEFT JOIN occasion ON occasion.run = run.seq
      LEFT JOIN (
        SELECT row.run, count(*) AS paths, sum(row.published = 'pushed') AS pushed,
          sum(row.published = 'already-there') AS already_there, sum(row.published = 'filtered') AS filtered,
          sum(row.published = 'failed') AS failed, sum(row.served IS 1) AS served,
          sum(row.served IS 0) AS not_served
        FROM published_path_row AS row GROUP BY row.run) AS said ON said.run = run.seq;

    CREATE VIEW audit_published_path AS
      SELECT run.seq AS run, run.id, run.started, said.path, substr(said.path, 45) AS name, said.role,
        said.outcome, said.published, said.served, said.nar_size, publication.cache, publication.read_side,
        run.host, run.pod
      FROM published_path AS said
      JOIN run ON run.seq = said.run
      JOIN publication ON publication.run = run.seq;

    """ + guards(of: publicationTables)

  /// The tables of publications alone.
  static let publicationTables = [
    "published_target_row", "published_output_row", "published_path_row", "publication_fault_row",
    "publication_row",
  ]
}
