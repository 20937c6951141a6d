extension Schema {
  /// Moves what the first two steps recorded into the tables of the third.
  static let movingToThird = """
    CREATE VIEW old_named AS
      SELECT run, position, installable, spec,
        CASE WHEN coalesce(json_extract(spec, '$.flake.attribute'), json_extract(spec, '$.file.attribute')) <> ''
        THEN substr(installable, length(
          coalesce(json_extract(spec, '$.flake.reference'), json_extract(spec, '$.file._0'))) + 2)
        END AS attribute
      FROM old_requested;

    INSERT INTO text (value)
      SELECT installable FROM old_requested UNION SELECT spec FROM old_requested
      UNION SELECT attribute FROM old_named WHERE attribute IS NOT NULL
      UNION SELECT url FROM old_substituter UNION SELECT key FROM old_trusted_key
      UNION SELECT name FROM old_setting UNION SELECT place FROM old_setting
      UNION SELECT kind FROM old_means_of_writing UNION SELECT place FROM old_means_of_writing
      UNION SELECT detail FROM old_means_of_writing
      UNION SELECT installable FROM old_target
      UNION SELECT derivation FROM old_target WHERE derivation IS NOT NULL
      UNION SELECT system FROM old_target WHERE system IS NOT NULL
      UNION SELECT error FROM old_target WHERE error IS NOT NULL
      UNION SELECT spec FROM old_target WHERE spec IS NOT NULL
      UNION SELECT name FROM old_output UNION SELECT path FROM old_output
      UNION SELECT path FROM old_presence
      UNION SELECT url FROM old_cache UNION SELECT cause FROM old_cache WHERE cause IS NOT NULL
      UNION SELECT path FROM old_offer UNION SELECT cache FROM old_offer
      UNION SELECT cause FROM old_offer WHERE cause IS NOT NULL
      UNION SELECT signed_by FROM old_offer WHERE signed_by IS NOT NULL
      UNION SELECT path FROM old_unanswered
      UNION SELECT path FROM old_log_event WHERE path IS NOT NULL
      UNION SELECT derivation FROM old_log_event WHERE derivation IS NOT NULL
      UNION SELECT source FROM old_log_event WHERE source IS NOT NULL
      UNION SELECT machine FROM old_log_event WHERE machine IS NOT NULL
      UNION SELECT text FROM old_log_event WHERE text IS NOT NULL
      UNION SELECT subject FROM old_log_event WHERE subject IS NOT NULL
      UNION SELECT path FROM old_registration
      UNION SELECT installable FROM old_verdict UNION SELECT spec FROM old_verdict
      UNION SELECT derivation FROM old_verdict WHERE derivation IS NOT NULL
      UNION SELECT name FROM old_outcome UNION SELECT path FROM old_outcome
      UNION SELECT origin FROM old_outcome WHERE origin IS NOT NULL
      UNION SELECT signed_by FROM old_outcome
      UNION SELECT path FROM old_reason WHERE path IS NOT NULL UNION SELECT fact FROM old_reason;

    INSERT INTO metadata (path, nar_hash, nar_size, refs, signatures, content_address)
      SELECT path.id, nar_hash, nar_size, refs, signatures, content_address
      FROM (
        SELECT path, nar_hash, nar_size, refs, signatures, content_address FROM old_offer
        WHERE url IS NOT NULL
        UNION SELECT path, nar_hash, nar_size, refs, signatures, content_address FROM old_registration
      ) AS old JOIN text AS path ON path.value = old.path;

    CREATE VIEW old_answer AS
      SELECT old.rowid AS row, old.run, path.id AS path, cache.id AS cache, metadata.id AS metadata,
        old.answer, old.status, cause.id AS cause, old.flaw, signed_by.id AS signed_by, old.nar, old.nar_bytes,
        old.url, old.compression, old.file_size, old.deriver
      FROM old_offer AS old
      CROSS JOIN text AS path ON path.value = old.path
      CROSS JOIN text AS cache ON cache.value = old.cache
      LEFT JOIN text AS cause ON cause.value = old.cause
      LEFT JOIN text AS signed_by ON signed_by.value = old.signed_by
      LEFT JOIN metadata ON old.url IS NOT NULL AND metadata.path = path.id
        AND metadata.nar_hash IS old.nar_hash AND metadata.nar_size IS old.nar_size
        AND metadata.refs IS old.refs AND metadata.signatures IS old.signatures
        AND metadata.content_address IS old.content_address;

    INSERT INTO narinfo (metadata, url, compression, file_size, deriver)
      SELECT DISTINCT metadata, url, compression, file_size, deriver FROM old_answer
      WHERE metadata IS NOT NULL;

    CREATE VIEW old_narinfo AS
      SELECT old.*, narinfo.id AS narinfo FROM old_answer AS old
      LEFT JOIN narinfo ON narinfo.metadata = old.metadata AND narinfo.url IS old.url
        AND narinfo.compression IS old.compression AND narinfo.file_size IS old.file_size
        AND narinfo.deriver IS old.deriver;

    INSERT INTO answer (narinfo, answer, status, cause, flaw, signed_by, nar, nar_bytes)
      SELECT DISTINCT narinfo, answer, status, cause, flaw, signed_by, nar, nar_bytes FROM old_narinfo;

    INSERT INTO offer_row (run, path, cache, position, answer)
      SELECT old.run, old.path, old.cache,
        row_number() OVER (PARTITION BY old.run, old.path ORDER BY old.row) - 1, answer.id
      FROM old_narinfo AS old
      CROSS JOIN answer ON answer.narinfo IS old.narinfo AND answer.answer = old.answer
        AND answer.cause IS old.cause AND answer.status IS old.status AND answer.flaw IS old.flaw
        AND answer.signed_by IS old.signed_by AND answer.nar IS old.nar AND answer.nar_bytes IS old.nar_bytes
      ORDER BY old.run, old.path, old.cache;

    INSERT INTO event (kind, path, derivation, source, machine, text, subject)
      SELECT DISTINCT old.kind, path.id, derivation.id, source.id, machine.id, words.id, subject.id
      FROM old_log_event AS old
      LEFT JOIN text AS path ON path.value = old.path
      LEFT JOIN text AS derivation ON derivation.value = old.derivation
      LEFT JOIN text AS source ON source.value = old.source
      LEFT JOIN text AS machine ON machine.value = old.machine
      LEFT JOIN text AS words ON words.value = old.text
      LEFT JOIN text AS subject ON subject.value = old.subject;

    INSERT INTO log_event_row (run, position, line, event)
      SELECT old.run, old.position, old.line, event.id
      FROM old_log_event AS old
      LEFT JOIN text AS path ON path.value = old.path
      LEFT JOIN text AS derivation ON derivation.value = old.derivation
      LEFT JOIN text AS source ON source.value = old.source
      LEFT JOIN text AS machine ON machine.value = old.machine
      LEFT JOIN text AS words ON words.value = old.text
      LEFT JOIN text AS subject ON subject.value = old.subject
      CROSS JOIN event ON event.path IS path.id AND event.derivation IS derivation.id
        AND event.text IS words.id AND event.kind = old.kind AND event.source IS source.id
        AND event.machine IS machine.id AND event.subject IS subject.id
      ORDER BY old.run, old.position;

    INSERT INTO fate (outcome, origin)
      SELECT DISTINCT old.outcome, origin.id FROM old_outcome AS old
      LEFT JOIN text AS origin ON origin.value = old.origin;

    INSERT INTO requested_row (run, position, installable, attribute, spec)
      SELECT old.run, old.position, installable.id, attribute.id, spec.id
      FROM old_named AS old
      CROSS JOIN text AS installable ON installable.value = old.installable
      CROSS JOIN text AS spec ON spec.value = old.spec
      LEFT JOIN text AS attribute ON attribute.value = old.attribute;

    INSERT INTO substituter_row
      SELECT old.run, old.position, url.id FROM old_substituter AS old
      CROSS JOIN text AS url ON url.value = old.url;

    INSERT INTO trusted_key_row
      SELECT old.run, old.position, key.id FROM old_trusted_key AS old
      CROSS JOIN text AS key ON key.value = old.key;

    INSERT INTO setting_row
      SELECT old.run, name.id, place.id FROM old_setting AS old
      CROSS JOIN text AS name ON name.value = old.name
      CROSS JOIN text AS place ON place.value = old.place;

    INSERT INTO means_of_writing_row
      SELECT old.run, old.position, kind.id, place.id, old.writes, detail.id
      FROM old_means_of_writing AS old
      CROSS JOIN text AS kind ON kind.value = old.kind
      CROSS JOIN text AS place ON place.value = old.place
      CROSS JOIN text AS detail ON detail.value = old.detail;

    INSERT INTO target_row (run, position, installable, derivation, system, error, spec)
      SELECT old.run, old.position, installable.id, derivation.id, system.id, error.id, spec.id
      FROM old_target AS old
      CROSS JOIN text AS installable ON installable.value = old.installable
      LEFT JOIN text AS derivation ON derivation.value = old.derivation
      LEFT JOIN text AS system ON system.value = old.system
      LEFT JOIN text AS error ON error.value = old.error
      LEFT JOIN text AS spec ON spec.value = old.spec;

    INSERT INTO output_row (run, target, position, name, path)
      SELECT old.run, old.target, row_number() OVER (PARTITION BY old.run, old.target ORDER BY old.rowid) - 1,
        name.id, path.id
      FROM old_output AS old
      CROSS JOIN text AS name ON name.value = old.name
      CROSS JOIN text AS path ON path.value = old.path;

    INSERT INTO presence_row (run, path, valid, on_disk)
      SELECT old.run, path.id, old.valid, old.on_disk FROM old_presence AS old
      CROSS JOIN text AS path ON path.value = old.path;

    INSERT INTO cache_row (run, position, url, state, priority, status, cause)
      SELECT old.run, old.position, url.id, old.state, old.priority, old.status, cause.id
      FROM old_cache AS old
      CROSS JOIN text AS url ON url.value = old.url
      LEFT JOIN text AS cause ON cause.value = old.cause;

    INSERT INTO unanswered_row
      SELECT old.run, path.id FROM old_unanswered AS old CROSS JOIN text AS path ON path.value = old.path;

    INSERT INTO registration_row (run, path, metadata, ultimate)
      SELECT old.run, path.id, metadata.id, old.ultimate
      FROM old_registration AS old
      CROSS JOIN text AS path ON path.value = old.path
      CROSS JOIN metadata ON metadata.path = path.id AND metadata.nar_hash = old.nar_hash
        AND metadata.nar_size = old.nar_size AND metadata.refs = old.refs
        AND metadata.signatures = old.signatures AND metadata.content_address IS old.content_address;

    INSERT INTO verdict_row (run, position, installable, spec, derivation, verdict)
      SELECT old.run, old.position, installable.id, spec.id, derivation.id, old.verdict
      FROM old_verdict AS old
      CROSS JOIN text AS installable ON installable.value = old.installable
      CROSS JOIN text AS spec ON spec.value = old.spec
      LEFT JOIN text AS derivation ON derivation.value = old.derivation;

    INSERT INTO outcome_row (run, target, position, name, path, fate, nar_size, signed_by)
      SELECT old.run, old.target, old.position, name.id, path.id, fate.id, old.nar_size, signed_by.id
      FROM old_outcome AS old
      CROSS JOIN text AS name ON name.value = old.name
      CROSS JOIN text AS path ON path.value = old.path
      CROSS JOIN text AS signed_by ON signed_by.value = old.signed_by
      LEFT JOIN text AS origin ON origin.value = old.origin
      CROSS JOIN fate ON fate.origin IS origin.id AND fate.outcome = old.outcome;

    INSERT INTO reason_row (run, target, position, code, bearing, path, fact)
      SELECT old.run, old.target, old.position, old.code, old.bearing, path.id, fact.id
      FROM old_reason AS old
      CROSS JOIN text AS fact ON fact.value = old.fact
      LEFT JOIN text AS path ON path.value = old.path;

    INSERT OR IGNORE INTO sighting SELECT path, at, run FROM presence_row JOIN run ON seq = run;
    INSERT OR IGNORE INTO sighting SELECT path, at, run FROM offer_row JOIN run ON seq = run;
    INSERT OR IGNORE INTO sighting SELECT path, at, run FROM outcome_row JOIN run ON seq = run;
    INSERT OR IGNORE INTO mark
      SELECT 'target', row.installable, run.at, run.seq FROM requested_row AS row JOIN run ON run.seq = row.run;
    INSERT OR IGNORE INTO mark
      SELECT 'target', row.attribute, run.at, run.seq FROM requested_row AS row JOIN run ON run.seq = row.run
      WHERE row.attribute IS NOT NULL;
    INSERT OR IGNORE INTO mark
      SELECT 'warm', row.installable, run.at, run.seq FROM verdict_row AS row JOIN run ON run.seq = row.run
      WHERE row.verdict = 'warm';
    INSERT OR IGNORE INTO mark
      SELECT 'from', fate.origin, run.at, run.seq
      FROM outcome_row AS row JOIN fate ON fate.id = row.fate JOIN run ON run.seq = row.run
      WHERE fate.outcome = 'substituted';
    INSERT OR IGNORE INTO text (value) SELECT verdict FROM conclusion;
    INSERT OR IGNORE INTO mark
      SELECT 'verdict', text.id, run.at, run.seq
      FROM conclusion JOIN run ON run.seq = conclusion.run JOIN text ON text.value = conclusion.verdict;

    DROP VIEW old_named;
    DROP VIEW old_narinfo;
    DROP VIEW old_answer;
    DROP TABLE old_requested;
    DROP TABLE old_substituter;
    DROP TABLE old_trusted_key;
    DROP TABLE old_setting;
    DROP TABLE old_means_of_writing;
    DROP TABLE old_output;
    DROP TABLE old_target;
    DROP TABLE old_presence;
    DROP TABLE old_cache;
    DROP TABLE old_offer;
    DROP TABLE old_unanswered;
    DROP TABLE old_log_event;
    DROP TABLE old_registration;
    DROP TABLE old_outcome;
    DROP TABLE old_reason;
    DROP TABLE old_verdict;

    """
}
