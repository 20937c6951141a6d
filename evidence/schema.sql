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
, at INTEGER NOT NULL DEFAULT 0 /* when it started, in milliseconds since 1970 */, purpose TEXT CHECK (purpose IS NULL OR purpose = 'publication') /* NULL: a proof */, fresh INTEGER CHECK (fresh IS NULL OR fresh = 1) /* 1: the policy wants a fresh store */) STRICT;

CREATE TABLE environment (
  run         INTEGER PRIMARY KEY REFERENCES run (seq),
  nix         TEXT NOT NULL,
  system      TEXT NOT NULL,
  store       TEXT NOT NULL,
  substitutes INTEGER NOT NULL CHECK (substitutes IN (0, 1))
, sandbox TEXT
  CHECK (sandbox IS NULL OR sandbox IN ('works', 'missing')), sandbox_cause TEXT, nix_sandbox TEXT
  CHECK (nix_sandbox IS NULL OR nix_sandbox IN ('true', 'false', 'relaxed')), always_substitutes INTEGER
  CHECK (always_substitutes IS NULL OR always_substitutes = 1) /* NULL: it is not set */) STRICT;

CREATE TABLE realization (
  run    INTEGER PRIMARY KEY REFERENCES run (seq),
  ending TEXT NOT NULL
    CHECK (ending IN ('not-started', 'exited', 'signalled', 'stopped', 'timed-out', 'interrupted')),
  code   INTEGER,
  at     TEXT,
  lines  INTEGER NOT NULL,
  bytes  INTEGER NOT NULL,
  unreadable INTEGER NOT NULL
, evaluation_lines INTEGER NOT NULL DEFAULT 0, milliseconds INTEGER /* from Nix's start to its end */, cause TEXT, dropped INTEGER /* NULL: none */) STRICT;

CREATE TABLE silence (
  run     INTEGER NOT NULL REFERENCES run (seq),
  witness TEXT NOT NULL CHECK (witness IN ('store before', 'store after')),
  cause   TEXT NOT NULL,
  PRIMARY KEY (run, witness)
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
, added_by_evaluation INTEGER /* NULL: none */) STRICT;

CREATE TABLE derivation (
  path               TEXT PRIMARY KEY,
  system             TEXT NOT NULL,
  allows_substitutes INTEGER NOT NULL CHECK (allows_substitutes IN (0, 1)),
  outputs            TEXT NOT NULL CHECK (json_valid(outputs)),
  inputs             TEXT NOT NULL CHECK (json_valid(inputs)),
  sources            TEXT NOT NULL,
  traits             TEXT NOT NULL CHECK (json_valid(traits))
, link INTEGER) STRICT, WITHOUT ROWID;

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
    ('substituted', 'built-locally', 'built-remotely', 'present-before', 'added-by-evaluation', 'not-realized', 'failed')),
  origin  INTEGER REFERENCES text (id)
) STRICT;

CREATE INDEX fate_origin ON fate (origin, outcome);

CREATE INDEX run_at ON run (at);

CREATE TABLE sighting (
  -- Which runs say something of a path, the latest first.
  path INTEGER NOT NULL REFERENCES text (id),
  at   INTEGER NOT NULL,
  run  INTEGER NOT NULL REFERENCES run (seq),
  PRIMARY KEY (path, at, run)
) STRICT, WITHOUT ROWID;

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

CREATE VIEW requested AS
  SELECT row.run, row.position, installable.value AS installable, spec.value AS spec
  FROM requested_row AS row
  JOIN text AS installable ON installable.id = row.installable
  JOIN text AS spec ON spec.id = row.spec;

CREATE VIEW substituter AS
  SELECT row.run, row.position, url.value AS url
  FROM substituter_row AS row JOIN text AS url ON url.id = row.url;

CREATE VIEW trusted_key AS
  SELECT row.run, row.position, key.value AS key
  FROM trusted_key_row AS row JOIN text AS key ON key.id = row.key;

CREATE VIEW setting AS
  SELECT row.run, name.value AS name, place.value AS place
  FROM setting_row AS row
  JOIN text AS name ON name.id = row.name
  JOIN text AS place ON place.id = row.place;

CREATE VIEW means_of_writing AS
  SELECT row.run, row.position, kind.value AS kind, place.value AS place, row.writes,
    detail.value AS detail
  FROM means_of_writing_row AS row
  JOIN text AS kind ON kind.id = row.kind
  JOIN text AS place ON place.id = row.place
  JOIN text AS detail ON detail.id = row.detail;

