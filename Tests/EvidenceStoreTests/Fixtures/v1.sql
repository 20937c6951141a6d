PRAGMA application_id = 1465011540;
PRAGMA user_version = 1;
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
) STRICT;
INSERT INTO run VALUES(1,'20261121T072625Z-yxzysw','2026-11-21T07:26:25.555Z','0.1.0','runner-1',NULL,5335,1280992,'00000000-0000-0000-0000-000000000001','observe','[]','[]','[]');
INSERT INTO run VALUES(2,'20261121T072625Z-3dp7iz','2026-11-21T07:26:25.979Z','0.1.0','runner-1',NULL,5375,1281054,'00000000-0000-0000-0000-000000000001','observe','[]','[]','[]');
INSERT INTO run VALUES(3,'20261121T072626Z-1mpmgd','2026-11-21T07:26:26.375Z','0.1.0','runner-1',NULL,5419,1281093,'00000000-0000-0000-0000-000000000001','stop','[]','[]','[]');
CREATE TABLE requested (
  run         INTEGER NOT NULL REFERENCES run (seq),
  position    INTEGER NOT NULL,
  installable TEXT NOT NULL,
  spec        TEXT NOT NULL CHECK (json_valid(spec)),
  PRIMARY KEY (run, position)
) STRICT;
INSERT INTO requested VALUES(1,0,'Tests/EndToEndTests/Fixtures/lab.nix#libguestfs','{"file":{"_0":"Tests/EndToEndTests/Fixtures/lab.nix","attribute":"libguestfs","outputs":{"selected":{}}}}');
INSERT INTO requested VALUES(1,1,'Tests/EndToEndTests/Fixtures/lab.nix#guestfs-tools','{"file":{"_0":"Tests/EndToEndTests/Fixtures/lab.nix","attribute":"guestfs-tools","outputs":{"selected":{}}}}');
INSERT INTO requested VALUES(2,0,'Tests/EndToEndTests/Fixtures/lab.nix#libguestfs','{"file":{"_0":"Tests/EndToEndTests/Fixtures/lab.nix","attribute":"libguestfs","outputs":{"selected":{}}}}');
INSERT INTO requested VALUES(2,1,'Tests/EndToEndTests/Fixtures/lab.nix#guestfs-tools','{"file":{"_0":"Tests/EndToEndTests/Fixtures/lab.nix","attribute":"guestfs-tools","outputs":{"selected":{}}}}');
INSERT INTO requested VALUES(3,0,'Tests/EndToEndTests/Fixtures/lab.nix#qemu','{"file":{"_0":"Tests/EndToEndTests/Fixtures/lab.nix","attribute":"qemu","outputs":{"selected":{}}}}');
CREATE TABLE environment (
  run         INTEGER PRIMARY KEY REFERENCES run (seq),
  nix         TEXT NOT NULL,
  system      TEXT NOT NULL,
  store       TEXT NOT NULL,
  substitutes INTEGER NOT NULL CHECK (substitutes IN (0, 1))
) STRICT;
INSERT INTO environment VALUES(1,'2.8.0','x86_64-linux','auto',1);
INSERT INTO environment VALUES(2,'2.8.0','x86_64-linux','auto',1);
INSERT INTO environment VALUES(3,'2.8.0','x86_64-linux','auto',1);
CREATE TABLE substituter (
  run      INTEGER NOT NULL REFERENCES run (seq),
  position INTEGER NOT NULL,
  url      TEXT NOT NULL,
  PRIMARY KEY (run, position)
) STRICT;
INSERT INTO substituter VALUES(1,0,'file:///srv/cache');
INSERT INTO substituter VALUES(2,0,'file:///srv/cache-hole');
INSERT INTO substituter VALUES(3,0,'file:///srv/cache-unsigned');
CREATE TABLE trusted_key (
  run      INTEGER NOT NULL REFERENCES run (seq),
  position INTEGER NOT NULL,
  key      TEXT NOT NULL,
  PRIMARY KEY (run, position)
) STRICT;
INSERT INTO trusted_key VALUES(1,0,'lab-1:eY3TYooVfXoNrBzZDHyDahbPVDcVYjt11X2ATuzzAX4=');
INSERT INTO trusted_key VALUES(2,0,'lab-1:eY3TYooVfXoNrBzZDHyDahbPVDcVYjt11X2ATuzzAX4=');
INSERT INTO trusted_key VALUES(3,0,'lab-1:eY3TYooVfXoNrBzZDHyDahbPVDcVYjt11X2ATuzzAX4=');
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
INSERT INTO target VALUES(1,0,'Tests/EndToEndTests/Fixtures/lab.nix#libguestfs','/nix/store/pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv','x86_64-linux',NULL);
INSERT INTO target VALUES(1,1,'Tests/EndToEndTests/Fixtures/lab.nix#guestfs-tools','/nix/store/dq57q6acd2g6ks4wqf5ldrixp7s3qx4r-guestfs-tools-1.54.0.drv','x86_64-linux',NULL);
INSERT INTO target VALUES(2,0,'Tests/EndToEndTests/Fixtures/lab.nix#libguestfs','/nix/store/pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv','x86_64-linux',NULL);
INSERT INTO target VALUES(2,1,'Tests/EndToEndTests/Fixtures/lab.nix#guestfs-tools','/nix/store/dq57q6acd2g6ks4wqf5ldrixp7s3qx4r-guestfs-tools-1.54.0.drv','x86_64-linux',NULL);
INSERT INTO target VALUES(3,0,'Tests/EndToEndTests/Fixtures/lab.nix#qemu','/nix/store/6v7n9msydgzwy9cd411qfmkcs0vab7ad-qemu-10.0.2.drv','x86_64-linux',NULL);
CREATE TABLE output (
  run    INTEGER NOT NULL,
  target INTEGER NOT NULL,
  name   TEXT NOT NULL,
  path   TEXT NOT NULL,
  PRIMARY KEY (run, target, name),
  FOREIGN KEY (run, target) REFERENCES target (run, position)
) STRICT;
INSERT INTO output VALUES(1,0,'out','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1');
INSERT INTO output VALUES(1,0,'man','/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man');
INSERT INTO output VALUES(1,1,'out','/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0');
INSERT INTO output VALUES(2,0,'out','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1');
INSERT INTO output VALUES(2,0,'man','/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man');
INSERT INTO output VALUES(2,1,'out','/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0');
INSERT INTO output VALUES(3,0,'out','/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2');
CREATE TABLE presence (
  run     INTEGER NOT NULL REFERENCES run (seq),
  path    TEXT NOT NULL,
  valid   INTEGER NOT NULL CHECK (valid IN (0, 1)),
  on_disk INTEGER NOT NULL CHECK (on_disk IN (0, 1)),
  PRIMARY KEY (run, path)
) STRICT;
INSERT INTO presence VALUES(1,'/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1',0,0);
INSERT INTO presence VALUES(1,'/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0',0,0);
INSERT INTO presence VALUES(1,'/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man',0,0);
INSERT INTO presence VALUES(1,'/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40',0,0);
INSERT INTO presence VALUES(1,'/nix/store/r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0',0,0);
INSERT INTO presence VALUES(2,'/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1',0,0);
INSERT INTO presence VALUES(2,'/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0',0,0);
INSERT INTO presence VALUES(2,'/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man',0,0);
INSERT INTO presence VALUES(3,'/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2',0,0);
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
INSERT INTO cache VALUES(1,0,'file:///srv/cache','open',0,NULL,NULL);
INSERT INTO cache VALUES(2,0,'file:///srv/cache-hole','open',0,NULL,NULL);
INSERT INTO cache VALUES(3,0,'file:///srv/cache-unsigned','open',0,NULL,NULL);
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
INSERT INTO offer VALUES(1,'/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','file:///srv/cache','offered',NULL,NULL,'sha256:1ll17b9rdsb3xjipsdnr9bf57c0c9xq9p5wim6fwgnf32p41i9qm',416,276,'nar/1h6ybrjs25agzz564l7fvgxsd6lkvjl68avayainnknwrxs2pz8m.nar.xz','xz','95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40 r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0','pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv','lab-1:B6uspe881XOx6t9L8+q/dtEuTDvr6NIRzk8OKnWVN6obseHprCajWNQijesH3mpj/2vrSMbe8HFZcolKeaZfBA==',NULL,'lab-1','present');
INSERT INTO offer VALUES(1,'/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0','file:///srv/cache','offered',NULL,NULL,'sha256:13vbr4r92sih6xif4qbsswypzl4bii2qq2d2zxks6cg1zliq48hk',352,228,'nar/1k8115yrxmb1m32y1lyknzqjc2vj6xjx2qqjlf2caflv5plllqs0.nar.xz','xz','437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','dq57q6acd2g6ks4wqf5ldrixp7s3qx4r-guestfs-tools-1.54.0.drv','lab-1:uw+fOxKI57Wa2QPAJty1vUlEwLeJuUSO7ga31Zwexbo4oriTAwJjnJBHDaSUanL3HcpMzDDD2Ibu0aivAPV1Ag==',NULL,'lab-1','present');
INSERT INTO offer VALUES(1,'/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man','file:///srv/cache','offered',NULL,NULL,'sha256:17dy95kv0qqm81y531j2d8g78lf2wxy81hnj4k9a72skwjx8dq2h',304,176,'nar/0kh5acm3x6qvs5x5q52lnw5d3dqq2ij0ads13afd60xlargkpvgk.nar.xz','xz','','pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv','lab-1:vUCQmaSYt9noP9HPVlBdc5HQZkcxaj/71mvvQMvkeC+MrVpE65L5g+y1NyGcYINGoJnLjDrzlKuGMrXK0LcdBg==',NULL,'lab-1','present');
INSERT INTO offer VALUES(1,'/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40','file:///srv/cache','offered',NULL,NULL,'sha256:098idz83czhmg4zdcl0x98xbm68l4n3nmmnbyizn2isl19r8zjvk',288,172,'nar/0xjhmdqhm3kc8k6zx71pxfhnhlndlrwv87lw1mdf8b81g735k0cn.nar.xz','xz','','gyyv2ldnv2blp64wsrf24f30phrbnvqg-glibc-2.40.drv','lab-1:z/0br+sC2UV+tMtvVLxfWgbN3ti2NdlDL4lfPHfL8sSeGWuaGpU4Y0HeAdXxWOey+CHKjZ1tkGvPnwcSMP2LAA==',NULL,'lab-1','not-asked');
INSERT INTO offer VALUES(1,'/nix/store/r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0','file:///srv/cache','offered',NULL,NULL,'sha256:01hkllssaan5axnhk9h8mrkmxbrj770cj2v3zd6kym93hz3mwq7h',352,228,'nar/0077739dyalv3ipdmn1yjjwiz75smyj5v9g2a19czfmfzzd451f5.nar.xz','xz','95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40','035zxq7i605581bvbqfs3na1jvkiaw10-libguestfs-appliance-1.54.0.drv','lab-1:BnYVbXKydniJMpb5G9fVvCVnEW3H1fMpCGLqVnDJJ5nREHwweys1uOSoxnJ29m2H/YTO85sU4WxKHLxCE7R7CA==',NULL,'lab-1','not-asked');
INSERT INTO offer VALUES(2,'/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','file:///srv/cache-hole','offered',404,NULL,'sha256:1ll17b9rdsb3xjipsdnr9bf57c0c9xq9p5wim6fwgnf32p41i9qm',416,276,'nar/1h6ybrjs25agzz564l7fvgxsd6lkvjl68avayainnknwrxs2pz8m.nar.xz','xz','95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40 r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0','pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv','lab-1:B6uspe881XOx6t9L8+q/dtEuTDvr6NIRzk8OKnWVN6obseHprCajWNQijesH3mpj/2vrSMbe8HFZcolKeaZfBA==',NULL,'lab-1','missing');
INSERT INTO offer VALUES(2,'/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0','file:///srv/cache-hole','offered',NULL,NULL,'sha256:13vbr4r92sih6xif4qbsswypzl4bii2qq2d2zxks6cg1zliq48hk',352,228,'nar/1k8115yrxmb1m32y1lyknzqjc2vj6xjx2qqjlf2caflv5plllqs0.nar.xz','xz','437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','dq57q6acd2g6ks4wqf5ldrixp7s3qx4r-guestfs-tools-1.54.0.drv','lab-1:uw+fOxKI57Wa2QPAJty1vUlEwLeJuUSO7ga31Zwexbo4oriTAwJjnJBHDaSUanL3HcpMzDDD2Ibu0aivAPV1Ag==',NULL,'lab-1','present');
INSERT INTO offer VALUES(2,'/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man','file:///srv/cache-hole','offered',NULL,NULL,'sha256:17dy95kv0qqm81y531j2d8g78lf2wxy81hnj4k9a72skwjx8dq2h',304,176,'nar/0kh5acm3x6qvs5x5q52lnw5d3dqq2ij0ads13afd60xlargkpvgk.nar.xz','xz','','pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv','lab-1:vUCQmaSYt9noP9HPVlBdc5HQZkcxaj/71mvvQMvkeC+MrVpE65L5g+y1NyGcYINGoJnLjDrzlKuGMrXK0LcdBg==',NULL,'lab-1','present');
INSERT INTO offer VALUES(2,'/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40','file:///srv/cache-hole','offered',NULL,NULL,'sha256:098idz83czhmg4zdcl0x98xbm68l4n3nmmnbyizn2isl19r8zjvk',288,172,'nar/0xjhmdqhm3kc8k6zx71pxfhnhlndlrwv87lw1mdf8b81g735k0cn.nar.xz','xz','','gyyv2ldnv2blp64wsrf24f30phrbnvqg-glibc-2.40.drv','lab-1:z/0br+sC2UV+tMtvVLxfWgbN3ti2NdlDL4lfPHfL8sSeGWuaGpU4Y0HeAdXxWOey+CHKjZ1tkGvPnwcSMP2LAA==',NULL,'lab-1','not-asked');
INSERT INTO offer VALUES(2,'/nix/store/r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0','file:///srv/cache-hole','offered',NULL,NULL,'sha256:01hkllssaan5axnhk9h8mrkmxbrj770cj2v3zd6kym93hz3mwq7h',352,228,'nar/0077739dyalv3ipdmn1yjjwiz75smyj5v9g2a19czfmfzzd451f5.nar.xz','xz','95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40','035zxq7i605581bvbqfs3na1jvkiaw10-libguestfs-appliance-1.54.0.drv','lab-1:BnYVbXKydniJMpb5G9fVvCVnEW3H1fMpCGLqVnDJJ5nREHwweys1uOSoxnJ29m2H/YTO85sU4WxKHLxCE7R7CA==',NULL,'lab-1','not-asked');
INSERT INTO offer VALUES(3,'/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2','file:///srv/cache-unsigned','untrusted',NULL,NULL,'sha256:11s5lhgs3jifrgjpw3qphkwwcgyz9fpc30dv0km8w6abyhvcklc1',352,232,'nar/11jnr77gmym4iz9g5jxjyx9lb2xvqk32gh5c9yhx02n6bj8k9cyd.nar.xz','xz','95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40','6v7n9msydgzwy9cd411qfmkcs0vab7ad-qemu-10.0.2.drv','',NULL,NULL,NULL);
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
INSERT INTO log_event VALUES(1,0,49,'copy-started','/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man',NULL,'file:///srv/cache',NULL,NULL);
INSERT INTO log_event VALUES(1,1,50,'copy-stopped','/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man',NULL,'file:///srv/cache',NULL,NULL);
INSERT INTO log_event VALUES(1,2,61,'copy-started','/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40',NULL,'file:///srv/cache',NULL,NULL);
INSERT INTO log_event VALUES(1,3,62,'copy-stopped','/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40',NULL,'file:///srv/cache',NULL,NULL);
INSERT INTO log_event VALUES(1,4,73,'copy-started','/nix/store/r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0',NULL,'file:///srv/cache',NULL,NULL);
INSERT INTO log_event VALUES(1,5,74,'copy-stopped','/nix/store/r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0',NULL,'file:///srv/cache',NULL,NULL);
INSERT INTO log_event VALUES(1,6,85,'copy-started','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1',NULL,'file:///srv/cache',NULL,NULL);
INSERT INTO log_event VALUES(1,7,86,'copy-stopped','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1',NULL,'file:///srv/cache',NULL,NULL);
INSERT INTO log_event VALUES(1,8,101,'copy-started','/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0',NULL,'file:///srv/cache',NULL,NULL);
INSERT INTO log_event VALUES(1,9,102,'copy-stopped','/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0',NULL,'file:///srv/cache',NULL,NULL);
INSERT INTO log_event VALUES(2,0,46,'copy-started','/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man',NULL,'file:///srv/cache-hole',NULL,NULL);
INSERT INTO log_event VALUES(2,1,50,'copy-stopped','/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man',NULL,'file:///srv/cache-hole',NULL,NULL);
INSERT INTO log_event VALUES(2,2,61,'copy-started','/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40',NULL,'file:///srv/cache-hole',NULL,NULL);
INSERT INTO log_event VALUES(2,3,62,'copy-stopped','/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40',NULL,'file:///srv/cache-hole',NULL,NULL);
INSERT INTO log_event VALUES(2,4,73,'copy-started','/nix/store/r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0',NULL,'file:///srv/cache-hole',NULL,NULL);
INSERT INTO log_event VALUES(2,5,74,'copy-stopped','/nix/store/r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0',NULL,'file:///srv/cache-hole',NULL,NULL);
INSERT INTO log_event VALUES(2,6,85,'copy-started','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1',NULL,'file:///srv/cache-hole',NULL,NULL);
INSERT INTO log_event VALUES(2,7,86,'copy-stopped','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1',NULL,'file:///srv/cache-hole',NULL,NULL);
INSERT INTO log_event VALUES(2,8,88,'complaint',NULL,NULL,NULL,NULL,'file ''nar/1h6ybrjs25agzz564l7fvgxsd6lkvjl68avayainnknwrxs2pz8m.nar.xz'' does not exist in binary cache');
INSERT INTO log_event VALUES(2,9,105,'build-started',NULL,'/nix/store/pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv',NULL,NULL,NULL);
INSERT INTO log_event VALUES(2,10,123,'copy-started','/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0',NULL,'file:///srv/cache-hole',NULL,NULL);
INSERT INTO log_event VALUES(2,11,124,'copy-stopped','/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0',NULL,'file:///srv/cache-hole',NULL,NULL);
INSERT INTO log_event VALUES(2,12,134,'build-stopped',NULL,'/nix/store/pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv',NULL,NULL,NULL);
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
INSERT INTO realization VALUES(1,'exited',0,NULL,114,10642,0);
INSERT INTO realization VALUES(2,'exited',0,NULL,137,12734,0);
INSERT INTO realization VALUES(3,'not-started',NULL,NULL,0,0,0);
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
INSERT INTO registration VALUES(1,'/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','sha256:1ll17b9rdsb3xjipsdnr9bf57c0c9xq9p5wim6fwgnf32p41i9qm',416,0,'lab-1:B6uspe881XOx6t9L8+q/dtEuTDvr6NIRzk8OKnWVN6obseHprCajWNQijesH3mpj/2vrSMbe8HFZcolKeaZfBA==',NULL,'95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40 r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0');
INSERT INTO registration VALUES(1,'/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0','sha256:13vbr4r92sih6xif4qbsswypzl4bii2qq2d2zxks6cg1zliq48hk',352,0,'lab-1:uw+fOxKI57Wa2QPAJty1vUlEwLeJuUSO7ga31Zwexbo4oriTAwJjnJBHDaSUanL3HcpMzDDD2Ibu0aivAPV1Ag==',NULL,'437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1');
INSERT INTO registration VALUES(1,'/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man','sha256:17dy95kv0qqm81y531j2d8g78lf2wxy81hnj4k9a72skwjx8dq2h',304,0,'lab-1:vUCQmaSYt9noP9HPVlBdc5HQZkcxaj/71mvvQMvkeC+MrVpE65L5g+y1NyGcYINGoJnLjDrzlKuGMrXK0LcdBg==',NULL,'');
INSERT INTO registration VALUES(1,'/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40','sha256:098idz83czhmg4zdcl0x98xbm68l4n3nmmnbyizn2isl19r8zjvk',288,0,'lab-1:z/0br+sC2UV+tMtvVLxfWgbN3ti2NdlDL4lfPHfL8sSeGWuaGpU4Y0HeAdXxWOey+CHKjZ1tkGvPnwcSMP2LAA==',NULL,'');
INSERT INTO registration VALUES(1,'/nix/store/r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0','sha256:01hkllssaan5axnhk9h8mrkmxbrj770cj2v3zd6kym93hz3mwq7h',352,0,'lab-1:BnYVbXKydniJMpb5G9fVvCVnEW3H1fMpCGLqVnDJJ5nREHwweys1uOSoxnJ29m2H/YTO85sU4WxKHLxCE7R7CA==',NULL,'95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40');
INSERT INTO registration VALUES(2,'/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','sha256:1ll17b9rdsb3xjipsdnr9bf57c0c9xq9p5wim6fwgnf32p41i9qm',416,1,'',NULL,'95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40 r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0');
INSERT INTO registration VALUES(2,'/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0','sha256:13vbr4r92sih6xif4qbsswypzl4bii2qq2d2zxks6cg1zliq48hk',352,0,'lab-1:uw+fOxKI57Wa2QPAJty1vUlEwLeJuUSO7ga31Zwexbo4oriTAwJjnJBHDaSUanL3HcpMzDDD2Ibu0aivAPV1Ag==',NULL,'437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1');
INSERT INTO registration VALUES(2,'/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man','sha256:17dy95kv0qqm81y531j2d8g78lf2wxy81hnj4k9a72skwjx8dq2h',304,0,'lab-1:vUCQmaSYt9noP9HPVlBdc5HQZkcxaj/71mvvQMvkeC+MrVpE65L5g+y1NyGcYINGoJnLjDrzlKuGMrXK0LcdBg==',NULL,'');
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
INSERT INTO verdict VALUES(1,0,'Tests/EndToEndTests/Fixtures/lab.nix#libguestfs','{"file":{"_0":"Tests/EndToEndTests/Fixtures/lab.nix","attribute":"libguestfs","outputs":{"selected":{}}}}','/nix/store/pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv','warm');
INSERT INTO verdict VALUES(1,1,'Tests/EndToEndTests/Fixtures/lab.nix#guestfs-tools','{"file":{"_0":"Tests/EndToEndTests/Fixtures/lab.nix","attribute":"guestfs-tools","outputs":{"selected":{}}}}','/nix/store/dq57q6acd2g6ks4wqf5ldrixp7s3qx4r-guestfs-tools-1.54.0.drv','warm');
INSERT INTO verdict VALUES(2,0,'Tests/EndToEndTests/Fixtures/lab.nix#libguestfs','{"file":{"_0":"Tests/EndToEndTests/Fixtures/lab.nix","attribute":"libguestfs","outputs":{"selected":{}}}}','/nix/store/pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv','cold');
INSERT INTO verdict VALUES(2,1,'Tests/EndToEndTests/Fixtures/lab.nix#guestfs-tools','{"file":{"_0":"Tests/EndToEndTests/Fixtures/lab.nix","attribute":"guestfs-tools","outputs":{"selected":{}}}}','/nix/store/dq57q6acd2g6ks4wqf5ldrixp7s3qx4r-guestfs-tools-1.54.0.drv','cold');
INSERT INTO verdict VALUES(3,0,'Tests/EndToEndTests/Fixtures/lab.nix#qemu','{"file":{"_0":"Tests/EndToEndTests/Fixtures/lab.nix","attribute":"qemu","outputs":{"selected":{}}}}','/nix/store/6v7n9msydgzwy9cd411qfmkcs0vab7ad-qemu-10.0.2.drv','cold');
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
INSERT INTO outcome VALUES(1,0,0,'out','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','substituted','file:///srv/cache',416,'lab-1');
INSERT INTO outcome VALUES(1,0,1,'man','/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man','substituted','file:///srv/cache',304,'lab-1');
INSERT INTO outcome VALUES(1,1,0,'out','/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0','substituted','file:///srv/cache',352,'lab-1');
INSERT INTO outcome VALUES(2,0,0,'out','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','built-locally',NULL,416,'');
INSERT INTO outcome VALUES(2,0,1,'man','/nix/store/5zmzb18djh25r40qn0iivg52vh0ia895-libguestfs-1.54.1-man','substituted','file:///srv/cache-hole',304,'lab-1');
INSERT INTO outcome VALUES(2,1,0,'out','/nix/store/4afgpxzca8j5kx9y5pljs0df9xzg4wc0-guestfs-tools-1.54.0','substituted','file:///srv/cache-hole',352,'lab-1');
INSERT INTO outcome VALUES(3,0,0,'out','/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2','not-realized',NULL,NULL,'');
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
INSERT INTO reason VALUES(2,0,0,'nar-missing','cold','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','{"narMissing":{"cache":"file:///srv/cache-hole","file":"nar/1h6ybrjs25agzz564l7fvgxsd6lkvjl68avayainnknwrxs2pz8m.nar.xz","path":"/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1"}}');
INSERT INTO reason VALUES(2,0,1,'nar-missing','cold','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','{"narMissing":{"cache":"file:///srv/cache-hole","file":"nar/1h6ybrjs25agzz564l7fvgxsd6lkvjl68avayainnknwrxs2pz8m.nar.xz","line":88,"path":"/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1"}}');
INSERT INTO reason VALUES(2,0,2,'built-locally','cold','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','{"builtLocally":{"derivation":"/nix/store/pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv","line":105,"path":"/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1"}}');
INSERT INTO reason VALUES(2,1,0,'nar-missing','cold','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','{"narMissing":{"cache":"file:///srv/cache-hole","file":"nar/1h6ybrjs25agzz564l7fvgxsd6lkvjl68avayainnknwrxs2pz8m.nar.xz","path":"/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1"}}');
INSERT INTO reason VALUES(2,1,1,'nar-missing','cold','/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1','{"narMissing":{"cache":"file:///srv/cache-hole","file":"nar/1h6ybrjs25agzz564l7fvgxsd6lkvjl68avayainnknwrxs2pz8m.nar.xz","line":88,"path":"/nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs-1.54.1"}}');
INSERT INTO reason VALUES(2,1,2,'forbidden-build','cold','/nix/store/pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv','{"forbiddenBuild":{"derivation":"/nix/store/pki59v1sjkdpx6nlb32kzbf2wgpb0c67-libguestfs-1.54.1.drv","line":105}}');
INSERT INTO reason VALUES(3,0,0,'signature-untrusted','cold','/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2','{"signatureUntrusted":{"path":"/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2","signers":[],"source":"file:///srv/cache-unsigned"}}');
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
INSERT INTO conclusion VALUES(1,'2026-11-21T07:26:25.854Z','warm',5,5,0,0,0,1080,907870208);
INSERT INTO conclusion VALUES(2,'2026-11-21T07:26:26.227Z','cold',3,2,1,0,0,404,907870208);
INSERT INTO conclusion VALUES(3,'2026-11-21T07:26:26.562Z','cold',1,0,0,0,0,0,907870208);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('run',3);
CREATE INDEX requested_installable ON requested (installable);
CREATE INDEX outcome_path ON outcome (path);
CREATE INDEX reason_code ON reason (code);
COMMIT;
