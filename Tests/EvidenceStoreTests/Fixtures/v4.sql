-- Four runs as warmth recorded them at step 4 of the schema, with their chain: the scenes that the tests hold
-- everything to, the first of them signed, and one that was cut off.
PRAGMA application_id = 1465011540;
PRAGMA user_version = 4;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
, at INTEGER NOT NULL DEFAULT 0 /* when it started, in milliseconds since 1970 */) STRICT;
INSERT INTO run VALUES(1,'20260503T120000Z-sample','2026-05-03T12:00:00.000Z','0.1.0','runner-1','pod-a',42,-1,'boot','stop','[]','[]','[]',1777809600000);
INSERT INTO run VALUES(2,'20260504T120000Z-sample','2026-05-04T12:00:00.000Z','0.1.0','runner-1','pod-a',42,-1,'boot','stop','[]','[]','[]',1777896000000);
INSERT INTO run VALUES(3,'20260505T120000Z-sample','2026-05-05T12:00:00.000Z','0.1.0','runner-1','pod-a',42,-1,'boot','observe','[]','[]','[]',1777982400000);
INSERT INTO run VALUES(4,'20260506T120000Z-sample','2026-05-06T12:00:00.000Z','0.1.0','runner-1','pod-a',42,-1,'boot','stop','[]','[]','[]',1778068800000);
CREATE TABLE environment (
  run         INTEGER PRIMARY KEY REFERENCES run (seq),
  nix         TEXT NOT NULL,
  system      TEXT NOT NULL,
  store       TEXT NOT NULL,
  substitutes INTEGER NOT NULL CHECK (substitutes IN (0, 1))
, sandbox TEXT
  CHECK (sandbox IS NULL OR sandbox IN ('works', 'missing')), sandbox_cause TEXT) STRICT;
