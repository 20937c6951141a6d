-- Four runs as warmth recorded them at step 3 of the schema: the scenes that the tests hold everything to
-- (a warm one, a cold one, one of each kind of answer and event), and one that was cut off.
PRAGMA application_id = 1465011540;
PRAGMA user_version = 3;
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
INSERT INTO run VALUES(4,'20260506T120000Z-cutoff','2026-05-06T12:00:00.000Z','0.1.0','runner-1','pod-a',42,-1,'boot','observe','["vm-*"]','["qemu*"]','["http://cache.example/main"]',1778068800000);
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
, evaluation_lines INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO realization VALUES(1,'exited',0,NULL,2,0,0,0);
INSERT INTO realization VALUES(2,'not-started',NULL,NULL,0,0,0,0);
INSERT INTO realization VALUES(3,'exited',0,NULL,10,0,0,1);
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
) STRICT, WITHOUT ROWID;
INSERT INTO derivation VALUES('/nix/store/1ryl0613k4d0px4hpaa77lpgzxzvxdpr-qemu-host-cpu-only-10.0.2.drv','x86_64-linux',1,'{"out":"906016yq3k7ra4hbx7xq2k35y83f8f20-qemu-host-cpu-only-10.0.2"}','{"4vqvzq8ydbyi0jkl7sq2mz92pns7vxn4-glib-2.84.drv":["out"]}','','{"fingerprints":{}}');
INSERT INTO derivation VALUES('/nix/store/4vqvzq8ydbyi0jkl7sq2mz92pns7vxn4-glib-2.84.drv','x86_64-linux',1,'{"out":"yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84"}','{}','','{"fingerprints":{}}');
CREATE TABLE text (
  id    INTEGER PRIMARY KEY,
  value TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO text VALUES(1,'nixpkgs#qemu_kvm');
INSERT INTO text VALUES(2,'qemu_kvm');
INSERT INTO text VALUES(3,'{"flake":{"attribute":"qemu_kvm","outputs":{"selected":{}},"reference":"nixpkgs"}}');
INSERT INTO text VALUES(4,'http://cache.example/main');
INSERT INTO text VALUES(5,'http://other.example');
INSERT INTO text VALUES(6,'lab-1:V3dGpdxWmDZb9laHjf+aPt11P80EyCWNRSJienK96JQ=');
INSERT INTO text VALUES(7,'/nix/store/1ryl0613k4d0px4hpaa77lpgzxzvxdpr-qemu-host-cpu-only-10.0.2.drv');
INSERT INTO text VALUES(8,'x86_64-linux');
INSERT INTO text VALUES(9,'out');
INSERT INTO text VALUES(10,'/nix/store/906016yq3k7ra4hbx7xq2k35y83f8f20-qemu-host-cpu-only-10.0.2');
INSERT INTO text VALUES(11,'/nix/store/yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84');
INSERT INTO text VALUES(12,'lab-1');
INSERT INTO text VALUES(13,'warm');
INSERT INTO text VALUES(14,'lab-1:IJPspl+yNm16C9pMkC1Ksyp3C6MAvl/L9SER9uzoMTg=');
INSERT INTO text VALUES(15,'{"substituterRefused":{"cache":"http://other.example","path":"/nix/store/yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84","status":403}}');
INSERT INTO text VALUES(16,'cold');
INSERT INTO text VALUES(17,'lab-1:pObzCCBguja/AshkoHlJ7LtBQU6reMHxgx9/WaB0Xzk=');
INSERT INTO text VALUES(18,'attic-token');
INSERT INTO text VALUES(19,'x');
INSERT INTO text VALUES(20,'{"kind":"attic-token","permission":{"readOnly":{"_0":"main: r"}},"place":"x","probes":[{"answer":{"mayNotPush":{"status":403}},"cache":"https://a/main","claimsPush":false}]}');
INSERT INTO text VALUES(21,'substituters');
INSERT INTO text VALUES(22,'/etc/nix/nix.conf, line 3');
INSERT INTO text VALUES(23,'s3://b');
INSERT INTO text VALUES(24,'/nix/store/238qmsbzl6gylcypmqa7z0fv0pzydxls-d');
INSERT INTO text VALUES(25,'/nix/store/485rifbd4y160lw3rmfsyr1ky9qs2ixi-e');
INSERT INTO text VALUES(26,'/nix/store/xmgnyj52jpczxwvzdy221g9a58f6ym3d-b');
INSERT INTO text VALUES(27,'/nix/store/zyc7s64h3fy784rbiz64z7w32y72m9c3-c');
INSERT INTO text VALUES(28,'line 3: ''x'' is no valid NarSize');
INSERT INTO text VALUES(29,'ssh://b');
INSERT INTO text VALUES(30,'local');
INSERT INTO text VALUES(31,'to ssh://b');
INSERT INTO text VALUES(32,'/nix/store/4vqvzq8ydbyi0jkl7sq2mz92pns7vxn4-glib-2.84.drv');
INSERT INTO text VALUES(33,'HTTP error 500');
INSERT INTO text VALUES(34,'{"downloadFailed":{"status":500,"url":"http://c/nar/x"}}');
INSERT INTO text VALUES(35,'not signed');
INSERT INTO text VALUES(36,'{"signatureUntrusted":{"path":"/nix/store/yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84"}}');
INSERT INTO text VALUES(37,'{"builtLocally":{"derivation":"/nix/store/1ryl0613k4d0px4hpaa77lpgzxzvxdpr-qemu-host-cpu-only-10.0.2.drv","line":3,"path":"/nix/store/906016yq3k7ra4hbx7xq2k35y83f8f20-qemu-host-cpu-only-10.0.2"}}');
INSERT INTO text VALUES(38,'github:NixOS/nixpkgs#qemu_kvm^out,dev');
INSERT INTO text VALUES(39,'qemu_kvm^out,dev');
INSERT INTO text VALUES(40,'{"flake":{"attribute":"qemu_kvm","outputs":{"named":{"_0":["out","dev"]}},"reference":"github:NixOS/nixpkgs"}}');
INSERT INTO text VALUES(41,'/nix/store/k8idrap1w0094ydidrlsbsnrwkrkxz55-hello-2.12.1');
INSERT INTO text VALUES(42,'{"path":{"_0":"/nix/store/k8idrap1w0094ydidrlsbsnrwkrkxz55-hello-2.12.1"}}');
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
INSERT INTO metadata VALUES(1,10,'sha256:0000000000000000000000000000000000000000000000000000',120,'yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84 906016yq3k7ra4hbx7xq2k35y83f8f20-qemu-host-cpu-only-10.0.2','lab-1:5KO61QWgUWC1FJDn8TUEL0GnOr/bh+X0yu/ljTn0TrjerwPvoY6V5CwEvHMpIPN1UxzNY7T3HKgf7QAYoCIKDg==',NULL);
INSERT INTO metadata VALUES(2,11,'sha256:0000000000000000000000000000000000000000000000000000',120,'','lab-1:yTsXazXIhOhbXNfLm29Hdk8vAoc/bNK0zjPBERKQm0P6nft4XYS/qLykRRcuK1xhUdgiK1tOiE0rSxRy6OIgBA==',NULL);
INSERT INTO metadata VALUES(3,10,'sha256:0000000000000000000000000000000000000000000000000000',120,'yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84 906016yq3k7ra4hbx7xq2k35y83f8f20-qemu-host-cpu-only-10.0.2','lab-1:qmmogxbTjCYtMlnkc6BbPqC/pjx/D/ulFzB5/hCL9V6OE6jPivqf6pRXLWaeINZBHJWN2l3ELpEBseWsFDKFBA==',NULL);
INSERT INTO metadata VALUES(4,10,'sha256:0000000000000000000000000000000000000000000000000000',120,'yyfrlxlz32xpf27bjad0gs71h5xff287-glib-2.84 906016yq3k7ra4hbx7xq2k35y83f8f20-qemu-host-cpu-only-10.0.2','lab-1:BBOLdQuvG6r4I9lYtdqO4htdxPsI6pFgBxOA1Wk9R68it1qRaXrPHZwKd/RZmA7X7RrrpJGPFLQKrkI4czVRCw==',NULL);
INSERT INTO metadata VALUES(5,11,'sha256:0000000000000000000000000000000000000000000000000000',120,'','lab-1:Nw30/oolnrzy/iNPqTq4kTUy8mekn0WYqWQBWhXMvmsBD23idQqOkI9xB3QUr4c7TJcvNOCRXOIeWvXBj71dAA==',NULL);
INSERT INTO metadata VALUES(6,24,'sha256:0000000000000000000000000000000000000000000000000000',120,'','',NULL);
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
INSERT INTO answer VALUES(1,1,'offered',NULL,NULL,NULL,12,'present',60);
INSERT INTO answer VALUES(2,2,'offered',NULL,NULL,NULL,12,'not-asked',NULL);
INSERT INTO answer VALUES(3,3,'offered',NULL,NULL,NULL,12,'present',60);
INSERT INTO answer VALUES(4,NULL,'absent',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO answer VALUES(5,NULL,'refused',403,NULL,NULL,NULL,NULL,NULL);
INSERT INTO answer VALUES(6,4,'offered',NULL,NULL,NULL,12,'present',60);
INSERT INTO answer VALUES(7,5,'offered',NULL,NULL,NULL,12,'not-asked',NULL);
INSERT INTO answer VALUES(8,6,'untrusted',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO answer VALUES(9,NULL,'failed',500,NULL,NULL,NULL,NULL,NULL);
INSERT INTO answer VALUES(10,NULL,'invalid',NULL,28,'{"flaw":{"invalid":{"field":"NarSize","value":"x"}},"line":3}',NULL,NULL,NULL);
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
INSERT INTO event VALUES(1,'copy-started',11,NULL,4,NULL,NULL,NULL);
INSERT INTO event VALUES(2,'copy-started',10,NULL,4,NULL,NULL,NULL);
INSERT INTO event VALUES(3,'build-started',NULL,7,NULL,NULL,NULL,NULL);
INSERT INTO event VALUES(4,'build-started-remotely',NULL,7,NULL,29,NULL,NULL);
INSERT INTO event VALUES(5,'transferred',11,NULL,30,NULL,31,NULL);
INSERT INTO event VALUES(6,'resolved',NULL,7,NULL,NULL,32,NULL);
INSERT INTO event VALUES(7,'post-build-hook',NULL,7,NULL,NULL,NULL,NULL);
INSERT INTO event VALUES(8,'copy-stopped',11,NULL,4,NULL,NULL,NULL);
INSERT INTO event VALUES(9,'complaint',NULL,NULL,NULL,NULL,33,34);
INSERT INTO event VALUES(10,'complaint',NULL,NULL,NULL,NULL,35,36);
CREATE TABLE fate (
  id      INTEGER PRIMARY KEY,
  outcome TEXT NOT NULL CHECK (outcome IN
    ('substituted', 'built-locally', 'built-remotely', 'present-before', 'not-realized', 'failed')),
  origin  INTEGER REFERENCES text (id)
) STRICT;
INSERT INTO fate VALUES(1,'substituted',4);
INSERT INTO fate VALUES(2,'not-realized',NULL);
INSERT INTO fate VALUES(3,'built-remotely',29);
CREATE TABLE mark (
  -- By what runs are found, the latest first: 'target' (an installable, or its attribute alone), 'warm' (a
  -- target that was), 'verdict', and 'from' (a cache that something came from).
  kind TEXT NOT NULL CHECK (kind IN ('target', 'warm', 'verdict', 'from')),
  word INTEGER NOT NULL REFERENCES text (id),
  at   INTEGER NOT NULL,
  run  INTEGER NOT NULL REFERENCES run (seq),
  PRIMARY KEY (kind, word, at, run)
) STRICT, WITHOUT ROWID;
INSERT INTO mark VALUES('from',4,1777809600000,1);
INSERT INTO mark VALUES('from',4,1777982400000,3);
INSERT INTO mark VALUES('target',1,1777809600000,1);
INSERT INTO mark VALUES('target',1,1777896000000,2);
INSERT INTO mark VALUES('target',1,1777982400000,3);
INSERT INTO mark VALUES('target',2,1777809600000,1);
INSERT INTO mark VALUES('target',2,1777896000000,2);
INSERT INTO mark VALUES('target',2,1777982400000,3);
INSERT INTO mark VALUES('target',38,1778068800000,4);
INSERT INTO mark VALUES('target',39,1778068800000,4);
INSERT INTO mark VALUES('target',41,1778068800000,4);
INSERT INTO mark VALUES('verdict',13,1777809600000,1);
INSERT INTO mark VALUES('verdict',16,1777896000000,2);
INSERT INTO mark VALUES('verdict',16,1777982400000,3);
INSERT INTO mark VALUES('warm',1,1777809600000,1);
CREATE TABLE sighting (
  -- Which runs say something of a path, the latest first.
  path INTEGER NOT NULL REFERENCES text (id),
  at   INTEGER NOT NULL,
  run  INTEGER NOT NULL REFERENCES run (seq),
  PRIMARY KEY (path, at, run)
) STRICT, WITHOUT ROWID;
INSERT INTO sighting VALUES(10,1777809600000,1);
INSERT INTO sighting VALUES(10,1777896000000,2);
INSERT INTO sighting VALUES(10,1777982400000,3);
INSERT INTO sighting VALUES(11,1777809600000,1);
INSERT INTO sighting VALUES(11,1777896000000,2);
INSERT INTO sighting VALUES(11,1777982400000,3);
INSERT INTO sighting VALUES(24,1777982400000,3);
INSERT INTO sighting VALUES(26,1777982400000,3);
INSERT INTO sighting VALUES(27,1777982400000,3);
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
INSERT INTO requested_row VALUES(4,0,38,39,40);
INSERT INTO requested_row VALUES(4,1,41,NULL,42);
CREATE TABLE substituter_row (
  run      INTEGER NOT NULL REFERENCES run (seq),
  position INTEGER NOT NULL,
  url      INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
INSERT INTO substituter_row VALUES(1,0,4);
INSERT INTO substituter_row VALUES(1,1,5);
INSERT INTO substituter_row VALUES(2,0,4);
INSERT INTO substituter_row VALUES(2,1,5);
INSERT INTO substituter_row VALUES(3,0,4);
INSERT INTO substituter_row VALUES(3,1,5);
CREATE TABLE trusted_key_row (
  run      INTEGER NOT NULL REFERENCES run (seq),
  position INTEGER NOT NULL,
  key      INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
INSERT INTO trusted_key_row VALUES(1,0,6);
INSERT INTO trusted_key_row VALUES(2,0,14);
INSERT INTO trusted_key_row VALUES(3,0,17);
CREATE TABLE setting_row (
  run   INTEGER NOT NULL REFERENCES run (seq),
  name  INTEGER NOT NULL REFERENCES text (id),
  place INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
INSERT INTO setting_row VALUES(3,21,22);
CREATE TABLE means_of_writing_row (
  run      INTEGER NOT NULL REFERENCES run (seq),
  position INTEGER NOT NULL,
  kind     INTEGER NOT NULL REFERENCES text (id),
  place    INTEGER NOT NULL REFERENCES text (id),
  writes   INTEGER NOT NULL CHECK (writes IN (0, 1)),
  detail   INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
INSERT INTO means_of_writing_row VALUES(3,0,18,19,0,20);
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
INSERT INTO target_row VALUES(1,0,1,7,8,NULL,3);
INSERT INTO target_row VALUES(2,0,1,7,8,NULL,3);
INSERT INTO target_row VALUES(3,0,1,7,8,NULL,3);
CREATE TABLE output_row (
  run      INTEGER NOT NULL,
  target   INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name     INTEGER NOT NULL REFERENCES text (id),
  path     INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, target, position),
  FOREIGN KEY (run, target) REFERENCES target_row (run, position)
) STRICT, WITHOUT ROWID;
INSERT INTO output_row VALUES(1,0,0,9,10);
INSERT INTO output_row VALUES(2,0,0,9,10);
INSERT INTO output_row VALUES(3,0,0,9,10);
CREATE TABLE presence_row (
  run     INTEGER NOT NULL REFERENCES run (seq),
  path    INTEGER NOT NULL REFERENCES text (id),
  valid   INTEGER NOT NULL CHECK (valid IN (0, 1)),
  on_disk INTEGER NOT NULL CHECK (on_disk IN (0, 1)),
  PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;
INSERT INTO presence_row VALUES(1,10,0,0);
INSERT INTO presence_row VALUES(1,11,0,0);
INSERT INTO presence_row VALUES(2,10,0,0);
INSERT INTO presence_row VALUES(2,11,0,0);
INSERT INTO presence_row VALUES(3,10,0,0);
INSERT INTO presence_row VALUES(3,11,0,0);
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
INSERT INTO cache_row VALUES(1,0,4,'open',40,NULL,NULL);
INSERT INTO cache_row VALUES(2,0,4,'open',40,NULL,NULL);
INSERT INTO cache_row VALUES(3,0,4,'open',40,NULL,NULL);
INSERT INTO cache_row VALUES(3,1,5,'unreachable',NULL,NULL,19);
INSERT INTO cache_row VALUES(3,2,23,'unknown',NULL,NULL,NULL);
CREATE TABLE offer_row (
  run      INTEGER NOT NULL REFERENCES run (seq),
  path     INTEGER NOT NULL REFERENCES text (id),
  cache    INTEGER NOT NULL REFERENCES text (id),
  position INTEGER NOT NULL,
  answer   INTEGER NOT NULL REFERENCES answer (id),
  PRIMARY KEY (run, path, cache)
) STRICT, WITHOUT ROWID;
INSERT INTO offer_row VALUES(1,10,4,0,1);
INSERT INTO offer_row VALUES(1,11,4,0,2);
INSERT INTO offer_row VALUES(2,10,4,0,3);
INSERT INTO offer_row VALUES(2,11,4,0,4);
INSERT INTO offer_row VALUES(2,11,5,1,5);
INSERT INTO offer_row VALUES(3,10,4,0,6);
INSERT INTO offer_row VALUES(3,11,4,0,7);
INSERT INTO offer_row VALUES(3,24,4,0,8);
INSERT INTO offer_row VALUES(3,26,4,1,10);
INSERT INTO offer_row VALUES(3,26,5,0,9);
INSERT INTO offer_row VALUES(3,27,4,0,5);
INSERT INTO offer_row VALUES(3,27,5,1,4);
CREATE TABLE unanswered_row (
  run  INTEGER NOT NULL REFERENCES run (seq),
  path INTEGER NOT NULL REFERENCES text (id),
  PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;
INSERT INTO unanswered_row VALUES(3,25);
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
INSERT INTO registration_row VALUES(1,10,1,0);
INSERT INTO registration_row VALUES(1,11,2,0);
INSERT INTO registration_row VALUES(3,10,4,0);
INSERT INTO registration_row VALUES(3,11,5,0);
CREATE TABLE path_outcome_row (
  run  INTEGER NOT NULL REFERENCES run (seq),
  path INTEGER NOT NULL REFERENCES text (id),
  fate INTEGER NOT NULL REFERENCES fate (id),
  PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;
INSERT INTO path_outcome_row VALUES(1,10,1);
INSERT INTO path_outcome_row VALUES(1,11,1);
INSERT INTO path_outcome_row VALUES(2,10,2);
INSERT INTO path_outcome_row VALUES(2,11,2);
INSERT INTO path_outcome_row VALUES(3,10,3);
INSERT INTO path_outcome_row VALUES(3,11,1);
CREATE TABLE verdict_row (
  run         INTEGER NOT NULL REFERENCES run (seq),
  position    INTEGER NOT NULL,
  installable INTEGER NOT NULL REFERENCES text (id),
  spec        INTEGER NOT NULL REFERENCES text (id),
  derivation  INTEGER REFERENCES text (id),
  verdict     TEXT NOT NULL CHECK (verdict IN ('warm', 'cold', 'inconclusive')),
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
INSERT INTO verdict_row VALUES(1,0,1,3,7,'warm');
INSERT INTO verdict_row VALUES(2,0,1,3,7,'cold');
INSERT INTO verdict_row VALUES(3,0,1,3,7,'cold');
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
INSERT INTO outcome_row VALUES(1,0,0,9,10,1,120,12);
INSERT INTO outcome_row VALUES(2,0,0,9,10,2,120,12);
INSERT INTO outcome_row VALUES(3,0,0,9,10,3,120,12);
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
INSERT INTO reason_row VALUES(2,0,0,'substituter-refused','cold',11,15);
INSERT INTO reason_row VALUES(3,0,0,'built-locally','cold',10,37);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('run',4);
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
COMMIT;
