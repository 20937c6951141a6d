-- Two runs as warmth recorded them at step 2 of the schema (Kit record, 6 paths each).
PRAGMA application_id = 1465011540;
PRAGMA user_version = 2;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
INSERT INTO "cache" VALUES(1,0,'https://cache.ci.example/main','open',40,NULL,NULL);
INSERT INTO "cache" VALUES(1,1,'https://cache.nixos.org','open',40,NULL,NULL);
INSERT INTO "cache" VALUES(2,0,'https://cache.ci.example/main','open',40,NULL,NULL);
INSERT INTO "cache" VALUES(2,1,'https://cache.nixos.org','open',40,NULL,NULL);
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
INSERT INTO "conclusion" VALUES(1,'2023-06-16T00:04:15.526Z','warm',4,4,0,0,0,20590044,127707599);
INSERT INTO "conclusion" VALUES(2,'2023-06-16T00:27:45.624Z','warm',6,6,0,0,0,25387512,136519518);
CREATE TABLE derivation (
  path               TEXT PRIMARY KEY,
  system             TEXT NOT NULL,
  allows_substitutes INTEGER NOT NULL CHECK (allows_substitutes IN (0, 1)),
  outputs            TEXT NOT NULL CHECK (json_valid(outputs)),
  inputs             TEXT NOT NULL CHECK (json_valid(inputs)),
  sources            TEXT NOT NULL,
  traits             TEXT NOT NULL CHECK (json_valid(traits))
) STRICT, WITHOUT ROWID;
INSERT INTO "derivation" VALUES('/nix/store/0zlw8znmrq79jr44nrzrby1bd23gj612-qemu-host-cpu-only-4.3.0.drv','x86_64-linux',1,'{"out":"6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0"}','{}','','{"fingerprints":{}}');
INSERT INTO "derivation" VALUES('/nix/store/1bvcr34m57q8b243sw8xjlyibvnlydn8-libguestfs-1.0.0.drv','x86_64-linux',1,'{"out":"pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0"}','{}','','{"fingerprints":{}}');
INSERT INTO "derivation" VALUES('/nix/store/9ml6qx1ka2nk1nqln9ial8ig1gzvwlc6-glibc-5.4.0.drv','x86_64-linux',1,'{"out":"appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0"}','{}','','{"fingerprints":{}}');
INSERT INTO "derivation" VALUES('/nix/store/b6ylzlg80f89yqhgrb32afkcdzmsmch1-qemu-3.2.0.drv','x86_64-linux',1,'{"out":"4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0"}','{}','','{"fingerprints":{}}');
INSERT INTO "derivation" VALUES('/nix/store/gijldxm2srgc4n7mwn5j06y0n0cxph8r-guestfs-tools-2.1.0.drv','x86_64-linux',1,'{"out":"7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0"}','{}','','{"fingerprints":{}}');
INSERT INTO "derivation" VALUES('/nix/store/xxfzb7ybpy68np4vr8gz4sb7whvsscqg-glibc-dev-6.5.0.drv','x86_64-linux',1,'{"out":"iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0"}','{}','','{"fingerprints":{}}');
CREATE TABLE environment (
  run         INTEGER PRIMARY KEY REFERENCES run (seq),
  nix         TEXT NOT NULL,
  system      TEXT NOT NULL,
  store       TEXT NOT NULL,
  substitutes INTEGER NOT NULL CHECK (substitutes IN (0, 1))
, sandbox TEXT
  CHECK (sandbox IS NULL OR sandbox IN ('works', 'missing')), sandbox_cause TEXT) STRICT;