INSERT INTO environment VALUES(1,'2.34.8','x86_64-linux','auto',1,NULL,NULL);
INSERT INTO environment VALUES(2,'2.34.8','x86_64-linux','auto',1,NULL,NULL);
INSERT INTO environment VALUES(3,'2.34.8','x86_64-linux','auto',1,NULL,NULL);
CREATE TABLE realization (
  run    INTEGER PRIMARY KEY REFERENCES run (seq),
  ending TEXT NOT NULL
    CHECK (ending IN ('not-started', 'exited', 'signalled', 'stopped', 'timed-out', 'interrupted')),
  code   INTEGER,
  at     TEXT,
  lines  INTEGER NOT NULL,
  bytes  INTEGER NOT NULL,
  unreadable INTEGER NOT NULL
, evaluation_lines INTEGER NOT NULL DEFAULT 0, milliseconds INTEGER /* from Nix's start to its end */) STRICT;
INSERT INTO realization VALUES(1,'exited',0,NULL,2,0,0,0,NULL);
INSERT INTO realization VALUES(2,'not-started',NULL,NULL,0,0,0,0,NULL);
INSERT INTO realization VALUES(3,'exited',0,NULL,10,0,0,1,2500);
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
) STRICT;
INSERT INTO conclusion VALUES(1,'2026-05-03T12:00:12.500Z','warm',2,2,0,0,0,120,7);
INSERT INTO conclusion VALUES(2,'2026-05-04T12:00:12.500Z','cold',2,0,0,0,0,0,7);
INSERT INTO conclusion VALUES(3,'2026-05-05T12:00:12.500Z','cold',2,1,0,1,0,60,7);
CREATE TABLE derivation (
  path               TEXT PRIMARY KEY,
  system             TEXT NOT NULL,
  allows_substitutes INTEGER NOT NULL CHECK (allows_substitutes IN (0, 1)),
  outputs            TEXT NOT NULL CHECK (json_valid(outputs)),
  inputs             TEXT NOT NULL CHECK (json_valid(inputs)),
  sources            TEXT NOT NULL,
  traits             TEXT NOT NULL CHECK (json_valid(traits))
, link INTEGER) STRICT, WITHOUT ROWID;
INSERT INTO derivation VALUES('/nix/store/1ryl0613k4d0px4hpaa77lpgzxzvxdpr-qemu-host-cpu-only-10.0.2.drv','x86_64-linux',1,'{"out":"906016yq3k7ra4hbx7xq2k35y83f8f20-qemu-host-cpu-only-10.0.2"}','{"4vqvzq8ydbyi0jkl7sq2mz92pns7vxn4-glib-2.84.drv":["out"]}','','{"fingerprints":{}}',2);
INSERT INTO derivation VALUES('/nix/store/4vqvzq8ydbyi0jkl7sq2mz92pns7vxn4-glib-2.84.drv','x86_64-linux',1,'{"out":"yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84"}','{}','','{"fingerprints":{}}',2);
CREATE TABLE text (
  id    INTEGER PRIMARY KEY,
  value TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO text VALUES(1,'nixpkgs#qemu_kvm');
INSERT INTO text VALUES(2,'qemu_kvm');
INSERT INTO text VALUES(3,'{"flake":{"attribute":"qemu_kvm","outputs":{"selected":{}},"reference":"nixpkgs"}}');
INSERT INTO text VALUES(4,'nixos/tests');
INSERT INTO text VALUES(5,'refs/pull/12/merge');
INSERT INTO text VALUES(6,'speed-qemu_kvm');
INSERT INTO text VALUES(7,'a3594b1e5c8f');
INSERT INTO text VALUES(8,'20260503T120000Z-sample');
INSERT INTO text VALUES(9,'https://ci.example/20260503T120000Z-sample');
INSERT INTO text VALUES(10,'http://cache.example/main');
INSERT INTO text VALUES(11,'http://other.example');
INSERT INTO text VALUES(12,'lab-1:OZW/VAhBt0rPu3EHYdIAcP/FH8IUrYb1wFO1TE3AL0U=');
INSERT INTO text VALUES(13,'/nix/store/1ryl0613k4d0px4hpaa77lpgzxzvxdpr-qemu-host-cpu-only-10.0.2.drv');
INSERT INTO text VALUES(14,'x86_64-linux');
INSERT INTO text VALUES(15,'out');
INSERT INTO text VALUES(16,'/nix/store/906016yq3k7ra4hbx7xq2k35y83f8f20-qemu-host-cpu-only-10.0.2');
INSERT INTO text VALUES(17,'/nix/store/yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84');
INSERT INTO text VALUES(18,'lab-1');
INSERT INTO text VALUES(19,'warm');
INSERT INTO text VALUES(20,'20260504T120000Z-sample');
INSERT INTO text VALUES(21,'https://ci.example/20260504T120000Z-sample');
INSERT INTO text VALUES(22,'lab-1:M82I9jsQB+A1Djw41I6OG72/JLL9DPOSCQm3vHkKnMc=');
INSERT INTO text VALUES(23,'{"substituterRefused":{"cache":"http://other.example","path":"/nix/store/yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84","status":403}}');
INSERT INTO text VALUES(24,'substituter-refused');
INSERT INTO text VALUES(25,'cold');
INSERT INTO text VALUES(26,'20260505T120000Z-sample');
INSERT INTO text VALUES(27,'https://ci.example/20260505T120000Z-sample');
INSERT INTO text VALUES(28,'lab-1:ohbmzCu3+LPHq3OohpqEuk7LBv1D2IiZW6dq4PE3bBk=');
INSERT INTO text VALUES(29,'attic-token');
INSERT INTO text VALUES(30,'x');
INSERT INTO text VALUES(31,'{"kind":"attic-token","permission":{"readOnly":{"_0":"main: r"}},"place":"x","probes":[{"answer":{"mayNotPush":{"status":403}},"cache":"https://a/main","claimsPush":false}]}');
INSERT INTO text VALUES(32,'substituters');
INSERT INTO text VALUES(33,'/etc/nix/nix.conf, line 3');
INSERT INTO text VALUES(34,'s3://b');
INSERT INTO text VALUES(35,'/nix/store/238qmsbzl6gylcypmqa7z0fv0pzydxls-d');
INSERT INTO text VALUES(36,'/nix/store/485rifbd4y160lw3rmfsyr1ky9qs2ixi-e');
INSERT INTO text VALUES(37,'/nix/store/xmgnyj52jpczxwvzdy221g9a58f6ym3d-b');
INSERT INTO text VALUES(38,'/nix/store/zyc7s64h3fy784rbiz64z7w32y72m9c3-c');
INSERT INTO text VALUES(39,'line 3: ''x'' is no valid NarSize');
INSERT INTO text VALUES(40,'ssh://b');
INSERT INTO text VALUES(41,'local');
INSERT INTO text VALUES(42,'to ssh://b');
INSERT INTO text VALUES(43,'/nix/store/4vqvzq8ydbyi0jkl7sq2mz92pns7vxn4-glib-2.84.drv');
INSERT INTO text VALUES(44,'HTTP error 500');
INSERT INTO text VALUES(45,'{"downloadFailed":{"status":500,"url":"http://c/nar/x"}}');
INSERT INTO text VALUES(46,'not signed');
INSERT INTO text VALUES(47,'{"signatureUntrusted":{"path":"/nix/store/yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84"}}');
INSERT INTO text VALUES(48,'{"builtLocally":{"derivation":"/nix/store/1ryl0613k4d0px4hpaa77lpgzxzvxdpr-qemu-host-cpu-only-10.0.2.drv","line":3,"path":"/nix/store/906016yq3k7ra4hbx7xq2k35y83f8f20-qemu-host-cpu-only-10.0.2"}}');
INSERT INTO text VALUES(49,'built-locally');
INSERT INTO text VALUES(50,'20260506T120000Z-sample');
INSERT INTO text VALUES(51,'https://ci.example/20260506T120000Z-sample');
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
INSERT INTO metadata VALUES(1,16,'sha256:0000000000000000000000000000000000000000000000000000',120,'yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84 906016yq3k7ra4hbx7xq2k35y83f8f20-qemu-host-cpu-only-10.0.2','lab-1:1/9PftnjeHDxyZhTTGuTLqhAV3pFz6r+H7r1j1UmutvfHtBQPoaO5cc8TUeUOtJw/O7quDIym4QNmTesuWqcBg==',NULL);
INSERT INTO metadata VALUES(2,17,'sha256:0000000000000000000000000000000000000000000000000000',120,'','lab-1:JnZUbubX1kpyqfxUx+EUtht8ZxEneRbukwf28CDQi1r4y4DwhNeA710tPT7wLH/XefqUUFTLcfN2i8F0RcmHAA==',NULL);
INSERT INTO metadata VALUES(3,16,'sha256:0000000000000000000000000000000000000000000000000000',120,'yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84 906016yq3k7ra4hbx7xq2k35y83f8f20-qemu-host-cpu-only-10.0.2','lab-1:D+GOK1CEjG1I+0dJfBqC/poVOHdyeuNJaVIHSXLdPtOxYbmJJk5enKM3EjgjNZztT23Zf+cAwd+luMuhS7VmAg==',NULL);
INSERT INTO metadata VALUES(4,16,'sha256:0000000000000000000000000000000000000000000000000000',120,'yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84 906016yq3k7ra4hbx7xq2k35y83f8f20-qemu-host-cpu-only-10.0.2','lab-1:cfjjSFJuqTmUbAPqjHy/FVNkD7ASY15O4snE0g9L1T3FkoJeCNTvWADYBeoP4nqyPvWlJyfgDgla2x2AHrEyAg==',NULL);
INSERT INTO metadata VALUES(5,17,'sha256:0000000000000000000000000000000000000000000000000000',120,'','lab-1:hsIciXUXVe2pH0GpuqG0zGx0XgZBmSjbzl8pRSCsw0Il/sAuI2SjfLLhPIrMRgRyME7Bo+1siIk18D+DPa6FAg==',NULL);
INSERT INTO metadata VALUES(6,35,'sha256:0000000000000000000000000000000000000000000000000000',120,'','',NULL);
CREATE TABLE narinfo (
  id          INTEGER PRIMARY KEY,
  metadata    INTEGER NOT NULL REFERENCES metadata (id),
  url         TEXT,
  compression TEXT,
  file_size   INTEGER,
  deriver     TEXT
) STRICT;
INSERT INTO narinfo VALUES(1,1,'nar/906016yq3k7ra4hbx7xq2k35y83f8f20.nar.xz','xz',60,NULL);
INSERT INTO narinfo VALUES(2,2,'nar/yyfrlxlz32xpf27bjad0gs71h5xff287.nar.xz','xz',60,NULL);
INSERT INTO narinfo VALUES(3,3,'nar/906016yq3k7ra4hbx7xq2k35y83f8f20.nar.xz','xz',60,NULL);
INSERT INTO narinfo VALUES(4,4,'nar/906016yq3k7ra4hbx7xq2k35y83f8f20.nar.xz','xz',60,NULL);
INSERT INTO narinfo VALUES(5,5,'nar/yyfrlxlz32xpf27bjad0gs71h5xff287.nar.xz','xz',60,NULL);
INSERT INTO narinfo VALUES(6,6,'nar/238qmsbzl6gylcypmqa7z0fv0pzydxls.nar.xz','xz',60,NULL);
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
INSERT INTO answer VALUES(1,1,'offered',NULL,NULL,NULL,18,'present',60);
INSERT INTO answer VALUES(2,2,'offered',NULL,NULL,NULL,18,'not-asked',NULL);
INSERT INTO answer VALUES(3,3,'offered',NULL,NULL,NULL,18,'present',60);
INSERT INTO answer VALUES(4,NULL,'absent',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO answer VALUES(5,NULL,'refused',403,NULL,NULL,NULL,NULL,NULL);
INSERT INTO answer VALUES(6,4,'offered',NULL,NULL,NULL,18,'present',60);
INSERT INTO answer VALUES(7,5,'offered',NULL,NULL,NULL,18,'not-asked',NULL);
INSERT INTO answer VALUES(8,6,'untrusted',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO answer VALUES(9,NULL,'failed',500,NULL,NULL,NULL,NULL,NULL);
INSERT INTO answer VALUES(10,NULL,'invalid',NULL,39,'{"flaw":{"invalid":{"field":"NarSize","value":"x"}},"line":3}',NULL,NULL,NULL);
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
INSERT INTO event VALUES(1,'copy-started',17,NULL,10,NULL,NULL,NULL);
INSERT INTO event VALUES(2,'copy-started',16,NULL,10,NULL,NULL,NULL);
INSERT INTO event VALUES(3,'build-started',NULL,13,NULL,NULL,NULL,NULL);
INSERT INTO event VALUES(4,'build-started-remotely',NULL,13,NULL,40,NULL,NULL);
INSERT INTO event VALUES(5,'transferred',17,NULL,41,NULL,42,NULL);
INSERT INTO event VALUES(6,'resolved',NULL,13,NULL,NULL,43,NULL);
INSERT INTO event VALUES(7,'post-build-hook',NULL,13,NULL,NULL,NULL,NULL);
INSERT INTO event VALUES(8,'copy-stopped',17,NULL,10,NULL,NULL,NULL);
INSERT INTO event VALUES(9,'complaint',NULL,NULL,NULL,NULL,44,45);
INSERT INTO event VALUES(10,'complaint',NULL,NULL,NULL,NULL,46,47);
CREATE TABLE fate (
  id      INTEGER PRIMARY KEY,
  outcome TEXT NOT NULL CHECK (outcome IN
    ('substituted', 'built-locally', 'built-remotely', 'present-before', 'not-realized', 'failed')),
  origin  INTEGER REFERENCES text (id)
) STRICT;
INSERT INTO fate VALUES(1,'substituted',10);
INSERT INTO fate VALUES(2,'not-realized',NULL);
INSERT INTO fate VALUES(3,'built-remotely',40);
CREATE TABLE sighting (
  -- Which runs say something of a path, the latest first.
  path INTEGER NOT NULL REFERENCES text (id),
  at   INTEGER NOT NULL,
  run  INTEGER NOT NULL REFERENCES run (seq),
  PRIMARY KEY (path, at, run)
) STRICT, WITHOUT ROWID;
INSERT INTO sighting VALUES(16,1777809600000,1);
INSERT INTO sighting VALUES(16,1777896000000,2);
INSERT INTO sighting VALUES(16,1777982400000,3);
INSERT INTO sighting VALUES(17,1777809600000,1);
INSERT INTO sighting VALUES(17,1777896000000,2);
INSERT INTO sighting VALUES(17,1777982400000,3);
INSERT INTO sighting VALUES(35,1777982400000,3);
INSERT INTO sighting VALUES(37,1777982400000,3);
INSERT INTO sighting VALUES(38,1777982400000,3);
CREATE TABLE requested_row (
  run         INTEGER NOT NULL REFERENCES run (seq),
  position    INTEGER NOT NULL,
  installable INTEGER NOT NULL REFERENCES text (id),
  attribute   INTEGER REFERENCES text (id),
  spec        INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
INSERT INTO requested_row VALUES(1,0,1,2,3);
INSERT INTO requested_row VALUES(2,0,1,2,3);
INSERT INTO requested_row VALUES(3,0,1,2,3);
INSERT INTO requested_row VALUES(4,0,1,2,3);
CREATE TABLE substituter_row (
  run      INTEGER NOT NULL REFERENCES run (seq),
  position INTEGER NOT NULL,
  url      INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
INSERT INTO substituter_row VALUES(1,0,10);
INSERT INTO substituter_row VALUES(1,1,11);
INSERT INTO substituter_row VALUES(2,0,10);
INSERT INTO substituter_row VALUES(2,1,11);
INSERT INTO substituter_row VALUES(3,0,10);
INSERT INTO substituter_row VALUES(3,1,11);
CREATE TABLE trusted_key_row (
  run      INTEGER NOT NULL REFERENCES run (seq),
  position INTEGER NOT NULL,
  key      INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
INSERT INTO trusted_key_row VALUES(1,0,12);
INSERT INTO trusted_key_row VALUES(2,0,22);
INSERT INTO trusted_key_row VALUES(3,0,28);
CREATE TABLE setting_row (
  run   INTEGER NOT NULL REFERENCES run (seq),
  name  INTEGER NOT NULL REFERENCES text (id),
  place INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
INSERT INTO setting_row VALUES(3,32,33);
CREATE TABLE means_of_writing_row (
  run      INTEGER NOT NULL REFERENCES run (seq),
  position INTEGER NOT NULL,
  kind     INTEGER NOT NULL REFERENCES text (id),
  place    INTEGER NOT NULL REFERENCES text (id),
  writes   INTEGER NOT NULL CHECK (writes IN (0, 1)),
  detail   INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
INSERT INTO means_of_writing_row VALUES(3,0,29,30,0,31);
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
INSERT INTO target_row VALUES(1,0,1,13,14,NULL,3);
INSERT INTO target_row VALUES(2,0,1,13,14,NULL,3);
INSERT INTO target_row VALUES(3,0,1,13,14,NULL,3);
CREATE TABLE output_row (
  run      INTEGER NOT NULL,
  target   INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name     INTEGER NOT NULL REFERENCES text (id),
  path     INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, target, position),
  FOREIGN KEY (run, target) REFERENCES target_row (run, position)
) STRICT, WITHOUT ROWID;
INSERT INTO output_row VALUES(1,0,0,15,16);
INSERT INTO output_row VALUES(2,0,0,15,16);
INSERT INTO output_row VALUES(3,0,0,15,16);
CREATE TABLE presence_row (
  run     INTEGER NOT NULL REFERENCES run (seq),
  path    INTEGER NOT NULL REFERENCES text (id),
  valid   INTEGER NOT NULL CHECK (valid IN (0, 1)),
  on_disk INTEGER NOT NULL CHECK (on_disk IN (0, 1)),
  PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;
INSERT INTO presence_row VALUES(1,16,0,0);
INSERT INTO presence_row VALUES(1,17,0,0);
INSERT INTO presence_row VALUES(2,16,0,0);
INSERT INTO presence_row VALUES(2,17,0,0);
INSERT INTO presence_row VALUES(3,16,0,0);
INSERT INTO presence_row VALUES(3,17,0,0);
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
INSERT INTO cache_row VALUES(1,0,10,'open',40,NULL,NULL);
INSERT INTO cache_row VALUES(2,0,10,'open',40,NULL,NULL);
INSERT INTO cache_row VALUES(3,0,10,'open',40,NULL,NULL);
INSERT INTO cache_row VALUES(3,1,11,'unreachable',NULL,NULL,30);
INSERT INTO cache_row VALUES(3,2,34,'unknown',NULL,NULL,NULL);
CREATE TABLE offer_row (
  run      INTEGER NOT NULL REFERENCES run (seq),
  path     INTEGER NOT NULL REFERENCES text (id),
  cache    INTEGER NOT NULL REFERENCES text (id),
  position INTEGER NOT NULL,
  answer   INTEGER NOT NULL REFERENCES answer (id),
  PRIMARY KEY (run, path, cache)
) STRICT, WITHOUT ROWID;
INSERT INTO offer_row VALUES(1,16,10,0,1);
INSERT INTO offer_row VALUES(1,17,10,0,2);
INSERT INTO offer_row VALUES(2,16,10,0,3);
INSERT INTO offer_row VALUES(2,17,10,0,4);
INSERT INTO offer_row VALUES(2,17,11,1,5);
INSERT INTO offer_row VALUES(3,16,10,0,6);
INSERT INTO offer_row VALUES(3,17,10,0,7);
INSERT INTO offer_row VALUES(3,35,10,0,8);
INSERT INTO offer_row VALUES(3,37,10,1,10);
INSERT INTO offer_row VALUES(3,37,11,0,9);
INSERT INTO offer_row VALUES(3,38,10,0,5);
INSERT INTO offer_row VALUES(3,38,11,1,4);
CREATE TABLE unanswered_row (
  run  INTEGER NOT NULL REFERENCES run (seq),
  path INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;
INSERT INTO unanswered_row VALUES(3,36);
CREATE TABLE log_event_row (
  run      INTEGER NOT NULL REFERENCES run (seq),
  position INTEGER NOT NULL,
  line     INTEGER NOT NULL,
  event    INTEGER NOT NULL REFERENCES event (id),
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
INSERT INTO log_event_row VALUES(1,0,1,1);
INSERT INTO log_event_row VALUES(1,1,2,2);
INSERT INTO log_event_row VALUES(3,0,1,1);
INSERT INTO log_event_row VALUES(3,1,2,2);
INSERT INTO log_event_row VALUES(3,2,3,3);
INSERT INTO log_event_row VALUES(3,3,4,4);
INSERT INTO log_event_row VALUES(3,4,5,5);
INSERT INTO log_event_row VALUES(3,5,6,6);
INSERT INTO log_event_row VALUES(3,6,7,7);
INSERT INTO log_event_row VALUES(3,7,8,8);
INSERT INTO log_event_row VALUES(3,8,9,9);
INSERT INTO log_event_row VALUES(3,9,10,10);
CREATE TABLE registration_row (
  run      INTEGER NOT NULL REFERENCES run (seq),
  path     INTEGER NOT NULL REFERENCES text (id),
  metadata INTEGER NOT NULL REFERENCES metadata (id),
  ultimate INTEGER NOT NULL CHECK (ultimate IN (0, 1)),
  PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;
INSERT INTO registration_row VALUES(1,16,1,0);
INSERT INTO registration_row VALUES(1,17,2,0);
INSERT INTO registration_row VALUES(3,16,4,0);
INSERT INTO registration_row VALUES(3,17,5,0);
CREATE TABLE path_outcome_row (
  run  INTEGER NOT NULL REFERENCES run (seq),
  path INTEGER NOT NULL REFERENCES text (id),
  fate INTEGER NOT NULL REFERENCES fate (id),
  PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;
INSERT INTO path_outcome_row VALUES(1,16,1);
INSERT INTO path_outcome_row VALUES(1,17,1);
INSERT INTO path_outcome_row VALUES(2,16,2);
INSERT INTO path_outcome_row VALUES(2,17,2);
INSERT INTO path_outcome_row VALUES(3,16,3);
INSERT INTO path_outcome_row VALUES(3,17,1);
CREATE TABLE verdict_row (
  run         INTEGER NOT NULL REFERENCES run (seq),
  position    INTEGER NOT NULL,
  installable INTEGER NOT NULL REFERENCES text (id),
  spec        INTEGER NOT NULL REFERENCES text (id),
  derivation  INTEGER REFERENCES text (id),
  verdict     TEXT NOT NULL CHECK (verdict IN ('warm', 'cold', 'inconclusive')),
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
INSERT INTO verdict_row VALUES(1,0,1,3,13,'warm');
INSERT INTO verdict_row VALUES(2,0,1,3,13,'cold');
INSERT INTO verdict_row VALUES(3,0,1,3,13,'cold');
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
INSERT INTO outcome_row VALUES(1,0,0,15,16,1,120,18);
INSERT INTO outcome_row VALUES(2,0,0,15,16,2,120,18);
INSERT INTO outcome_row VALUES(3,0,0,15,16,3,120,18);
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
INSERT INTO reason_row VALUES(2,0,0,'substituter-refused','cold',17,23);
INSERT INTO reason_row VALUES(3,0,0,'built-locally','cold',16,48);
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
INSERT INTO occasion_row VALUES(1,4,5,6,7,8,9);
INSERT INTO occasion_row VALUES(2,4,5,6,7,20,21);
INSERT INTO occasion_row VALUES(3,4,5,6,7,26,27);
INSERT INTO occasion_row VALUES(4,4,5,6,7,50,51);
CREATE TABLE transfer_row (
  -- For how long at least one copy from a cache was under way.
  run          INTEGER NOT NULL REFERENCES run (seq),
  cache        INTEGER NOT NULL REFERENCES text (id),
  milliseconds INTEGER NOT NULL,
  PRIMARY KEY (run, cache)
) STRICT, WITHOUT ROWID;
INSERT INTO transfer_row VALUES(3,10,1200);
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
INSERT INTO mark VALUES('from',10,1777809600000,1);
INSERT INTO mark VALUES('from',10,1777982400000,3);
INSERT INTO mark VALUES('reason',24,1777896000000,2);
INSERT INTO mark VALUES('reason',49,1777982400000,3);
INSERT INTO mark VALUES('ref',5,1777809600000,1);
INSERT INTO mark VALUES('ref',5,1777896000000,2);
INSERT INTO mark VALUES('ref',5,1777982400000,3);
INSERT INTO mark VALUES('ref',5,1778068800000,4);
INSERT INTO mark VALUES('ref',6,1777809600000,1);
INSERT INTO mark VALUES('ref',6,1777896000000,2);
INSERT INTO mark VALUES('ref',6,1777982400000,3);
INSERT INTO mark VALUES('ref',6,1778068800000,4);
INSERT INTO mark VALUES('ref',7,1777809600000,1);
INSERT INTO mark VALUES('ref',7,1777896000000,2);
INSERT INTO mark VALUES('ref',7,1777982400000,3);
INSERT INTO mark VALUES('ref',7,1778068800000,4);
INSERT INTO mark VALUES('target',1,1777809600000,1);
INSERT INTO mark VALUES('target',1,1777896000000,2);
INSERT INTO mark VALUES('target',1,1777982400000,3);
INSERT INTO mark VALUES('target',1,1778068800000,4);
INSERT INTO mark VALUES('target',2,1777809600000,1);
INSERT INTO mark VALUES('target',2,1777896000000,2);
INSERT INTO mark VALUES('target',2,1777982400000,3);
INSERT INTO mark VALUES('target',2,1778068800000,4);
INSERT INTO mark VALUES('verdict',19,1777809600000,1);
INSERT INTO mark VALUES('verdict',25,1777896000000,2);
INSERT INTO mark VALUES('verdict',25,1777982400000,3);
INSERT INTO mark VALUES('warm',1,1777809600000,1);
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
INSERT INTO tally VALUES(10,1777809600000,1,2,240,120,NULL,2,2,0,0,0,0,0,0,0);
INSERT INTO tally VALUES(10,1777896000000,2,0,0,0,NULL,2,1,0,0,0,0,0,0,0);
INSERT INTO tally VALUES(10,1777982400000,3,1,120,60,1200,5,2,0,0,1,1,1,0,0);
INSERT INTO tally VALUES(11,1777896000000,2,0,0,0,NULL,1,0,0,0,1,0,0,0,0);
INSERT INTO tally VALUES(11,1777982400000,3,0,0,0,NULL,2,0,1,1,0,0,0,0,0);
INSERT INTO tally VALUES(34,1777982400000,3,0,0,0,NULL,0,0,0,0,0,0,0,0,0);
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
INSERT INTO link VALUES(1,'begun',1,X'cd7b7b79c0b319a95fe6a1530e9e79432a40fc06832e9f0b01c2815d0322add0',NULL,NULL,NULL,NULL,1795291336242,X'97df8f6646a77398d5013d460e9bd42b7e3c8dd67f744fa192be2bb2626661f9');
INSERT INTO link VALUES(2,'testimony',1,X'e03a6731bc11dbb1c6d10ded32af18cc1c85fd1130bd0f5e3ed0fedaedd9c5f4',NULL,X'2e91257474ba8a98d5ed62d94156e2ac4968237f5d1adc9e067303c5149f2798',NULL,NULL,1795291336270,X'6dc0a38b8237a9508760d824f02ae968e7fa716ac09c1838752f50c166ad03a1');
INSERT INTO link VALUES(3,'concluded',1,X'556da7a23aa272abf684f4bf909a35df708f4cd75cf034cbea8c0e032e52e94a','collector-1:HsWTpnXxyfZH7/rbqH9EKVCJ4xkzRMJc3x+zNXoz7DchAehebsIn5JOee8N+exBWWzLqjnrPp3nZf1W1VAPzDQ==',NULL,NULL,NULL,1795291336304,X'be392644841debe09f25f39800718012c6a6302d7c0a56d5621c67fe46e2d717');
INSERT INTO link VALUES(4,'begun',2,X'dcb9845385a8905bce3c0b286d61b8d3b7f932994025023a59cf7928d96ecc09',NULL,NULL,NULL,NULL,1795291336337,X'fc7482273c1044c7311749f4c4cb2473382da411ddea7841c086af7c9ef203bc');
INSERT INTO link VALUES(5,'testimony',2,X'28868e09e1a071ece5d3091552335cde0cc536c46a7f96fbf26157ccda8dc07c',NULL,NULL,NULL,NULL,1795291336351,X'1289a98d2b05b08a7c5eb397e9cd1bcd322ddbcd4b097c96787c269c291bef23');
INSERT INTO link VALUES(6,'concluded',2,X'f34036df4989cbf8f4b7f0d9e6fea6263267afb3218e773921cd77d103e0d634',NULL,NULL,NULL,NULL,1795291336366,X'979d84491caf0a37f3d81101defa788d432678994bb32c773d81e76199cffe89');
INSERT INTO link VALUES(7,'begun',3,X'ef851aaa742f63b4e40a82731d41232965ccff0445e77da87feac52ba72ecf73',NULL,NULL,NULL,NULL,1795291336382,X'23de86f612935a277ddbbb7df093193ca9cf5f90b0944240e06409e0fffe0fd3');
INSERT INTO link VALUES(8,'testimony',3,X'6ee8c02357d9410317a668d384976e1217a178ae63fc2b4d3d64c8bfe335096c',NULL,NULL,NULL,NULL,1795291336394,X'6042cb329fe15cf9bf95baa6ab2946fe0d3c518607fc36832a187ac95a1dddfb');
INSERT INTO link VALUES(9,'concluded',3,X'24cb0560736d3f5f473840e1a6e316dc67f5dd9b1ffef9de2d09c5c699e47c39',NULL,NULL,NULL,NULL,1795291336418,X'3bdd326441bfda5631c5ff688695f4673c466d8d574739220062a69174278de5');
INSERT INTO link VALUES(10,'begun',4,X'8f5c16bcffeea84c4e257ce0ade4f0c9b1a6896e9013a50fbf83ea71ce002bc8',NULL,NULL,NULL,NULL,1795291336433,X'1f6ee865fe083dd3646cb27959677a39de3426de3c38525b000c2b5f4b8aace9');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('run',4);
INSERT INTO sqlite_sequence VALUES('link',10);
CREATE INDEX text_name
  -- The names of store paths, after the directory and the hash.
  ON text (substr(value, 45)) WHERE substr(value, 1, 11) = '/nix/store/'
;
CREATE INDEX metadata_path ON metadata (path);
CREATE INDEX narinfo_metadata ON narinfo (metadata);
CREATE INDEX answer_narinfo ON answer (narinfo, answer, cause);
CREATE INDEX event_path ON event (path, derivation, text);
CREATE INDEX fate_origin ON fate (origin, outcome);
CREATE INDEX run_at ON run (at);
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
CREATE INDEX run_host ON run (host, at);
CREATE INDEX run_pod ON run (pod, at) WHERE pod IS NOT NULL;
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
COMMIT;