CREATE VIEW target AS
  SELECT row.run, row.position, installable.value AS installable, derivation.value AS derivation,
    system.value AS system, error.value AS error, spec.value AS spec
  FROM target_row AS row
  JOIN text AS installable ON installable.id = row.installable
  LEFT JOIN text AS derivation ON derivation.id = row.derivation
  LEFT JOIN text AS system ON system.id = row.system
  LEFT JOIN text AS error ON error.id = row.error
  LEFT JOIN text AS spec ON spec.id = row.spec;

CREATE VIEW output AS
  SELECT row.run, row.target, row.position, name.value AS name, path.value AS path
  FROM output_row AS row
  JOIN text AS name ON name.id = row.name
  JOIN text AS path ON path.id = row.path;

CREATE VIEW presence AS
  SELECT row.run, path.value AS path, row.valid, row.on_disk
  FROM presence_row AS row JOIN text AS path ON path.id = row.path;

CREATE VIEW cache AS
  SELECT row.run, row.position, url.value AS url, row.state, row.priority, row.status, cause.value AS cause
  FROM cache_row AS row
  JOIN text AS url ON url.id = row.url
  LEFT JOIN text AS cause ON cause.id = row.cause;

CREATE VIEW offer AS
  SELECT row.run, path.value AS path, cache.value AS cache, row.position, answer.answer, answer.status,
    cause.value AS cause, metadata.nar_hash, metadata.nar_size, narinfo.file_size, narinfo.url,
    narinfo.compression, metadata.refs, narinfo.deriver, metadata.signatures, metadata.content_address,
    signed_by.value AS signed_by, answer.nar, answer.flaw, answer.nar_bytes
  FROM offer_row AS row
  JOIN text AS path ON path.id = row.path
  JOIN text AS cache ON cache.id = row.cache
  JOIN answer ON answer.id = row.answer
  LEFT JOIN text AS cause ON cause.id = answer.cause
  LEFT JOIN text AS signed_by ON signed_by.id = answer.signed_by
  LEFT JOIN narinfo ON narinfo.id = answer.narinfo
  LEFT JOIN metadata ON metadata.id = narinfo.metadata;

CREATE VIEW unanswered AS
  SELECT row.run, path.value AS path
  FROM unanswered_row AS row JOIN text AS path ON path.id = row.path;

CREATE VIEW log_event AS
  SELECT row.run, row.position, row.line, event.kind, path.value AS path, derivation.value AS derivation,
    source.value AS source, machine.value AS machine, words.value AS text, subject.value AS subject
  FROM log_event_row AS row
  JOIN event ON event.id = row.event
  LEFT JOIN text AS path ON path.id = event.path
  LEFT JOIN text AS derivation ON derivation.id = event.derivation
  LEFT JOIN text AS source ON source.id = event.source
  LEFT JOIN text AS machine ON machine.id = event.machine
  LEFT JOIN text AS words ON words.id = event.text
  LEFT JOIN text AS subject ON subject.id = event.subject;

CREATE VIEW registration AS
  SELECT row.run, path.value AS path, metadata.nar_hash, metadata.nar_size, row.ultimate,
    metadata.signatures, metadata.content_address, metadata.refs
  FROM registration_row AS row
  JOIN text AS path ON path.id = row.path
  JOIN metadata ON metadata.id = row.metadata;

CREATE VIEW path_outcome AS
  SELECT row.run, path.value AS path, fate.outcome, origin.value AS origin
  FROM path_outcome_row AS row
  JOIN text AS path ON path.id = row.path
  JOIN fate ON fate.id = row.fate
  LEFT JOIN text AS origin ON origin.id = fate.origin;

CREATE VIEW verdict AS
  SELECT row.run, row.position, installable.value AS installable, spec.value AS spec,
    derivation.value AS derivation, row.verdict
  FROM verdict_row AS row
  JOIN text AS installable ON installable.id = row.installable
  JOIN text AS spec ON spec.id = row.spec
  LEFT JOIN text AS derivation ON derivation.id = row.derivation;

CREATE VIEW outcome AS
  SELECT row.run, row.target, row.position, name.value AS name, path.value AS path, fate.outcome,
    origin.value AS origin, row.nar_size, signed_by.value AS signed_by
  FROM outcome_row AS row
  JOIN text AS name ON name.id = row.name
  JOIN text AS path ON path.id = row.path
  JOIN fate ON fate.id = row.fate
  JOIN text AS signed_by ON signed_by.id = row.signed_by
  LEFT JOIN text AS origin ON origin.id = fate.origin;

CREATE VIEW reason AS
  SELECT row.run, row.target, row.position, row.code, row.bearing, path.value AS path, fact.value AS fact
  FROM reason_row AS row
  LEFT JOIN text AS path ON path.id = row.path
  JOIN text AS fact ON fact.id = row.fact;

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

