-- lab-1:viiTrdO2fNhXJGRasLcd0jChyH4EYZ4K+jaUPQVzcIU=
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE ValidPaths (
    id               integer primary key autoincrement not null,
    path             text unique not null,
    hash             text not null, -- base16 representation
    registrationTime integer not null,
    deriver          text,
    narSize          integer,
    ultimate         integer, -- null implies "false"
    sigs             text, -- space-separated
    ca               text -- if not null, an assertion that the path is content-addressed; see ValidPathInfo
);
INSERT INTO ValidPaths VALUES(1,'/nix/store/b33jrprl95shpiphn4b50sjjrb0czypr-builder.sh','sha256:74b8c56c07890691b86bd5493ab3b45d3bce7665daf98625700817cb7f281c6e',1,NULL,168,NULL,NULL,'text:sha256:0sw9bi55cqgkhxh2n08kk06dl440skq2yvay313f5fk2kj5pvmv0');
INSERT INTO ValidPaths VALUES(2,'/nix/store/q9bqivnwmrawcm9arvzkrm2l4p5ys1la-builder.sh','sha256:e552d4e75b39072773849cdcfcf034413f7baf226107978a2ed13c7000b35d70',1,NULL,168,NULL,NULL,'text:sha256:09bjzdcfhknqlnif2gz4f7n12nnkh6n7jy5k13nrfh9r4pziww7l');
INSERT INTO ValidPaths VALUES(3,'/nix/store/wmx80bdl4smyrdf80r5g51mnj9m0nw2d-builder.sh','sha256:1ac805c696211996bebb71f9022fdf6ef4349ee142820882303855113773e858',1,NULL,152,NULL,NULL,'text:sha256:13s61fq3m11pi47i02m0as7n6mgxnk2j4ymhq3mwp7fnkzwx6bjf');
INSERT INTO ValidPaths VALUES(4,'/nix/store/gyyv2ldnv2blp64wsrf24f30phrbnvqg-glibc-2.40.drv','sha256:51b794d3460de6045257445aa541805af7a87ec74b6c8433d6ddabf3bc541583',1,NULL,536,NULL,NULL,'text:sha256:182ng1mr8a7j435r0r8i0wkpdrnkq7kzd09ndzs4cnqm79rfpgpj');
INSERT INTO ValidPaths VALUES(5,'/nix/store/035zxq7i605581bvbqfs3na1jvkiaw10-libguestfs-appliance-1.54.0.drv','sha256:a0d995cf0e8be3859982334dc6d4b3478d10dba0593dc2cebc96cb249760b7a1',1,NULL,728,NULL,NULL,'text:sha256:00sfjq53fwchxzg4jj65r7rzxx1dvqikqa69frr02imkd8d2avdm');
INSERT INTO ValidPaths VALUES(6,'/nix/store/7bk4288gcdfdb496b4r2x0dpp7vabf55-builder.sh','sha256:a35a6383b9330d52300b4d4ea97fa1eff0c1820b5637ce0428051e31f80e1c87',1,NULL,256,NULL,NULL,'text:sha256:0j143d09i6mqprfxrg68jjndapb0xyv8n2kvha1277p5y6bh16iq');
INSERT INTO ValidPaths VALUES(7,'/nix/store/fwarwrsd7j1yf201hcxcvr7ijqq24ngh-libguestfs-1.54.1.drv','sha256:7b8ac10e8dee63515b9f3ae32acf4f2cfaf6c80593a46fab1c4818cd07eee034',1,NULL,1192,NULL,NULL,'text:sha256:0cyw7iiihn432rv1blw727yi48jx9fdlq2flxbm12882if8gkfn8');
INSERT INTO ValidPaths VALUES(8,'/nix/store/b4cfj6sc5c7mxr7zy0gi2zrxsz2skvpy-guestfs-tools-1.54.0.drv','sha256:6b7b5b1ac0bdb394fbfabea5184f62d5a2f649d3ce9273a573c42f9e51be7706',1,NULL,728,NULL,NULL,'text:sha256:0svgqzppj9glmbfx7jgzl3hgxwplag8qarpzflrwdlf3l8c1mm0y');
INSERT INTO ValidPaths VALUES(9,'/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40','sha256:73cb8f720a5447617ff4cbd66a87251499ba3a4a1d50d63e79157e36d06f1125',1,'/nix/store/gyyv2ldnv2blp64wsrf24f30phrbnvqg-glibc-2.40.drv',288,NULL,'lab-1:mDDglGkKfJcpcXVKRGqg3jSaMpQliu+2jjI2urRpU16pl16YisRYXKe18twCbT3yDpPSdTs2xCuhSB3nF8TMBA==',NULL);
INSERT INTO ValidPaths VALUES(10,'/nix/store/r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0','sha256:f0605ec78723553f4dfb630bc9c03932af5e67ae08a6096d57c52aa535a51306',1,'/nix/store/035zxq7i605581bvbqfs3na1jvkiaw10-libguestfs-appliance-1.54.0.drv',352,NULL,'lab-1:0y2ZrjL4Uzil7NBSSTcXfPMCPbzU9WD8QVuTB783j03231dSANkgU+76lUsBrnQDFhceidmTmR/Wh17lfFasBQ==',NULL);
INSERT INTO ValidPaths VALUES(11,'/nix/store/dpyk2d6fwschda254113hba1r9944s6w-libguestfs-1.54.1','sha256:15a718c815c3d9c79da991979b704f0cb053dc4ad9367da3ec63e996d33a81d2',1,'/nix/store/fwarwrsd7j1yf201hcxcvr7ijqq24ngh-libguestfs-1.54.1.drv',416,NULL,'lab-1:iIsVFv/B0hnzj0NvPIhFrt7shryJKN4ztY1vwV8XY0t52S7w1vzeGDF86Nw9tApnD+V4iM/tQY+Qa6FeL8CJAg==',NULL);
INSERT INTO ValidPaths VALUES(12,'/nix/store/9nf7i4m0mv4qwn9hqiwi4yzc2hql957r-guestfs-tools-1.54.0','sha256:7a69e1014d16c57dd01fbaaf1ef0701314def1dab10ab732fe6bec7d3f4c2b4f',1,'/nix/store/b4cfj6sc5c7mxr7zy0gi2zrxsz2skvpy-guestfs-tools-1.54.0.drv',352,NULL,'lab-1:Ny0gT2QgZEJM0J5XdNGjDwPogmaa+5sN/gBSY1Apm595v6vbX6HdRGwdcXFbO4uwQG8NsWaynhe0ANzlqb/xAQ==',NULL);
INSERT INTO ValidPaths VALUES(13,'/nix/store/bf6i6zag4p0v8cprm9pdqqiy3m4ax2ba-builder.sh','sha256:f3ee88baa70788009f3ac63dc2e9749464fb2beff3f97884d46041259e2d6a82',1,NULL,152,NULL,NULL,'text:sha256:01qnlqp1lzjq1v0b0nlg47r3la3byszm4dcaxyk5w3vrdy4dfirn');
INSERT INTO ValidPaths VALUES(14,'/nix/store/rypgg19ahmdbl16fznm66hb2mhxdq0b5-nosubst-1.0.drv','sha256:c629aa1cb4d1312a134a2d4913d7b69ac9a1c4d521fde1fc5f12cf464b104e65',1,NULL,568,NULL,NULL,'text:sha256:0fq8psshx2ccza9pmc9ws4fmz0mip6jzdmxxcmxhhhcdx7xb6k4c');
INSERT INTO ValidPaths VALUES(15,'/nix/store/5fsv47kxfn561mixjp5fy3jrc0az7vj8-nosubst-1.0','sha256:ba3ad75a55a76a2f0f09179a2dd662b843d5a7ff56f18582b3f304af5ade0783',1,'/nix/store/rypgg19ahmdbl16fznm66hb2mhxdq0b5-nosubst-1.0.drv',288,1,NULL,NULL);
CREATE TABLE Refs (
    referrer  integer not null,
    reference integer not null,
    primary key (referrer, reference),
    foreign key (referrer) references ValidPaths(id) on delete cascade,
    foreign key (reference) references ValidPaths(id) on delete restrict
);
INSERT INTO Refs VALUES(4,3);
INSERT INTO Refs VALUES(5,4);
INSERT INTO Refs VALUES(5,2);
INSERT INTO Refs VALUES(7,5);
INSERT INTO Refs VALUES(7,6);
INSERT INTO Refs VALUES(7,4);
INSERT INTO Refs VALUES(8,1);
INSERT INTO Refs VALUES(8,7);
INSERT INTO Refs VALUES(10,9);
INSERT INTO Refs VALUES(11,9);
INSERT INTO Refs VALUES(11,10);
INSERT INTO Refs VALUES(12,11);
INSERT INTO Refs VALUES(14,13);
CREATE TABLE DerivationOutputs (
    drv  integer not null,
    id   text not null, -- symbolic output id, usually "out"
    path text not null,
    primary key (drv, id),
    foreign key (drv) references ValidPaths(id) on delete cascade
);
INSERT INTO DerivationOutputs VALUES(4,'out','/nix/store/95b1nc1197mbm4hk5fkfa34vlzz4sl6s-glibc-2.40');
INSERT INTO DerivationOutputs VALUES(5,'out','/nix/store/r584kz63lz4pm7qwm51qppms4dwll4l2-libguestfs-appliance-1.54.0');
INSERT INTO DerivationOutputs VALUES(7,'dev','/nix/store/kcy43pq1p30js0h4zrmjldpp5svyy6v8-libguestfs-1.54.1-dev');
INSERT INTO DerivationOutputs VALUES(7,'man','/nix/store/ya6q8cdxmz0nrabp6ngnj0x8hrjizbqa-libguestfs-1.54.1-man');
INSERT INTO DerivationOutputs VALUES(7,'out','/nix/store/dpyk2d6fwschda254113hba1r9944s6w-libguestfs-1.54.1');
INSERT INTO DerivationOutputs VALUES(8,'out','/nix/store/9nf7i4m0mv4qwn9hqiwi4yzc2hql957r-guestfs-tools-1.54.0');
INSERT INTO DerivationOutputs VALUES(14,'out','/nix/store/5fsv47kxfn561mixjp5fy3jrc0az7vj8-nosubst-1.0');
CREATE TABLE SchemaMigrations (migration text primary key not null);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('ValidPaths',15);
CREATE INDEX IndexReferrer on Refs(referrer);
CREATE INDEX IndexReference on Refs(reference);
CREATE TRIGGER DeleteSelfRefs before delete on ValidPaths
  begin
    delete from Refs where referrer = old.id and reference = old.id;
  end;
CREATE INDEX IndexDerivationOutputs on DerivationOutputs(path);
COMMIT;
