-- The schema of the evidence store: its one source. The program carries this file and makes stores of it.
-- README.md beside this file explains it. Numbers of records, entries and texts are valid in one file alone.
PRAGMA application_id = 0x57524D54; -- "WRMT"
PRAGMA user_version = 1;

-- Records and entries ------------------------------------------------------------------------------------------------

-- A canonical line, kept once.
CREATE TABLE entry (
  id     INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32), -- the SHA-256 of the line, with its newline
  bytes  BLOB NOT NULL                                     -- the line, packed with zstd where that is shorter
) STRICT;

-- A proof, a publication, or a build.
CREATE TABLE record (
  seq  INTEGER PRIMARY KEY AUTOINCREMENT,                  -- never given again: the chain names records by it
  id   TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('proof', 'publication', 'build')),
  at   INTEGER NOT NULL                                    -- when it began, in milliseconds since 1970
) STRICT;

CREATE INDEX record_at ON record (at);
CREATE INDEX record_publication ON record (at) WHERE kind = 'publication';
CREATE INDEX record_build ON record (at) WHERE kind = 'build';

-- Which entries a record has.
CREATE TABLE record_entry (
  record INTEGER NOT NULL REFERENCES record (seq),
  kind   INTEGER NOT NULL,                                 -- a number of the view entry_kind, which orders the entries
  part   INTEGER NOT NULL,                                 -- the entry's place among those of its kind, from 0
  entry  INTEGER NOT NULL REFERENCES entry (id),
  at     INTEGER NOT NULL,                                 -- the column at of the record
  PRIMARY KEY (record, kind, part)
) STRICT, WITHOUT ROWID;

CREATE INDEX record_entry_of ON record_entry (entry, at, record);