CREATE INDEX run_host ON run (host, at);

CREATE INDEX run_pod ON run (pod, at) WHERE pod IS NOT NULL;

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

CREATE TRIGGER run_is_never_changed BEFORE UPDATE ON run
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER run_is_never_removed BEFORE DELETE ON run
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER environment_is_never_changed BEFORE UPDATE ON environment
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER environment_is_never_removed BEFORE DELETE ON environment
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER realization_is_never_changed BEFORE UPDATE ON realization
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER realization_is_never_removed BEFORE DELETE ON realization
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER silence_is_never_changed BEFORE UPDATE ON silence
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER silence_is_never_removed BEFORE DELETE ON silence
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER conclusion_is_never_changed BEFORE UPDATE ON conclusion
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER conclusion_is_never_removed BEFORE DELETE ON conclusion
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER derivation_is_never_changed BEFORE UPDATE ON derivation
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER derivation_is_never_removed BEFORE DELETE ON derivation
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER text_is_never_changed BEFORE UPDATE ON text
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER text_is_never_removed BEFORE DELETE ON text
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER metadata_is_never_changed BEFORE UPDATE ON metadata
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER metadata_is_never_removed BEFORE DELETE ON metadata
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER narinfo_is_never_changed BEFORE UPDATE ON narinfo
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER narinfo_is_never_removed BEFORE DELETE ON narinfo
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER answer_is_never_changed BEFORE UPDATE ON answer
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER answer_is_never_removed BEFORE DELETE ON answer
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER event_is_never_removed BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER fate_is_never_changed BEFORE UPDATE ON fate
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER fate_is_never_removed BEFORE DELETE ON fate
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER requested_row_is_never_changed BEFORE UPDATE ON requested_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER requested_row_is_never_removed BEFORE DELETE ON requested_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER substituter_row_is_never_changed BEFORE UPDATE ON substituter_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER substituter_row_is_never_removed BEFORE DELETE ON substituter_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER trusted_key_row_is_never_changed BEFORE UPDATE ON trusted_key_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER trusted_key_row_is_never_removed BEFORE DELETE ON trusted_key_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER setting_row_is_never_changed BEFORE UPDATE ON setting_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER setting_row_is_never_removed BEFORE DELETE ON setting_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER means_of_writing_row_is_never_changed BEFORE UPDATE ON means_of_writing_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER means_of_writing_row_is_never_removed BEFORE DELETE ON means_of_writing_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER target_row_is_never_changed BEFORE UPDATE ON target_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER target_row_is_never_removed BEFORE DELETE ON target_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER output_row_is_never_changed BEFORE UPDATE ON output_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER output_row_is_never_removed BEFORE DELETE ON output_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER presence_row_is_never_changed BEFORE UPDATE ON presence_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER presence_row_is_never_removed BEFORE DELETE ON presence_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER cache_row_is_never_changed BEFORE UPDATE ON cache_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER cache_row_is_never_removed BEFORE DELETE ON cache_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER offer_row_is_never_changed BEFORE UPDATE ON offer_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER offer_row_is_never_removed BEFORE DELETE ON offer_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER unanswered_row_is_never_changed BEFORE UPDATE ON unanswered_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER unanswered_row_is_never_removed BEFORE DELETE ON unanswered_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER log_event_row_is_never_changed BEFORE UPDATE ON log_event_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER log_event_row_is_never_removed BEFORE DELETE ON log_event_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER registration_row_is_never_changed BEFORE UPDATE ON registration_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER registration_row_is_never_removed BEFORE DELETE ON registration_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER path_outcome_row_is_never_changed BEFORE UPDATE ON path_outcome_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER path_outcome_row_is_never_removed BEFORE DELETE ON path_outcome_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER verdict_row_is_never_changed BEFORE UPDATE ON verdict_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER verdict_row_is_never_removed BEFORE DELETE ON verdict_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER outcome_row_is_never_changed BEFORE UPDATE ON outcome_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER outcome_row_is_never_removed BEFORE DELETE ON outcome_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER reason_row_is_never_changed BEFORE UPDATE ON reason_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER reason_row_is_never_removed BEFORE DELETE ON reason_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER occasion_row_is_never_changed BEFORE UPDATE ON occasion_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER occasion_row_is_never_removed BEFORE DELETE ON occasion_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER transfer_row_is_never_changed BEFORE UPDATE ON transfer_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER transfer_row_is_never_removed BEFORE DELETE ON transfer_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER link_is_never_changed BEFORE UPDATE ON link
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER link_is_never_removed BEFORE DELETE ON link
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER mark_is_never_changed BEFORE UPDATE ON mark
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER mark_is_never_removed BEFORE DELETE ON mark
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER sighting_is_never_changed BEFORE UPDATE ON sighting
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER sighting_is_never_removed BEFORE DELETE ON sighting
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER tally_is_never_changed BEFORE UPDATE ON tally
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER tally_is_never_removed BEFORE DELETE ON tally
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

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

