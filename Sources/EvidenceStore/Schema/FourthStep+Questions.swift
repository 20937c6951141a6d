extension Schema {
  /// What operators ask: which source a run was about, how long copying took, and what each cache came to.
  ///
  /// `occasion_row`, `transfer_row` and `realization.milliseconds` are testimony. `mark` and `tally` say nothing
  /// that is not said elsewhere (``Indexing``). The views that begin with `audit_` are for other programs, and
  /// keep their columns (evidence/README.md).
  static let questionsOfFourth = """
    CREATE TABLE occasion_row (
      -- The source that a run was about, as CI said. A run without a row was not made by CI.
      run        INTEGER PRIMARY KEY REFERENCES run (seq),
      repository INTEGER REFERENCES text (id),
      ref        INTEGER REFERENCES text (id),
      branch     INTEGER REFERENCES text (id),
      revision   INTEGER REFERENCES text (id),
      pipeline   INTEGER REFERENCES text (id),
      page       INTEGER REFERENCES text (id)
    ) STRICT;

    CREATE TABLE transfer_row (
      -- For how long at least one copy from a cache was under way.
      run          INTEGER NOT NULL REFERENCES run (seq),
      cache        INTEGER NOT NULL REFERENCES text (id),
      milliseconds INTEGER NOT NULL,
      PRIMARY KEY (run, cache)
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE realization ADD COLUMN milliseconds INTEGER /* from Nix's start to its end */;

    CREATE INDEX run_host ON run (host, at);
    CREATE INDEX run_pod ON run (pod, at) WHERE pod IS NOT NULL;

    ALTER TABLE mark RENAME TO old_mark;
    CREATE TABLE mark (
      -- By what runs are found, the latest first: 'target' (an installable, or its attribute alone), 'warm' (a
      -- target that was), 'verdict', 'from' (a cache that something came from), 'reason' (a code), and 'ref' (a
      -- ref, branch or revision).
      kind TEXT NOT NULL CHECK (kind IN ('target', 'warm', 'verdict', 'from', 'reason', 'ref')),
      word INTEGER NOT NULL REFERENCES text (id),
      at   INTEGER NOT NULL,
      run  INTEGER NOT NULL REFERENCES run (seq),
      PRIMARY KEY (kind, word, at, run)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO mark SELECT kind, word, at, run FROM old_mark;
    DROP TABLE old_mark;
    INSERT OR IGNORE INTO text (value) SELECT DISTINCT code FROM reason_row;
    INSERT OR IGNORE INTO mark
      SELECT DISTINCT 'reason', text.id, run.at, run.seq
      FROM reason_row AS row JOIN run ON run.seq = row.run JOIN text ON text.value = row.code;

    CREATE TABLE tally (
      -- What a concluded run says of one cache, in numbers: what came from it, what it answered, how it failed.
      cache        INTEGER NOT NULL REFERENCES text (id),
      at           INTEGER NOT NULL,
      run          INTEGER NOT NULL REFERENCES run (seq),
      paths        INTEGER NOT NULL, -- that were copied from it
      bytes        INTEGER NOT NULL, -- of those, unpacked
      download     INTEGER NOT NULL, -- of those, as the cache's narinfos state their compressed size
      milliseconds INTEGER,          -- in which at least one copy from it was under way
      asked        INTEGER NOT NULL, -- paths that it was asked for before
      offered      INTEGER NOT NULL, -- of those
      unreachable  INTEGER NOT NULL, -- questions that nobody answered; the cache's own state is one
      failed       INTEGER NOT NULL, -- answers that were errors, likewise
      refused      INTEGER NOT NULL, -- answers that were 401 or 403
      invalid      INTEGER NOT NULL, -- narinfos that are none
      untrusted    INTEGER NOT NULL, -- narinfos that no trusted key signed
      missing      INTEGER NOT NULL, -- archives that were promised and not there
      corrupt      INTEGER NOT NULL, -- archives that were not what was promised
      PRIMARY KEY (cache, at, run)
    ) STRICT, WITHOUT ROWID;
    \(tallyingOfFourth);

    CREATE VIEW occasion AS
      SELECT row.run, repository.value AS repository, ref.value AS ref, branch.value AS branch,
        revision.value AS revision, pipeline.value AS pipeline, page.value AS page
      FROM occasion_row AS row
      LEFT JOIN text AS repository ON repository.id = row.repository
      LEFT JOIN text AS ref ON ref.id = row.ref
      LEFT JOIN text AS branch ON branch.id = row.branch
      LEFT JOIN text AS revision ON revision.id = row.revision
      LEFT JOIN text AS pipeline ON pipeline.id = row.pipeline
      LEFT JOIN text AS page ON page.id = row.page;

    CREATE VIEW transfer AS
      SELECT row.run, cache.value AS cache, row.milliseconds
      FROM transfer_row AS row JOIN text AS cache ON cache.id = row.cache;

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
      LEFT JOIN realization ON realization.run = run.seq;

    CREATE VIEW audit_target AS
      SELECT run.seq AS run, run.id, run.started, verdict.position, verdict.installable, verdict.verdict,
        verdict.derivation,
        (SELECT group_concat(origin, ' ') FROM (
          SELECT DISTINCT origin FROM outcome
          WHERE outcome.run = run.seq AND outcome.target = verdict.position AND origin IS NOT NULL
          ORDER BY origin)) AS origins,
        (SELECT sum(nar_size) FROM outcome
          WHERE outcome.run = run.seq AND outcome.target = verdict.position) AS bytes,
        (SELECT group_concat(code, ' ') FROM (
          SELECT DISTINCT code FROM reason_row AS reason
          WHERE reason.run = run.seq AND reason.target = verdict.position ORDER BY code)) AS reasons
      FROM verdict JOIN run ON run.seq = verdict.run;

    CREATE VIEW audit_path AS
      SELECT run.seq AS run, run.id, run.started, said.path, substr(said.path, 45) AS name, said.outcome,
        said.origin
      FROM path_outcome AS said JOIN run ON run.seq = said.run;

    CREATE VIEW audit_cache AS
      SELECT run.seq AS run, run.id, run.started, cache.value AS cache, tally.paths, tally.bytes,
        tally.download, tally.milliseconds, tally.asked, tally.offered, tally.unreachable, tally.failed,
        tally.refused, tally.invalid, tally.untrusted, tally.missing, tally.corrupt
      FROM tally JOIN run ON run.seq = tally.run JOIN text AS cache ON cache.id = tally.cache;

    """

  /// Tallies what is there already. ``Indexing`` has a statement of its own, which may change.
  private static let tallyingOfFourth = """
    INSERT INTO tally
      WITH
        copied (run, path, cache) AS (
          SELECT row.run, row.path, fate.origin
          FROM path_outcome_row AS row CROSS JOIN fate ON fate.id = row.fate WHERE fate.outcome = 'substituted'
          UNION SELECT row.run, row.path, fate.origin
          FROM outcome_row AS row CROSS JOIN fate ON fate.id = row.fate WHERE fate.outcome = 'substituted'),
        faulty (run, cache, path, code) AS (
          SELECT row.run, row.cache, row.path, 'nar-missing'
          FROM offer_row AS row CROSS JOIN answer ON answer.id = row.answer WHERE answer.nar = 'missing'
          UNION SELECT row.run, cache.id, row.path, row.code
          FROM reason_row AS row CROSS JOIN text AS fact ON fact.id = row.fact
          CROSS JOIN text AS cache ON cache.value = coalesce(
            json_extract(fact.value, '$.narMissing.cache'), json_extract(fact.value, '$.narCorrupt.cache'))
          WHERE row.code IN ('nar-missing', 'nar-corrupt')),
        said (run, cache, paths, bytes, download, milliseconds, asked, offered, unreachable, failed, refused,
          invalid, untrusted, missing, corrupt) AS (
          SELECT run, cache, 1,
            coalesce(
              (SELECT nar_size FROM registration_row AS row CROSS JOIN metadata ON metadata.id = row.metadata
                WHERE row.run = copied.run AND row.path = copied.path),
              (SELECT nar_size FROM offer_row AS row CROSS JOIN answer ON answer.id = row.answer
                CROSS JOIN narinfo ON narinfo.id = answer.narinfo
                CROSS JOIN metadata ON metadata.id = narinfo.metadata
                WHERE row.run = copied.run AND row.path = copied.path AND row.cache = copied.cache), 0),
            coalesce(
              (SELECT file_size FROM offer_row AS row CROSS JOIN answer ON answer.id = row.answer
                CROSS JOIN narinfo ON narinfo.id = answer.narinfo
                WHERE row.run = copied.run AND row.path = copied.path AND row.cache = copied.cache), 0),
            NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0
          FROM copied
          UNION ALL
          SELECT row.run, row.cache, 0, 0, 0, NULL, 1, answer.answer = 'offered',
            answer.answer = 'failed' AND answer.status IS NULL,
            answer.answer = 'failed' AND answer.status IS NOT NULL OR answer.nar IS 'failed',
            answer.answer = 'refused' OR answer.nar IS 'refused', answer.answer = 'invalid',
            answer.answer = 'untrusted', 0, 0
          FROM offer_row AS row CROSS JOIN answer ON answer.id = row.answer
          UNION ALL
          SELECT run, url, 0, 0, 0, NULL, 0, 0, state = 'unreachable', state IN ('failing', 'unusable'),
            0, 0, 0, 0, 0
          FROM cache_row
          UNION ALL
          SELECT run, cache, 0, 0, 0, NULL, 0, 0, 0, 0, 0, 0, 0, code = 'nar-missing', code = 'nar-corrupt'
          FROM faulty
          UNION ALL
          SELECT run, cache, 0, 0, 0, milliseconds, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM transfer_row)
      SELECT said.cache, run.at, said.run, sum(said.paths),
        CAST(min(total(said.bytes), 9e15) AS INTEGER), CAST(min(total(said.download), 9e15) AS INTEGER),
        sum(said.milliseconds), sum(said.asked), sum(said.offered), sum(said.unreachable), sum(said.failed),
        sum(said.refused), sum(said.invalid), sum(said.untrusted), sum(said.missing), sum(said.corrupt)
      FROM said CROSS JOIN conclusion ON conclusion.run = said.run CROSS JOIN run ON run.seq = said.run
      GROUP BY said.cache, run.at, said.run
    """
}