-- The chain. A link seals the additions of one transaction to one record, together with the link before.
CREATE TABLE link (
  seq       INTEGER PRIMARY KEY AUTOINCREMENT,
  kind      TEXT NOT NULL CHECK (kind IN
    ('begun', 'testimony', 'concluded', 'imported', 'fragment', 'signed', 'dropped', 'checkpoint')),
  record    INTEGER,
  content   BLOB CHECK (content IS NULL OR length(content) = 32), -- the digest of all that the record had by then
  signature TEXT,
  cut       INTEGER,                                       -- the last of the links that were cut off
  dropped   INTEGER,                                       -- how many records were dropped in all
  at        INTEGER NOT NULL,                              -- milliseconds since 1970
  digest    BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;

CREATE INDEX link_record ON link (record) WHERE record IS NOT NULL;

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;
CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;
CREATE TRIGGER record_is_never_changed BEFORE UPDATE ON record
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;
CREATE TRIGGER record_is_never_removed BEFORE DELETE ON record
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;
CREATE TRIGGER record_entry_is_never_changed BEFORE UPDATE ON record_entry
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;
CREATE TRIGGER record_entry_is_never_removed BEFORE DELETE ON record_entry
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;
CREATE TRIGGER link_is_never_changed BEFORE UPDATE ON link
BEGIN SELECT raise(ABORT, 'what was recorded is never changed'); END;
CREATE TRIGGER link_is_never_removed BEFORE DELETE ON link
BEGIN SELECT raise(ABORT, 'what was recorded is never removed'); END;

-- Search tables ------------------------------------------------------------------------------------------------------
-- All that follows only repeats the facts of entries, so that SQL can search them.

CREATE TABLE text (
  id    INTEGER PRIMARY KEY,
  value TEXT NOT NULL UNIQUE
) STRICT;

-- Store paths by the name that follows their hash: /nix/store/<32 characters>-<name>.
CREATE INDEX text_name ON text (substr(value, 45)) WHERE substr(value, 1, 11) = '/nix/store/';

-- A word by which records are found: a target, a ref, a runner, a verdict, a reason, a cache, a sweep, an output.
CREATE TABLE mark (
  kind   TEXT NOT NULL,
  word   INTEGER NOT NULL REFERENCES text (id),
  at     INTEGER NOT NULL,
  record INTEGER NOT NULL REFERENCES record (seq),
  PRIMARY KEY (kind, word, at, record)
) STRICT, WITHOUT ROWID;

-- An entry that mentions a path.
CREATE TABLE sighting (
  path  INTEGER NOT NULL REFERENCES text (id),
  entry INTEGER NOT NULL REFERENCES entry (id),
  PRIMARY KEY (path, entry)
) STRICT, WITHOUT ROWID;

-- The numbers of one cache in a concluded proof.
CREATE TABLE tally (
  cache        INTEGER NOT NULL REFERENCES text (id),
  at           INTEGER NOT NULL,
  record       INTEGER NOT NULL REFERENCES record (seq),
  paths        INTEGER NOT NULL, -- copied from it
  bytes        INTEGER NOT NULL, -- of those, unpacked
  download     INTEGER NOT NULL, -- of those, compressed, as their narinfos say
  milliseconds INTEGER,          -- for how long at least one copy was under way
  asked        INTEGER NOT NULL, -- paths that it was asked for
  offered      INTEGER NOT NULL,
  unreachable  INTEGER NOT NULL,
  failed       INTEGER NOT NULL,
  refused      INTEGER NOT NULL,
  invalid      INTEGER NOT NULL,
  untrusted    INTEGER NOT NULL,
  missing      INTEGER NOT NULL,
  corrupt      INTEGER NOT NULL,
  PRIMARY KEY (cache, at, record)
) STRICT, WITHOUT ROWID;

CREATE INDEX tally_record ON tally (record);

-- The tables behind the views. Each row belongs to one entry.

CREATE TABLE runner (
  entry  INTEGER PRIMARY KEY REFERENCES entry (id),
  started TEXT NOT NULL,
  host   INTEGER NOT NULL REFERENCES text (id),
  pod    INTEGER REFERENCES text (id)
) STRICT;

CREATE TABLE asked (
  entry       INTEGER NOT NULL REFERENCES entry (id),
  position    INTEGER NOT NULL,
  installable INTEGER NOT NULL REFERENCES text (id),
  attribute   INTEGER REFERENCES text (id),
  spec        INTEGER NOT NULL REFERENCES text (id), -- JSON
  PRIMARY KEY (entry, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE occasion (
  entry      INTEGER PRIMARY KEY REFERENCES entry (id),
  repository INTEGER REFERENCES text (id),
  ref        INTEGER REFERENCES text (id),
  branch     INTEGER REFERENCES text (id),
  revision   INTEGER REFERENCES text (id),
  pipeline   INTEGER REFERENCES text (id),
  page       INTEGER REFERENCES text (id)
) STRICT;

CREATE TABLE environment (
  entry  INTEGER PRIMARY KEY REFERENCES entry (id),
  nix    INTEGER NOT NULL REFERENCES text (id),
  system INTEGER NOT NULL REFERENCES text (id)
) STRICT;

CREATE TABLE target (
  entry       INTEGER NOT NULL REFERENCES entry (id),
  position    INTEGER NOT NULL,
  installable INTEGER NOT NULL REFERENCES text (id),
  attribute   INTEGER REFERENCES text (id),
  spec        INTEGER NOT NULL REFERENCES text (id), -- JSON
  system      INTEGER REFERENCES text (id),
  PRIMARY KEY (entry, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX target_installable ON target (installable, spec, system);
CREATE INDEX target_attribute ON target (attribute, spec, system) WHERE attribute IS NOT NULL;

CREATE TABLE path_outcome (
  entry   INTEGER NOT NULL REFERENCES entry (id),
  path    INTEGER NOT NULL REFERENCES text (id),
  outcome TEXT NOT NULL,
  origin  INTEGER REFERENCES text (id),
  PRIMARY KEY (entry, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE judged (
  entry       INTEGER NOT NULL REFERENCES entry (id),
  position    INTEGER NOT NULL,
  installable INTEGER NOT NULL REFERENCES text (id),
  verdict     TEXT NOT NULL,
  derivation  INTEGER REFERENCES text (id),
  origins     INTEGER REFERENCES text (id), -- where its outputs came from, separated by spaces
  bytes       INTEGER,                      -- of its outputs, unpacked
  reasons     INTEGER REFERENCES text (id), -- codes, separated by spaces
  is_reached  INTEGER NOT NULL,             -- whether the run came to judge it, rather than to end early
  PRIMARY KEY (entry, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE output (
  entry    INTEGER NOT NULL REFERENCES entry (id),
  target   INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name     TEXT NOT NULL,
  path     INTEGER NOT NULL REFERENCES text (id),
  outcome  TEXT NOT NULL,
  origin   INTEGER REFERENCES text (id),
  nar_size INTEGER,
  PRIMARY KEY (entry, target, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE ground (
  entry    INTEGER NOT NULL REFERENCES entry (id),
  target   INTEGER NOT NULL,
  position INTEGER NOT NULL,
  code     TEXT NOT NULL,
  bearing  TEXT NOT NULL,
  path     INTEGER REFERENCES text (id),
  PRIMARY KEY (entry, target, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE realization (
  entry        INTEGER PRIMARY KEY REFERENCES entry (id),
  milliseconds INTEGER -- from Nix's start to its end
) STRICT;

CREATE TABLE concluded (
  entry          INTEGER PRIMARY KEY REFERENCES entry (id),
  finished       TEXT NOT NULL,
  verdict        TEXT NOT NULL,
  paths          INTEGER NOT NULL,
  substituted    INTEGER NOT NULL,
  built_locally  INTEGER NOT NULL,
  built_remotely INTEGER NOT NULL,
  present_before INTEGER NOT NULL,
  download_bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE publication (
  entry       INTEGER PRIMARY KEY REFERENCES entry (id),
  finished    TEXT,
  state       TEXT NOT NULL,
  exit_code   INTEGER NOT NULL,
  program     INTEGER NOT NULL REFERENCES text (id),
  nix         INTEGER NOT NULL REFERENCES text (id),
  system      INTEGER NOT NULL REFERENCES text (id),
  kind        TEXT,
  cache       INTEGER REFERENCES text (id),
  server      INTEGER REFERENCES text (id),
  read_side   INTEGER REFERENCES text (id),
  memory_peak INTEGER,
  oom_kills   INTEGER
) STRICT;

CREATE TABLE published_target (
  entry       INTEGER NOT NULL REFERENCES entry (id),
  position    INTEGER NOT NULL,
  installable INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (entry, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE published_path (
  entry     INTEGER NOT NULL REFERENCES entry (id),
  path      INTEGER NOT NULL REFERENCES text (id),
  role      TEXT NOT NULL,
  outcome   TEXT NOT NULL,
  published TEXT NOT NULL,
  served    INTEGER,
  nar_size  INTEGER,
  PRIMARY KEY (entry, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE publication_fault (
  entry    INTEGER NOT NULL REFERENCES entry (id),
  position INTEGER NOT NULL,
  code     TEXT NOT NULL,
  PRIMARY KEY (entry, position)
) STRICT, WITHOUT ROWID;

-- Views for reading --------------------------------------------------------------------------------------------------

CREATE VIEW chain AS
  SELECT link.seq, link.kind, record.id AS run, lower(hex(link.content)) AS content, link.signature,
    lower(hex(link.digest)) AS digest,
    strftime('%Y-%m-%dT%H:%M:%fZ', link.at / 1000.0, 'unixepoch') AS at
  FROM link LEFT JOIN record ON record.seq = link.record;

-- Kinds of entries, by their numbers in record_entry.
CREATE VIEW entry_kind (kind, name) AS
  VALUES
    (1, 'proof'), (2, 'publication'), (3, 'asked'), (4, 'published'), (5, 'occasion'),
    (6, 'shard'), (7, 'environment'), (8, 'baseline'), (9, 'targets'), (10, 'presence'),
    (11, 'caches'), (12, 'offers'), (13, 'events'), (14, 'log'), (15, 'derivations'),
    (16, 'registrations'), (17, 'outcomes'), (18, 'verdicts'), (19, 'conclusion'), (20, 'paths'),
    (21, 'faults'), (22, 'build'), (23, 'steps'), (24, 'closed');

CREATE VIEW run AS
  SELECT record.seq, record.id, runner.started, record.at, host.value AS host, pod.value AS pod,
    CASE WHEN record.kind <> 'proof' THEN record.kind END AS purpose
  FROM record
  JOIN record_entry AS begun ON begun.record = record.seq AND begun.kind IN (1, 2, 22) AND begun.part = 0
  JOIN runner ON runner.entry = begun.entry
  JOIN text AS host ON host.id = runner.host
  LEFT JOIN text AS pod ON pod.id = runner.pod;

CREATE VIEW conclusion AS
  SELECT has.record AS run, said.finished, said.verdict, said.paths, said.substituted, said.built_locally,
    said.built_remotely, said.present_before, said.download_bytes
  FROM record_entry AS has JOIN concluded AS said ON said.entry = has.entry;

CREATE VIEW verdict AS
  SELECT has.record AS run, said.position, installable.value AS installable, derivation.value AS derivation,
    said.verdict
  FROM record_entry AS has
  JOIN judged AS said ON said.entry = has.entry
  JOIN text AS installable ON installable.id = said.installable
  LEFT JOIN text AS derivation ON derivation.id = said.derivation;

CREATE VIEW outcome AS
  SELECT has.record AS run, said.target, said.position, said.name, path.value AS path, said.outcome,
    origin.value AS origin, said.nar_size
  FROM record_entry AS has
  JOIN output AS said ON said.entry = has.entry
  JOIN text AS path ON path.id = said.path
  LEFT JOIN text AS origin ON origin.id = said.origin;

CREATE VIEW reason AS
  SELECT has.record AS run, said.target, said.position, said.code, said.bearing, path.value AS path
  FROM record_entry AS has
  JOIN ground AS said ON said.entry = has.entry
  LEFT JOIN text AS path ON path.id = said.path;

CREATE VIEW audit_run AS
  SELECT record.seq AS run, record.id, runner.started, conclusion.finished,
    coalesce(conclusion.verdict, 'inconclusive') AS verdict, conclusion.entry IS NOT NULL AS concluded,
    (SELECT group_concat(value, ' ') FROM (
      SELECT text.value FROM record_entry AS said JOIN asked ON asked.entry = said.entry
      JOIN text ON text.id = asked.installable
      WHERE said.record = record.seq AND said.kind = 3 ORDER BY asked.position)) AS targets,
    host.value AS host, pod.value AS pod, nix.value AS nix, repository.value AS repository, ref.value AS ref,
    branch.value AS branch, revision.value AS revision, pipeline.value AS pipeline, page.value AS page,
    conclusion.paths, conclusion.substituted, conclusion.built_locally, conclusion.built_remotely,
    conclusion.present_before, conclusion.download_bytes, realization.milliseconds
  FROM record
  JOIN record_entry AS begun ON begun.record = record.seq AND begun.kind = 1 AND begun.part = 0
  JOIN runner ON runner.entry = begun.entry
  JOIN text AS host ON host.id = runner.host
  LEFT JOIN text AS pod ON pod.id = runner.pod
  LEFT JOIN record_entry AS about ON about.record = record.seq AND about.kind = 5 AND about.part = 0
  LEFT JOIN occasion ON occasion.entry = about.entry
  LEFT JOIN text AS repository ON repository.id = occasion.repository
  LEFT JOIN text AS ref ON ref.id = occasion.ref
  LEFT JOIN text AS branch ON branch.id = occasion.branch
  LEFT JOIN text AS revision ON revision.id = occasion.revision
  LEFT JOIN text AS pipeline ON pipeline.id = occasion.pipeline
  LEFT JOIN text AS page ON page.id = occasion.page
  LEFT JOIN record_entry AS used ON used.record = record.seq AND used.kind = 7 AND used.part = 0
  LEFT JOIN environment ON environment.entry = used.entry
  LEFT JOIN text AS nix ON nix.id = environment.nix
  LEFT JOIN record_entry AS logged ON logged.record = record.seq AND logged.kind = 14 AND logged.part = 0
  LEFT JOIN realization ON realization.entry = logged.entry
  LEFT JOIN record_entry AS ended ON ended.record = record.seq AND ended.kind = 19 AND ended.part = 0
  LEFT JOIN concluded AS conclusion ON conclusion.entry = ended.entry
  WHERE record.kind = 'proof';

CREATE VIEW audit_target AS
  SELECT record.seq AS run, record.id, runner.started, verdict.position, installable.value AS installable,
    verdict.verdict, derivation.value AS derivation, origins.value AS origins, verdict.bytes,
    reasons.value AS reasons
  FROM record
  JOIN record_entry AS begun ON begun.record = record.seq AND begun.kind = 1 AND begun.part = 0
  JOIN runner ON runner.entry = begun.entry
  JOIN record_entry AS has ON has.record = record.seq AND has.kind = 18
  JOIN judged AS verdict ON verdict.entry = has.entry
  JOIN text AS installable ON installable.id = verdict.installable
  LEFT JOIN text AS derivation ON derivation.id = verdict.derivation
  LEFT JOIN text AS origins ON origins.id = verdict.origins
  LEFT JOIN text AS reasons ON reasons.id = verdict.reasons;

CREATE VIEW audit_path AS
  SELECT record.seq AS run, record.id, runner.started, path.value AS path, substr(path.value, 45) AS name,
    said.outcome, origin.value AS origin
  FROM path_outcome AS said
  JOIN record_entry AS has ON has.entry = said.entry
  JOIN record ON record.seq = has.record
  JOIN record_entry AS begun ON begun.record = record.seq AND begun.kind = 1 AND begun.part = 0
  JOIN runner ON runner.entry = begun.entry
  JOIN text AS path ON path.id = said.path
  LEFT JOIN text AS origin ON origin.id = said.origin;

CREATE VIEW audit_cache AS
  SELECT record.seq AS run, record.id, runner.started, cache.value AS cache, tally.paths, tally.bytes,
    tally.download, tally.milliseconds, tally.asked, tally.offered, tally.unreachable, tally.failed,
    tally.refused, tally.invalid, tally.untrusted, tally.missing, tally.corrupt
  FROM tally
  JOIN record ON record.seq = tally.record
  JOIN record_entry AS begun ON begun.record = record.seq AND begun.kind = 1 AND begun.part = 0
  JOIN runner ON runner.entry = begun.entry
  JOIN text AS cache ON cache.id = tally.cache;

CREATE VIEW audit_publication AS
  SELECT record.seq AS run, record.id, runner.started, publication.finished, publication.state,
    publication.exit_code, program.value AS program, host.value AS host, pod.value AS pod, nix.value AS nix,
    system.value AS system, publication.kind, cache.value AS cache, server.value AS server,
    read_side.value AS read_side, repository.value AS repository, ref.value AS ref, branch.value AS branch,
    revision.value AS revision, pipeline.value AS pipeline, page.value AS page,
    (SELECT group_concat(value, ' ') FROM (
      SELECT text.value FROM record_entry AS said JOIN published_target AS target ON target.entry = said.entry
      JOIN text ON text.id = target.installable
      WHERE said.record = record.seq AND said.kind = 4 ORDER BY target.position)) AS targets,
    paths.paths, paths.pushed, paths.already_there, paths.filtered, paths.failed, paths.served,
    paths.not_served,
    (SELECT group_concat(code, ' ') FROM (
      SELECT DISTINCT fault.code FROM record_entry AS said JOIN publication_fault AS fault ON fault.entry = said.entry
      WHERE said.record = record.seq AND said.kind = 21 ORDER BY fault.code)) AS faults,
    publication.memory_peak, publication.oom_kills
  FROM record
  JOIN record_entry AS begun ON begun.record = record.seq AND begun.kind = 2 AND begun.part = 0
  JOIN runner ON runner.entry = begun.entry
  JOIN publication ON publication.entry = begun.entry
  JOIN text AS program ON program.id = publication.program
  JOIN text AS host ON host.id = runner.host
  LEFT JOIN text AS pod ON pod.id = runner.pod
  JOIN text AS nix ON nix.id = publication.nix
  JOIN text AS system ON system.id = publication.system
  LEFT JOIN text AS cache ON cache.id = publication.cache
  LEFT JOIN text AS server ON server.id = publication.server
  LEFT JOIN text AS read_side ON read_side.id = publication.read_side
  LEFT JOIN record_entry AS about ON about.record = record.seq AND about.kind = 5 AND about.part = 0
  LEFT JOIN occasion ON occasion.entry = about.entry
  LEFT JOIN text AS repository ON repository.id = occasion.repository
  LEFT JOIN text AS ref ON ref.id = occasion.ref
  LEFT JOIN text AS branch ON branch.id = occasion.branch
  LEFT JOIN text AS revision ON revision.id = occasion.revision
  LEFT JOIN text AS pipeline ON pipeline.id = occasion.pipeline
  LEFT JOIN text AS page ON page.id = occasion.page
  LEFT JOIN (
    SELECT said.record, count(*) AS paths, sum(path.published = 'pushed') AS pushed,
      sum(path.published = 'already-there') AS already_there, sum(path.published = 'filtered') AS filtered,
      sum(path.published = 'failed') AS failed, sum(path.served IS 1) AS served,
      sum(path.served IS 0) AS not_served
    FROM record_entry AS said JOIN published_path AS path ON path.entry = said.entry
    GROUP BY said.record) AS paths ON paths.record = record.seq;

CREATE VIEW audit_published_path AS
  SELECT record.seq AS run, record.id, runner.started, path.value AS path, substr(path.value, 45) AS name,
    said.role, said.outcome, said.published, said.served, said.nar_size, cache.value AS cache,
    read_side.value AS read_side, host.value AS host, pod.value AS pod
  FROM published_path AS said
  JOIN record_entry AS has ON has.entry = said.entry
  JOIN record ON record.seq = has.record
  JOIN record_entry AS begun ON begun.record = record.seq AND begun.kind = 2 AND begun.part = 0
  JOIN runner ON runner.entry = begun.entry
  JOIN publication ON publication.entry = begun.entry
  JOIN text AS path ON path.id = said.path
  JOIN text AS host ON host.id = runner.host
  LEFT JOIN text AS pod ON pod.id = runner.pod
  LEFT JOIN text AS cache ON cache.id = publication.cache
  LEFT JOIN text AS read_side ON read_side.id = publication.read_side;