CREATE TRIGGER published_target_row_is_never_changed BEFORE UPDATE ON published_target_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER published_target_row_is_never_removed BEFORE DELETE ON published_target_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER published_output_row_is_never_changed BEFORE UPDATE ON published_output_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER published_output_row_is_never_removed BEFORE DELETE ON published_output_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER published_path_row_is_never_changed BEFORE UPDATE ON published_path_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER published_path_row_is_never_removed BEFORE DELETE ON published_path_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER publication_fault_row_is_never_changed BEFORE UPDATE ON publication_fault_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER publication_fault_row_is_never_removed BEFORE DELETE ON publication_fault_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER publication_row_is_never_changed BEFORE UPDATE ON publication_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER publication_row_is_never_removed BEFORE DELETE ON publication_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TABLE shard_row (
  run     INTEGER PRIMARY KEY REFERENCES run (seq),
  sweep   INTEGER NOT NULL REFERENCES text (id),
  shard   INTEGER NOT NULL CHECK (shard >= 0),
  shards  INTEGER NOT NULL CHECK (shards > shard),
  targets INTEGER NOT NULL CHECK (targets >= shards), -- of the whole list
  list    INTEGER NOT NULL REFERENCES text (id)       -- the SHA-256 of the whole list
) STRICT;

CREATE INDEX shard_row_sweep ON shard_row (sweep);

CREATE VIEW shard AS
  SELECT row.run, sweep.value AS sweep, row.shard, row.shards, row.targets, list.value AS list
  FROM shard_row AS row
  JOIN text AS sweep ON sweep.id = row.sweep JOIN text AS list ON list.id = row.list;

CREATE TRIGGER shard_row_is_never_changed BEFORE UPDATE ON shard_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER shard_row_is_never_removed BEFORE DELETE ON shard_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TABLE meaning (
  -- What runs that bear a name were about: a name of several meanings is none to ask a gate by.
  word   INTEGER NOT NULL REFERENCES text (id), -- an installable, or its attribute alone
  alone  INTEGER NOT NULL CHECK (alone IN (0, 1)), -- whether it is the attribute alone
  spec   INTEGER NOT NULL REFERENCES text (id),
  system INTEGER NOT NULL, -- of text; 0 for what has none
  name   INTEGER NOT NULL REFERENCES text (id), -- the installable
  PRIMARY KEY (word, alone, spec, system)
) STRICT, WITHOUT ROWID;

CREATE TABLE goal (
  -- By which output paths runs are found that set out to bring them.
  path INTEGER NOT NULL REFERENCES text (id),
  at   INTEGER NOT NULL,
  run  INTEGER NOT NULL REFERENCES run (seq),
  PRIMARY KEY (path, at, run)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER meaning_is_never_changed BEFORE UPDATE ON meaning
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER meaning_is_never_removed BEFORE DELETE ON meaning
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER goal_is_never_changed BEFORE UPDATE ON goal
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER goal_is_never_removed BEFORE DELETE ON goal
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

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

CREATE TRIGGER baseline_is_never_changed BEFORE UPDATE ON baseline
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER baseline_is_never_removed BEFORE DELETE ON baseline
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER present_row_is_never_changed BEFORE UPDATE ON present_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER present_row_is_never_removed BEFORE DELETE ON present_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TRIGGER found_row_is_never_changed BEFORE UPDATE ON found_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER found_row_is_never_removed BEFORE DELETE ON found_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

CREATE TABLE strictness_row (
  run       INTEGER PRIMARY KEY REFERENCES run (seq),
  strict    INTEGER NOT NULL CHECK (strict IN (0, 1)), -- whether what is good for many things decides
  read_only INTEGER NOT NULL REFERENCES text (id)      -- JSON: what only reads, as somebody says, KIND@PLACE
) STRICT;

CREATE VIEW strictness AS
  SELECT row.run, row.strict, read_only.value AS read_only
  FROM strictness_row AS row JOIN text AS read_only ON read_only.id = row.read_only;

CREATE TRIGGER strictness_row_is_never_changed BEFORE UPDATE ON strictness_row
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;

CREATE TRIGGER strictness_row_is_never_removed BEFORE DELETE ON strictness_row
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;