INSERT INTO "environment" VALUES(1,'2.34.0','x86_64-linux','auto',1,NULL,NULL);
INSERT INTO "environment" VALUES(2,'2.34.0','x86_64-linux','auto',1,NULL,NULL);
CREATE TABLE log_event (
  run        INTEGER NOT NULL REFERENCES run (seq),
  position   INTEGER NOT NULL,
  line       INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  path       TEXT,
  derivation TEXT,
  source     TEXT,
  machine    TEXT,
  text       TEXT, subject TEXT CHECK (subject IS NULL OR json_valid(subject)),
  PRIMARY KEY (run, position)
) STRICT;
INSERT INTO "log_event" VALUES(1,0,2,'copy-started','/nix/store/iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(1,1,6,'copy-stopped','/nix/store/iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(1,2,9,'copy-started','/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(1,3,14,'copy-stopped','/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(1,4,15,'copy-started','/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(1,5,20,'copy-stopped','/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(1,6,21,'copy-started','/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(1,7,24,'copy-stopped','/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(1,8,25,'copy-started','/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(1,9,26,'copy-stopped','/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(1,10,27,'copy-started','/nix/store/appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(1,11,28,'copy-stopped','/nix/store/appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(2,0,2,'copy-started','/nix/store/appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(2,1,6,'copy-stopped','/nix/store/appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(2,2,7,'copy-started','/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(2,3,11,'copy-stopped','/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(2,4,15,'copy-started','/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(2,5,20,'copy-stopped','/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(2,6,22,'copy-started','/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(2,7,26,'copy-stopped','/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(2,8,28,'copy-started','/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(2,9,30,'copy-stopped','/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(2,10,35,'copy-started','/nix/store/iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
INSERT INTO "log_event" VALUES(2,11,37,'copy-stopped','/nix/store/iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0',NULL,'https://cache.ci.example/main',NULL,NULL,NULL);
CREATE TABLE means_of_writing (
  run      INTEGER NOT NULL REFERENCES run (seq),
  position INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  place    TEXT NOT NULL,
  writes   INTEGER NOT NULL CHECK (writes IN (0, 1)),
  detail   TEXT NOT NULL CHECK (json_valid(detail)),
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
  nar             TEXT CHECK (nar IN ('not-asked', 'present', 'missing', 'refused', 'failed')), flaw TEXT CHECK (flaw IS NULL OR json_valid(flaw)), nar_bytes INTEGER,
  PRIMARY KEY (run, path, cache)
) STRICT;
INSERT INTO "offer" VALUES(1,'/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0','https://cache.ci.example/main','offered',NULL,NULL,'sha256:1bs8k9zhbi11kq0dd7cb29skbgncx4jmkmwrj74jir93nz50fzxq',25570520,6392630,'nar/1f3z0z5bf8z5534r36fpb4jykk5y6msi52wxsq09w8f40mzrlj5g.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','b6ylzlg80f89yqhgrb32afkcdzmsmch1-qemu-3.2.0.drv','ci-cache-1:3zIiMHsZrjy2v2NoLVTMlgQfDCj5tyTnaFhbD8wgIPG/njm8TrLfZIDwLDjHRMaMFJURF8YDlRsRq/GopTyAAA==',NULL,'ci-cache-1','present',NULL,6392630);
INSERT INTO "offer" VALUES(1,'/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0','https://cache.nixos.org','offered',NULL,NULL,'sha256:1bs8k9zhbi11kq0dd7cb29skbgncx4jmkmwrj74jir93nz50fzxq',25570520,6392630,'nar/1f3z0z5bf8z5534r36fpb4jykk5y6msi52wxsq09w8f40mzrlj5g.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','b6ylzlg80f89yqhgrb32afkcdzmsmch1-qemu-3.2.0.drv','cache.nixos.org-1:lIbiY+ue4/rRp4JI/Fp+j90VdKtfsVeaKJWo1PnVn+UrqxlFRLj2VXqvSZEhW3CDicyQZeI3AyDAni8+lH7RBA==',NULL,'cache.nixos.org-1','present',NULL,6392630);
INSERT INTO "offer" VALUES(1,'/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0','https://cache.ci.example/main','offered',NULL,NULL,'sha256:0gmdxqb5afvdzlp6qbc79hplnxf43walcswpn5wd2s4f36cfk8k3',30964208,7741052,'nar/0qx2x6c1k3k8s5wb35vb8qaizi3m9cplr1rddhpgsv9valbfxb9y.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','0zlw8znmrq79jr44nrzrby1bd23gj612-qemu-host-cpu-only-4.3.0.drv','ci-cache-1:bzHACz7kmISNFdJsJJMWp4SQyYRmRPXM33fKfJZ2N3LcZxHiwHDVByUOEqMR/39GKJVVGEnzc+nvhbzy4gzbDw==',NULL,'ci-cache-1','present',NULL,7741052);
INSERT INTO "offer" VALUES(1,'/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0','https://cache.nixos.org','offered',NULL,NULL,'sha256:0gmdxqb5afvdzlp6qbc79hplnxf43walcswpn5wd2s4f36cfk8k3',30964208,7741052,'nar/0qx2x6c1k3k8s5wb35vb8qaizi3m9cplr1rddhpgsv9valbfxb9y.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','0zlw8znmrq79jr44nrzrby1bd23gj612-qemu-host-cpu-only-4.3.0.drv','cache.nixos.org-1:3u6FwAzBxHSu/rgFBYvIhGiv49mP0ldvLXdSNJ457mYbLq0kLxJUISH0BmuZlOJBws6HhAM6nWoqEmhBk2r0CA==',NULL,'cache.nixos.org-1','present',NULL,7741052);
INSERT INTO "offer" VALUES(1,'/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0','https://cache.ci.example/main','offered',NULL,NULL,'sha256:1czjzqg68hyb5sb51kqn0ym47spa6flbq3vvmbbp7302ir3zy6jc',6508304,1627076,'nar/0k0szx3qw0lcfgbslyqgpjl37spa8fm0f5nga2b2xjs3chggxwmk.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','gijldxm2srgc4n7mwn5j06y0n0cxph8r-guestfs-tools-2.1.0.drv','ci-cache-1:muS2zp/GbkORRpuNEQyrv/gX70cdJd6XeJdGqbP++P5ZPuywnn0aDVMMf0wKnixUEe+/BSmbaF7MtAWF9X9qDQ==',NULL,'ci-cache-1','not-asked',NULL,NULL);
INSERT INTO "offer" VALUES(1,'/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0','https://cache.nixos.org','offered',NULL,NULL,'sha256:1czjzqg68hyb5sb51kqn0ym47spa6flbq3vvmbbp7302ir3zy6jc',6508304,1627076,'nar/0k0szx3qw0lcfgbslyqgpjl37spa8fm0f5nga2b2xjs3chggxwmk.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','gijldxm2srgc4n7mwn5j06y0n0cxph8r-guestfs-tools-2.1.0.drv','cache.nixos.org-1:JnhLTyCGE7kWuF36SUN4GRG0WV1HSZ4+wSupQb5Ni+gVT1/Rwybmkq4pqV8jT3O2QVWysRgRk/kDKcfSLWyrAg==',NULL,'cache.nixos.org-1','not-asked',NULL,NULL);
INSERT INTO "offer" VALUES(1,'/nix/store/appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0','https://cache.ci.example/main','offered',NULL,NULL,'sha256:0i4l09319azakagp9svxpcqmjpxihi0f5d8kq9frpk032l3fg2jh',467344,116836,'nar/0l4aww31a0yckdfw44xmw9089cazb4qvnzgbfjgrmsmb2i305524.nar.zst','zstd','','9ml6qx1ka2nk1nqln9ial8ig1gzvwlc6-glibc-5.4.0.drv','ci-cache-1:n+bZT7PdiBxPXGvqS/65TGTjVFdQ+Oho3WTY2bZe+7felQ6NIh5Rm3vr8sI64OBtqtZHjSixgLCt8vfaCd4jCw==',NULL,'ci-cache-1','not-asked',NULL,NULL);
INSERT INTO "offer" VALUES(1,'/nix/store/appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0','https://cache.nixos.org','offered',NULL,NULL,'sha256:0i4l09319azakagp9svxpcqmjpxihi0f5d8kq9frpk032l3fg2jh',467344,116836,'nar/0l4aww31a0yckdfw44xmw9089cazb4qvnzgbfjgrmsmb2i305524.nar.zst','zstd','','9ml6qx1ka2nk1nqln9ial8ig1gzvwlc6-glibc-5.4.0.drv','cache.nixos.org-1:r2sD+E2kQxOYj/cz+ypEeS2M5kuJjfrmxcFHalT2xZymWtBrTZZJv5voPX9Y6gL95Le2DlSoF0bDyYeTsuAUDw==',NULL,'cache.nixos.org-1','not-asked',NULL,NULL);
INSERT INTO "offer" VALUES(1,'/nix/store/iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','https://cache.ci.example/main','offered',NULL,NULL,'sha256:06b0b2sf0q8smxznns41rxgs217xk2f0a5hq52sw2yw8vca09h7k',25358104,6339526,'nar/1wy00hadp23vq6sjh60n0nf9iz84l5gwz0b8ddzsy6k1w2s5hq0r.nar.zst','zstd','','xxfzb7ybpy68np4vr8gz4sb7whvsscqg-glibc-dev-6.5.0.drv','ci-cache-1:seqW3YgOb6lBDhtQmu8hl+GkJyQg4jpChTGdAEEWx5vsYcuV09eHqwfXMujtAggC5TtuPPgtfNE45VOEGXQZBg==',NULL,'ci-cache-1','not-asked',NULL,NULL);
INSERT INTO "offer" VALUES(1,'/nix/store/iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','https://cache.nixos.org','offered',NULL,NULL,'sha256:06b0b2sf0q8smxznns41rxgs217xk2f0a5hq52sw2yw8vca09h7k',25358104,6339526,'nar/1wy00hadp23vq6sjh60n0nf9iz84l5gwz0b8ddzsy6k1w2s5hq0r.nar.zst','zstd','','xxfzb7ybpy68np4vr8gz4sb7whvsscqg-glibc-dev-6.5.0.drv','cache.nixos.org-1:Pve2pST3JcLMHjJtM+wp1GAVJ+qLIjwEUQtPJaYkLrLAJU20kfqAJV8+SvnYcqMdK6JbAuECRvzfqkueFv9rBQ==',NULL,'cache.nixos.org-1','not-asked',NULL,NULL);
INSERT INTO "offer" VALUES(1,'/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0','https://cache.ci.example/main','offered',NULL,NULL,'sha256:1ry21qbd3m9l7vv8j7rr6cym7dalcvrpqv3fd529qkhr5wlr2mf8',12681568,3170392,'nar/1j2mj4ljy6afki26jvkcgkrncm5macyk6f8zi7v3wd6ms4b0xhp7.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','1bvcr34m57q8b243sw8xjlyibvnlydn8-libguestfs-1.0.0.drv','ci-cache-1:6bVa5llCAcMt3dyRclLcOKx5bKLw92XA0zIkGU7QbxgVqC4P+9HB1HMYhvdioZhhLeIcPjWdf+IEzLIFHhuHBA==',NULL,'ci-cache-1','not-asked',NULL,NULL);
INSERT INTO "offer" VALUES(1,'/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0','https://cache.nixos.org','offered',NULL,NULL,'sha256:1ry21qbd3m9l7vv8j7rr6cym7dalcvrpqv3fd529qkhr5wlr2mf8',12681568,3170392,'nar/1j2mj4ljy6afki26jvkcgkrncm5macyk6f8zi7v3wd6ms4b0xhp7.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','1bvcr34m57q8b243sw8xjlyibvnlydn8-libguestfs-1.0.0.drv','cache.nixos.org-1:aKSCxO1/Y02VryBCrd6HDVQdGOqIC+ZRTI9dCZ33tzYkZ2GnphDiJbTq1K3MNf7fqiKjvUOIhe1MYcw1uRTTDA==',NULL,'cache.nixos.org-1','not-asked',NULL,NULL);
INSERT INTO "offer" VALUES(2,'/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0','https://cache.ci.example/main','offered',NULL,NULL,'sha256:1bs8k9zhbi11kq0dd7cb29skbgncx4jmkmwrj74jir93nz50fzxq',25570520,6392630,'nar/1f3z0z5bf8z5534r36fpb4jykk5y6msi52wxsq09w8f40mzrlj5g.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','b6ylzlg80f89yqhgrb32afkcdzmsmch1-qemu-3.2.0.drv','ci-cache-1:3zIiMHsZrjy2v2NoLVTMlgQfDCj5tyTnaFhbD8wgIPG/njm8TrLfZIDwLDjHRMaMFJURF8YDlRsRq/GopTyAAA==',NULL,'ci-cache-1','present',NULL,6392630);
INSERT INTO "offer" VALUES(2,'/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0','https://cache.nixos.org','offered',NULL,NULL,'sha256:1bs8k9zhbi11kq0dd7cb29skbgncx4jmkmwrj74jir93nz50fzxq',25570520,6392630,'nar/1f3z0z5bf8z5534r36fpb4jykk5y6msi52wxsq09w8f40mzrlj5g.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','b6ylzlg80f89yqhgrb32afkcdzmsmch1-qemu-3.2.0.drv','cache.nixos.org-1:lIbiY+ue4/rRp4JI/Fp+j90VdKtfsVeaKJWo1PnVn+UrqxlFRLj2VXqvSZEhW3CDicyQZeI3AyDAni8+lH7RBA==',NULL,'cache.nixos.org-1','present',NULL,6392630);
INSERT INTO "offer" VALUES(2,'/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0','https://cache.ci.example/main','offered',NULL,NULL,'sha256:0gmdxqb5afvdzlp6qbc79hplnxf43walcswpn5wd2s4f36cfk8k3',30964208,7741052,'nar/0qx2x6c1k3k8s5wb35vb8qaizi3m9cplr1rddhpgsv9valbfxb9y.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','0zlw8znmrq79jr44nrzrby1bd23gj612-qemu-host-cpu-only-4.3.0.drv','ci-cache-1:bzHACz7kmISNFdJsJJMWp4SQyYRmRPXM33fKfJZ2N3LcZxHiwHDVByUOEqMR/39GKJVVGEnzc+nvhbzy4gzbDw==',NULL,'ci-cache-1','present',NULL,7741052);
INSERT INTO "offer" VALUES(2,'/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0','https://cache.nixos.org','offered',NULL,NULL,'sha256:0gmdxqb5afvdzlp6qbc79hplnxf43walcswpn5wd2s4f36cfk8k3',30964208,7741052,'nar/0qx2x6c1k3k8s5wb35vb8qaizi3m9cplr1rddhpgsv9valbfxb9y.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','0zlw8znmrq79jr44nrzrby1bd23gj612-qemu-host-cpu-only-4.3.0.drv','cache.nixos.org-1:3u6FwAzBxHSu/rgFBYvIhGiv49mP0ldvLXdSNJ457mYbLq0kLxJUISH0BmuZlOJBws6HhAM6nWoqEmhBk2r0CA==',NULL,'cache.nixos.org-1','present',NULL,7741052);
INSERT INTO "offer" VALUES(2,'/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0','https://cache.ci.example/main','offered',NULL,NULL,'sha256:1czjzqg68hyb5sb51kqn0ym47spa6flbq3vvmbbp7302ir3zy6jc',6508304,1627076,'nar/0k0szx3qw0lcfgbslyqgpjl37spa8fm0f5nga2b2xjs3chggxwmk.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','gijldxm2srgc4n7mwn5j06y0n0cxph8r-guestfs-tools-2.1.0.drv','ci-cache-1:muS2zp/GbkORRpuNEQyrv/gX70cdJd6XeJdGqbP++P5ZPuywnn0aDVMMf0wKnixUEe+/BSmbaF7MtAWF9X9qDQ==',NULL,'ci-cache-1','present',NULL,1627076);
INSERT INTO "offer" VALUES(2,'/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0','https://cache.nixos.org','offered',NULL,NULL,'sha256:1czjzqg68hyb5sb51kqn0ym47spa6flbq3vvmbbp7302ir3zy6jc',6508304,1627076,'nar/0k0szx3qw0lcfgbslyqgpjl37spa8fm0f5nga2b2xjs3chggxwmk.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','gijldxm2srgc4n7mwn5j06y0n0cxph8r-guestfs-tools-2.1.0.drv','cache.nixos.org-1:JnhLTyCGE7kWuF36SUN4GRG0WV1HSZ4+wSupQb5Ni+gVT1/Rwybmkq4pqV8jT3O2QVWysRgRk/kDKcfSLWyrAg==',NULL,'cache.nixos.org-1','present',NULL,1627076);
INSERT INTO "offer" VALUES(2,'/nix/store/appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0','https://cache.ci.example/main','offered',NULL,NULL,'sha256:0i4l09319azakagp9svxpcqmjpxihi0f5d8kq9frpk032l3fg2jh',467344,116836,'nar/0l4aww31a0yckdfw44xmw9089cazb4qvnzgbfjgrmsmb2i305524.nar.zst','zstd','','9ml6qx1ka2nk1nqln9ial8ig1gzvwlc6-glibc-5.4.0.drv','ci-cache-1:n+bZT7PdiBxPXGvqS/65TGTjVFdQ+Oho3WTY2bZe+7felQ6NIh5Rm3vr8sI64OBtqtZHjSixgLCt8vfaCd4jCw==',NULL,'ci-cache-1','not-asked',NULL,NULL);
INSERT INTO "offer" VALUES(2,'/nix/store/appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0','https://cache.nixos.org','offered',NULL,NULL,'sha256:0i4l09319azakagp9svxpcqmjpxihi0f5d8kq9frpk032l3fg2jh',467344,116836,'nar/0l4aww31a0yckdfw44xmw9089cazb4qvnzgbfjgrmsmb2i305524.nar.zst','zstd','','9ml6qx1ka2nk1nqln9ial8ig1gzvwlc6-glibc-5.4.0.drv','cache.nixos.org-1:r2sD+E2kQxOYj/cz+ypEeS2M5kuJjfrmxcFHalT2xZymWtBrTZZJv5voPX9Y6gL95Le2DlSoF0bDyYeTsuAUDw==',NULL,'cache.nixos.org-1','not-asked',NULL,NULL);
INSERT INTO "offer" VALUES(2,'/nix/store/iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','https://cache.ci.example/main','offered',NULL,NULL,'sha256:06b0b2sf0q8smxznns41rxgs217xk2f0a5hq52sw2yw8vca09h7k',25358104,6339526,'nar/1wy00hadp23vq6sjh60n0nf9iz84l5gwz0b8ddzsy6k1w2s5hq0r.nar.zst','zstd','','xxfzb7ybpy68np4vr8gz4sb7whvsscqg-glibc-dev-6.5.0.drv','ci-cache-1:seqW3YgOb6lBDhtQmu8hl+GkJyQg4jpChTGdAEEWx5vsYcuV09eHqwfXMujtAggC5TtuPPgtfNE45VOEGXQZBg==',NULL,'ci-cache-1','not-asked',NULL,NULL);
INSERT INTO "offer" VALUES(2,'/nix/store/iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','https://cache.nixos.org','offered',NULL,NULL,'sha256:06b0b2sf0q8smxznns41rxgs217xk2f0a5hq52sw2yw8vca09h7k',25358104,6339526,'nar/1wy00hadp23vq6sjh60n0nf9iz84l5gwz0b8ddzsy6k1w2s5hq0r.nar.zst','zstd','','xxfzb7ybpy68np4vr8gz4sb7whvsscqg-glibc-dev-6.5.0.drv','cache.nixos.org-1:Pve2pST3JcLMHjJtM+wp1GAVJ+qLIjwEUQtPJaYkLrLAJU20kfqAJV8+SvnYcqMdK6JbAuECRvzfqkueFv9rBQ==',NULL,'cache.nixos.org-1','not-asked',NULL,NULL);
INSERT INTO "offer" VALUES(2,'/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0','https://cache.ci.example/main','offered',NULL,NULL,'sha256:1ry21qbd3m9l7vv8j7rr6cym7dalcvrpqv3fd529qkhr5wlr2mf8',12681568,3170392,'nar/1j2mj4ljy6afki26jvkcgkrncm5macyk6f8zi7v3wd6ms4b0xhp7.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','1bvcr34m57q8b243sw8xjlyibvnlydn8-libguestfs-1.0.0.drv','ci-cache-1:6bVa5llCAcMt3dyRclLcOKx5bKLw92XA0zIkGU7QbxgVqC4P+9HB1HMYhvdioZhhLeIcPjWdf+IEzLIFHhuHBA==',NULL,'ci-cache-1','present',NULL,3170392);
INSERT INTO "offer" VALUES(2,'/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0','https://cache.nixos.org','offered',NULL,NULL,'sha256:1ry21qbd3m9l7vv8j7rr6cym7dalcvrpqv3fd529qkhr5wlr2mf8',12681568,3170392,'nar/1j2mj4ljy6afki26jvkcgkrncm5macyk6f8zi7v3wd6ms4b0xhp7.nar.zst','zstd','appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','1bvcr34m57q8b243sw8xjlyibvnlydn8-libguestfs-1.0.0.drv','cache.nixos.org-1:aKSCxO1/Y02VryBCrd6HDVQdGOqIC+ZRTI9dCZ33tzYkZ2GnphDiJbTq1K3MNf7fqiKjvUOIhe1MYcw1uRTTDA==',NULL,'cache.nixos.org-1','present',NULL,3170392);
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
INSERT INTO "outcome" VALUES(1,0,0,'out','/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0','substituted','https://cache.ci.example/main',25570520,'ci-cache-1');
INSERT INTO "outcome" VALUES(1,1,0,'out','/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0','substituted','https://cache.ci.example/main',30964208,'ci-cache-1');
INSERT INTO "outcome" VALUES(2,0,0,'out','/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0','substituted','https://cache.ci.example/main',12681568,'ci-cache-1');
INSERT INTO "outcome" VALUES(2,1,0,'out','/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0','substituted','https://cache.ci.example/main',6508304,'ci-cache-1');
INSERT INTO "outcome" VALUES(2,2,0,'out','/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0','substituted','https://cache.ci.example/main',25570520,'ci-cache-1');
INSERT INTO "outcome" VALUES(2,3,0,'out','/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0','substituted','https://cache.ci.example/main',30964208,'ci-cache-1');
CREATE TABLE output (
  run    INTEGER NOT NULL,
  target INTEGER NOT NULL,
  name   TEXT NOT NULL,
  path   TEXT NOT NULL,
  PRIMARY KEY (run, target, name),
  FOREIGN KEY (run, target) REFERENCES target (run, position)
) STRICT;
INSERT INTO "output" VALUES(1,0,'out','/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0');
INSERT INTO "output" VALUES(1,1,'out','/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0');
INSERT INTO "output" VALUES(2,0,'out','/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0');
INSERT INTO "output" VALUES(2,1,'out','/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0');
INSERT INTO "output" VALUES(2,2,'out','/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0');
INSERT INTO "output" VALUES(2,3,'out','/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0');
CREATE TABLE presence (
  run     INTEGER NOT NULL REFERENCES run (seq),
  path    TEXT NOT NULL,
  valid   INTEGER NOT NULL CHECK (valid IN (0, 1)),
  on_disk INTEGER NOT NULL CHECK (on_disk IN (0, 1)),
  PRIMARY KEY (run, path)
) STRICT;
INSERT INTO "presence" VALUES(1,'/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0',0,0);
INSERT INTO "presence" VALUES(1,'/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0',0,0);
INSERT INTO "presence" VALUES(1,'/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0',0,0);
INSERT INTO "presence" VALUES(1,'/nix/store/appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0',0,0);
INSERT INTO "presence" VALUES(1,'/nix/store/iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0',0,0);
INSERT INTO "presence" VALUES(1,'/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0',0,0);
INSERT INTO "presence" VALUES(2,'/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0',0,0);
INSERT INTO "presence" VALUES(2,'/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0',0,0);
INSERT INTO "presence" VALUES(2,'/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0',0,0);
INSERT INTO "presence" VALUES(2,'/nix/store/appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0',0,0);
INSERT INTO "presence" VALUES(2,'/nix/store/iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0',0,0);
INSERT INTO "presence" VALUES(2,'/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0',0,0);
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
INSERT INTO "realization" VALUES(1,'exited',0,NULL,28,5040,0,0);
INSERT INTO "realization" VALUES(2,'exited',0,NULL,37,6660,0,0);
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
INSERT INTO "registration" VALUES(1,'/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0','sha256:1bs8k9zhbi11kq0dd7cb29skbgncx4jmkmwrj74jir93nz50fzxq',25570520,0,'ci-cache-1:3zIiMHsZrjy2v2NoLVTMlgQfDCj5tyTnaFhbD8wgIPG/njm8TrLfZIDwLDjHRMaMFJURF8YDlRsRq/GopTyAAA==',NULL,'appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0');
INSERT INTO "registration" VALUES(1,'/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0','sha256:0gmdxqb5afvdzlp6qbc79hplnxf43walcswpn5wd2s4f36cfk8k3',30964208,0,'ci-cache-1:bzHACz7kmISNFdJsJJMWp4SQyYRmRPXM33fKfJZ2N3LcZxHiwHDVByUOEqMR/39GKJVVGEnzc+nvhbzy4gzbDw==',NULL,'appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0');
INSERT INTO "registration" VALUES(1,'/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0','sha256:1czjzqg68hyb5sb51kqn0ym47spa6flbq3vvmbbp7302ir3zy6jc',6508304,0,'ci-cache-1:muS2zp/GbkORRpuNEQyrv/gX70cdJd6XeJdGqbP++P5ZPuywnn0aDVMMf0wKnixUEe+/BSmbaF7MtAWF9X9qDQ==',NULL,'appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0');
INSERT INTO "registration" VALUES(1,'/nix/store/appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0','sha256:0i4l09319azakagp9svxpcqmjpxihi0f5d8kq9frpk032l3fg2jh',467344,0,'ci-cache-1:n+bZT7PdiBxPXGvqS/65TGTjVFdQ+Oho3WTY2bZe+7felQ6NIh5Rm3vr8sI64OBtqtZHjSixgLCt8vfaCd4jCw==',NULL,'');
INSERT INTO "registration" VALUES(1,'/nix/store/iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','sha256:06b0b2sf0q8smxznns41rxgs217xk2f0a5hq52sw2yw8vca09h7k',25358104,0,'ci-cache-1:seqW3YgOb6lBDhtQmu8hl+GkJyQg4jpChTGdAEEWx5vsYcuV09eHqwfXMujtAggC5TtuPPgtfNE45VOEGXQZBg==',NULL,'');
INSERT INTO "registration" VALUES(1,'/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0','sha256:1ry21qbd3m9l7vv8j7rr6cym7dalcvrpqv3fd529qkhr5wlr2mf8',12681568,0,'ci-cache-1:6bVa5llCAcMt3dyRclLcOKx5bKLw92XA0zIkGU7QbxgVqC4P+9HB1HMYhvdioZhhLeIcPjWdf+IEzLIFHhuHBA==',NULL,'appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0');
INSERT INTO "registration" VALUES(2,'/nix/store/4cm4pyr03b3fp7pq1mxs4rl8wwkcarnm-qemu-3.2.0','sha256:1bs8k9zhbi11kq0dd7cb29skbgncx4jmkmwrj74jir93nz50fzxq',25570520,0,'ci-cache-1:3zIiMHsZrjy2v2NoLVTMlgQfDCj5tyTnaFhbD8wgIPG/njm8TrLfZIDwLDjHRMaMFJURF8YDlRsRq/GopTyAAA==',NULL,'appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0');
INSERT INTO "registration" VALUES(2,'/nix/store/6bmsb35xf2xdl7d1nl5dcpwfs4ck8lgh-qemu-host-cpu-only-4.3.0','sha256:0gmdxqb5afvdzlp6qbc79hplnxf43walcswpn5wd2s4f36cfk8k3',30964208,0,'ci-cache-1:bzHACz7kmISNFdJsJJMWp4SQyYRmRPXM33fKfJZ2N3LcZxHiwHDVByUOEqMR/39GKJVVGEnzc+nvhbzy4gzbDw==',NULL,'appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0');
INSERT INTO "registration" VALUES(2,'/nix/store/7mvcgxfhkw48dlhdvynamdk23v01zb28-guestfs-tools-2.1.0','sha256:1czjzqg68hyb5sb51kqn0ym47spa6flbq3vvmbbp7302ir3zy6jc',6508304,0,'ci-cache-1:muS2zp/GbkORRpuNEQyrv/gX70cdJd6XeJdGqbP++P5ZPuywnn0aDVMMf0wKnixUEe+/BSmbaF7MtAWF9X9qDQ==',NULL,'appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0');
INSERT INTO "registration" VALUES(2,'/nix/store/appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0','sha256:0i4l09319azakagp9svxpcqmjpxihi0f5d8kq9frpk032l3fg2jh',467344,0,'ci-cache-1:n+bZT7PdiBxPXGvqS/65TGTjVFdQ+Oho3WTY2bZe+7felQ6NIh5Rm3vr8sI64OBtqtZHjSixgLCt8vfaCd4jCw==',NULL,'');
INSERT INTO "registration" VALUES(2,'/nix/store/iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0','sha256:06b0b2sf0q8smxznns41rxgs217xk2f0a5hq52sw2yw8vca09h7k',25358104,0,'ci-cache-1:seqW3YgOb6lBDhtQmu8hl+GkJyQg4jpChTGdAEEWx5vsYcuV09eHqwfXMujtAggC5TtuPPgtfNE45VOEGXQZBg==',NULL,'');
INSERT INTO "registration" VALUES(2,'/nix/store/pr45vbn9q73g572yambdjcbpxi3sf35g-libguestfs-1.0.0','sha256:1ry21qbd3m9l7vv8j7rr6cym7dalcvrpqv3fd529qkhr5wlr2mf8',12681568,0,'ci-cache-1:6bVa5llCAcMt3dyRclLcOKx5bKLw92XA0zIkGU7QbxgVqC4P+9HB1HMYhvdioZhhLeIcPjWdf+IEzLIFHhuHBA==',NULL,'appwmj4xvnkrqs50fr010lwavn4959jr-glibc-5.4.0 iajfgq8khc1bcvnjx7cajk3pwhfnzg88-glibc-dev-6.5.0');
CREATE TABLE requested (
  run         INTEGER NOT NULL REFERENCES run (seq),
  position    INTEGER NOT NULL,
  installable TEXT NOT NULL,
  spec        TEXT NOT NULL CHECK (json_valid(spec)),
  PRIMARY KEY (run, position)
) STRICT;
INSERT INTO "requested" VALUES(1,0,'github:NixOS/nixpkgs/nixos-unstable#qemu','{"flake":{"attribute":"qemu","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}');
INSERT INTO "requested" VALUES(1,1,'github:NixOS/nixpkgs/nixos-unstable#qemu_kvm','{"flake":{"attribute":"qemu_kvm","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}');
INSERT INTO "requested" VALUES(2,0,'github:NixOS/nixpkgs/nixos-unstable#libguestfs','{"flake":{"attribute":"libguestfs","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}');
INSERT INTO "requested" VALUES(2,1,'github:NixOS/nixpkgs/nixos-unstable#guestfs-tools','{"flake":{"attribute":"guestfs-tools","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}');
INSERT INTO "requested" VALUES(2,2,'github:NixOS/nixpkgs/nixos-unstable#qemu','{"flake":{"attribute":"qemu","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}');
INSERT INTO "requested" VALUES(2,3,'github:NixOS/nixpkgs/nixos-unstable#qemu_kvm','{"flake":{"attribute":"qemu_kvm","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}');
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
INSERT INTO "run" VALUES(1,'20230616T000312Z-b8h8pd','2023-06-16T00:03:12.552Z','0.1.0','runner-0','qemu-b8h8pd',0,0,'5b1c9d1e-0000-4000-8000-100000000000','stop','[]','[]','[]');
INSERT INTO "run" VALUES(2,'20230616T002724Z-2bw0rz','2023-06-16T00:27:24.016Z','0.1.0','runner-1','nightly-2bw0rz',1,86400,'5b1c9d1e-0000-4000-8000-100000000000','stop','[]','[]','[]');
CREATE TABLE setting (
  run   INTEGER NOT NULL REFERENCES run (seq),
  name  TEXT NOT NULL,
  place TEXT NOT NULL,
  PRIMARY KEY (run, name)
) STRICT;
INSERT INTO "setting" VALUES(1,'substituters','/etc/nix/nix.conf, line 3');
INSERT INTO "setting" VALUES(1,'trusted-public-keys','/etc/nix/nix.conf, line 4');
INSERT INTO "setting" VALUES(2,'substituters','/etc/nix/nix.conf, line 3');
INSERT INTO "setting" VALUES(2,'trusted-public-keys','/etc/nix/nix.conf, line 4');
CREATE TABLE silence (
  run     INTEGER NOT NULL REFERENCES run (seq),
  witness TEXT NOT NULL CHECK (witness IN ('store before', 'store after')),
  cause   TEXT NOT NULL,
  PRIMARY KEY (run, witness)
) STRICT;
CREATE TABLE substituter (
  run      INTEGER NOT NULL REFERENCES run (seq),
  position INTEGER NOT NULL,
  url      TEXT NOT NULL,
  PRIMARY KEY (run, position)
) STRICT;
INSERT INTO "substituter" VALUES(1,0,'https://cache.ci.example/main');
INSERT INTO "substituter" VALUES(1,1,'https://cache.nixos.org');
INSERT INTO "substituter" VALUES(2,0,'https://cache.ci.example/main');
INSERT INTO "substituter" VALUES(2,1,'https://cache.nixos.org');
CREATE TABLE target (
  run         INTEGER NOT NULL REFERENCES run (seq),
  position    INTEGER NOT NULL,
  installable TEXT NOT NULL,
  derivation  TEXT,
  system      TEXT,
  error       TEXT, spec TEXT CHECK (spec IS NULL OR json_valid(spec)),
  PRIMARY KEY (run, position)
) STRICT;
INSERT INTO "target" VALUES(1,0,'github:NixOS/nixpkgs/nixos-unstable#qemu','/nix/store/b6ylzlg80f89yqhgrb32afkcdzmsmch1-qemu-3.2.0.drv','x86_64-linux',NULL,'{"flake":{"attribute":"qemu","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}');
INSERT INTO "target" VALUES(1,1,'github:NixOS/nixpkgs/nixos-unstable#qemu_kvm','/nix/store/0zlw8znmrq79jr44nrzrby1bd23gj612-qemu-host-cpu-only-4.3.0.drv','x86_64-linux',NULL,'{"flake":{"attribute":"qemu_kvm","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}');
INSERT INTO "target" VALUES(2,0,'github:NixOS/nixpkgs/nixos-unstable#libguestfs','/nix/store/1bvcr34m57q8b243sw8xjlyibvnlydn8-libguestfs-1.0.0.drv','x86_64-linux',NULL,'{"flake":{"attribute":"libguestfs","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}');
INSERT INTO "target" VALUES(2,1,'github:NixOS/nixpkgs/nixos-unstable#guestfs-tools','/nix/store/gijldxm2srgc4n7mwn5j06y0n0cxph8r-guestfs-tools-2.1.0.drv','x86_64-linux',NULL,'{"flake":{"attribute":"guestfs-tools","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}');
INSERT INTO "target" VALUES(2,2,'github:NixOS/nixpkgs/nixos-unstable#qemu','/nix/store/b6ylzlg80f89yqhgrb32afkcdzmsmch1-qemu-3.2.0.drv','x86_64-linux',NULL,'{"flake":{"attribute":"qemu","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}');
INSERT INTO "target" VALUES(2,3,'github:NixOS/nixpkgs/nixos-unstable#qemu_kvm','/nix/store/0zlw8znmrq79jr44nrzrby1bd23gj612-qemu-host-cpu-only-4.3.0.drv','x86_64-linux',NULL,'{"flake":{"attribute":"qemu_kvm","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}');
CREATE TABLE trusted_key (
  run      INTEGER NOT NULL REFERENCES run (seq),
  position INTEGER NOT NULL,
  key      TEXT NOT NULL,
  PRIMARY KEY (run, position)
) STRICT;
INSERT INTO "trusted_key" VALUES(1,0,'ci-cache-1:YzHCx1NPsuhDT/nUuEIYr+9uYVVtpqIGGyjTGorjJck=');
INSERT INTO "trusted_key" VALUES(1,1,'cache.nixos.org-1:O178dtd89+91P7JnxYQ+YDipUZZFaptq+7HTKTAHOBw=');
INSERT INTO "trusted_key" VALUES(2,0,'ci-cache-1:YzHCx1NPsuhDT/nUuEIYr+9uYVVtpqIGGyjTGorjJck=');
INSERT INTO "trusted_key" VALUES(2,1,'cache.nixos.org-1:O178dtd89+91P7JnxYQ+YDipUZZFaptq+7HTKTAHOBw=');
CREATE TABLE unanswered (
  run  INTEGER NOT NULL REFERENCES run (seq),
  path TEXT NOT NULL,
  PRIMARY KEY (run, path)
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
INSERT INTO "verdict" VALUES(1,0,'github:NixOS/nixpkgs/nixos-unstable#qemu','{"flake":{"attribute":"qemu","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}','/nix/store/b6ylzlg80f89yqhgrb32afkcdzmsmch1-qemu-3.2.0.drv','warm');
INSERT INTO "verdict" VALUES(1,1,'github:NixOS/nixpkgs/nixos-unstable#qemu_kvm','{"flake":{"attribute":"qemu_kvm","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}','/nix/store/0zlw8znmrq79jr44nrzrby1bd23gj612-qemu-host-cpu-only-4.3.0.drv','warm');
INSERT INTO "verdict" VALUES(2,0,'github:NixOS/nixpkgs/nixos-unstable#libguestfs','{"flake":{"attribute":"libguestfs","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}','/nix/store/1bvcr34m57q8b243sw8xjlyibvnlydn8-libguestfs-1.0.0.drv','warm');
INSERT INTO "verdict" VALUES(2,1,'github:NixOS/nixpkgs/nixos-unstable#guestfs-tools','{"flake":{"attribute":"guestfs-tools","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}','/nix/store/gijldxm2srgc4n7mwn5j06y0n0cxph8r-guestfs-tools-2.1.0.drv','warm');
INSERT INTO "verdict" VALUES(2,2,'github:NixOS/nixpkgs/nixos-unstable#qemu','{"flake":{"attribute":"qemu","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}','/nix/store/b6ylzlg80f89yqhgrb32afkcdzmsmch1-qemu-3.2.0.drv','warm');
INSERT INTO "verdict" VALUES(2,3,'github:NixOS/nixpkgs/nixos-unstable#qemu_kvm','{"flake":{"attribute":"qemu_kvm","outputs":{"selected":{}},"reference":"github:NixOS/nixpkgs/nixos-unstable"}}','/nix/store/0zlw8znmrq79jr44nrzrby1bd23gj612-qemu-host-cpu-only-4.3.0.drv','warm');
CREATE INDEX requested_installable ON requested (installable);
CREATE INDEX outcome_path ON outcome (path);
CREATE INDEX reason_code ON reason (code);
CREATE INDEX verdict_installable ON verdict (installable, verdict);
INSERT INTO "sqlite_sequence" VALUES('run',2);
COMMIT;
