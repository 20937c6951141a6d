import NixModel
import Reporting
import Testing

@Suite struct `prove --json` {
  @Test func `a cold run`() throws {
    #expect(
      try ProveDocument(SampleRuns.oneMissingArchive()).json() == """
        {
          "closure" : {
            "addedByEvaluation" : 0,
            "builtLocally" : 1,
            "builtRemotely" : 0,
            "downloadBytes" : 123,
            "paths" : 812,
            "presentBefore" : 0,
            "substituted" : 811
          },
          "environment" : {
            "cgroup" : {
              "memoryPeak" : 73400320
            },
            "host" : "runner-7",
            "nix" : "2.34.8",
            "pod" : null
          },
          "run" : {
            "finished" : "2026-05-03T12:03:12Z",
            "id" : "20260503T120000Z-4k7xbq",
            "occasion" : null,
            "started" : "2026-05-03T12:00:00Z",
            "state" : "finished"
          },
          "schema" : "warmth/run/v1",
          "targets" : [
            {
              "derivation" : "/nix/store/dddddddddddddddddddddddddddddddd-libguestfs-1.54.1.drv",
              "found" : [

              ],
              "installable" : "nixpkgs#libguestfs",
              "outputs" : [
                {
                  "from" : null,
                  "name" : "out",
                  "narSize" : 208,
                  "outcome" : "built-locally",
                  "path" : "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1",
                  "signedBy" : [
                    "main-1"
                  ]
                }
              ],
              "reasons" : [
                {
                  "bearing" : "cold",
                  "code" : "nar-missing",
                  "line" : 214,
                  "message" : "https://cache.example/main has the narinfo of \
        /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1, but Nix did not find its archive \
        nar/0abc.nar.xz (log line 214).",
                  "path" : "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1",
                  "remedy" : "Remove aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.narinfo from the cache and push \
        the path again: `scripts/cache-warm.sh --installable INSTALLABLE --cache NAME` \
        where it is an Attic cache, or with `--to URL` and \
        the address that it is written to instead. A plain push may skip it, \
        because the narinfo makes it look published."
                }
              ],
              "verdict" : "cold"
            }
          ],
          "verdict" : "cold"
        }

        """)
  }

  @Test func `a warm run in a pod`() throws {
    #expect(
      try ProveDocument(SampleRuns.warm()).json() == """
        {
          "closure" : {
            "addedByEvaluation" : 0,
            "builtLocally" : 0,
            "builtRemotely" : 0,
            "downloadBytes" : 1288490188,
            "paths" : 812,
            "presentBefore" : 0,
            "substituted" : 812
          },
          "environment" : {
            "cgroup" : {
              "memoryPeak" : 73400320
            },
            "host" : "runner-7",
            "nix" : "2.34.8",
            "pod" : "pr-17-x"
          },
          "run" : {
            "finished" : "2026-05-03T12:01:04Z",
            "id" : "20260503T120000Z-4k7xbq",
            "occasion" : null,
            "started" : "2026-05-03T12:00:00Z",
            "state" : "finished"
          },
          "schema" : "warmth/run/v1",
          "targets" : [
            {
              "derivation" : "/nix/store/dddddddddddddddddddddddddddddddd-libguestfs-1.54.1.drv",
              "found" : [

              ],
              "installable" : "nixpkgs#libguestfs",
              "outputs" : [
                {
                  "from" : "https://cache.example/main",
                  "name" : "out",
                  "narSize" : 12897485,
                  "outcome" : "substituted",
                  "path" : "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1",
                  "signedBy" : [
                    "main-1"
                  ]
                },
                {
                  "from" : "https://cache.nixos.org",
                  "name" : "dev",
                  "narSize" : 208,
                  "outcome" : "substituted",
                  "path" : "/nix/store/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-libguestfs-1.54.1-dev",
                  "signedBy" : [
                    "cache.nixos.org-1",
                    "main-1"
                  ]
                }
              ],
              "reasons" : [

              ],
              "verdict" : "warm"
            },
            {
              "derivation" : "/nix/store/ffffffffffffffffffffffffffffffff-qemu-host-cpu-only-10.1.drv",
              "found" : [

              ],
              "installable" : "nixpkgs#qemu_kvm",
              "outputs" : [
                {
                  "from" : "https://cache.example/main",
                  "name" : "out",
                  "narSize" : null,
                  "outcome" : "substituted",
                  "path" : "/nix/store/gggggggggggggggggggggggggggggggg-qemu-host-cpu-only-10.1",
                  "signedBy" : [

                  ]
                }
              ],
              "reasons" : [

              ],
              "verdict" : "warm"
            }
          ],
          "verdict" : "warm"
        }

        """)
  }

  @Test func `a run that was cut off`() throws {
    #expect(
      try ProveDocument(Make.run(unfinished: .interrupted)).json() == """
        {
          "closure" : {
            "addedByEvaluation" : 0,
            "builtLocally" : 0,
            "builtRemotely" : 0,
            "downloadBytes" : 0,
            "paths" : 0,
            "presentBefore" : 0,
            "substituted" : 0
          },
          "environment" : {
            "cgroup" : {
              "memoryPeak" : null
            },
            "host" : "runner-7",
            "nix" : null,
            "pod" : null
          },
          "run" : {
            "finished" : null,
            "id" : "20260503T120000Z-4k7xbq",
            "occasion" : null,
            "started" : "2026-05-03T12:00:00Z",
            "state" : "interrupted"
          },
          "schema" : "warmth/run/v1",
          "targets" : [
            {
              "derivation" : null,
              "found" : [

              ],
              "installable" : "nixpkgs#libguestfs",
              "outputs" : [

              ],
              "reasons" : [
                {
                  "bearing" : "inconclusive",
                  "code" : "interrupted",
                  "line" : null,
                  "message" : "The run was ended from outside before it came to a conclusion.",
                  "path" : null,
                  "remedy" : "Prove again, and let the run come to its end."
                }
              ],
              "verdict" : "inconclusive"
            },
            {
              "derivation" : null,
              "found" : [

              ],
              "installable" : "nixpkgs#qemu_kvm",
              "outputs" : [

              ],
              "reasons" : [
                {
                  "bearing" : "inconclusive",
                  "code" : "interrupted",
                  "line" : null,
                  "message" : "The run was ended from outside before it came to a conclusion.",
                  "path" : null,
                  "remedy" : "Prove again, and let the run come to its end."
                }
              ],
              "verdict" : "inconclusive"
            }
          ],
          "verdict" : "inconclusive"
        }

        """)
  }

  @Test func `a run under way`() throws {
    #expect(
      try ProveDocument(Make.run(unfinished: .running, nixVersion: "2.34.8")).json() == """
        {
          "closure" : {
            "addedByEvaluation" : 0,
            "builtLocally" : 0,
            "builtRemotely" : 0,
            "downloadBytes" : 0,
            "paths" : 0,
            "presentBefore" : 0,
            "substituted" : 0
          },
          "environment" : {
            "cgroup" : {
              "memoryPeak" : null
            },
            "host" : "runner-7",
            "nix" : "2.34.8",
            "pod" : null
          },
          "run" : {
            "finished" : null,
            "id" : "20260503T120000Z-4k7xbq",
            "occasion" : null,
            "started" : "2026-05-03T12:00:00Z",
            "state" : "running"
          },
          "schema" : "warmth/run/v1",
          "targets" : [
            {
              "derivation" : null,
              "found" : [

              ],
              "installable" : "nixpkgs#libguestfs",
              "outputs" : [

              ],
              "reasons" : [

              ],
              "verdict" : "inconclusive"
            },
            {
              "derivation" : null,
              "found" : [

              ],
              "installable" : "nixpkgs#qemu_kvm",
              "outputs" : [

              ],
              "reasons" : [

              ],
              "verdict" : "inconclusive"
            }
          ],
          "verdict" : "inconclusive"
        }

        """)
  }

  @Test func `fractions of a second, which a store may drop, change nothing`() throws {
    let path = try Make.path("a", "libguestfs-1.54.1")
    let target = try Make.target(
      "nixpkgs#x", outputs: [Make.output("out", path, .substituted(from: Make.cache))])
    let made = try Make.run([target], seconds: 5.999)
    let read = try Make.run([target], seconds: 5)
    #expect(try ProveDocument(made).json() == ProveDocument(read).json())
    #expect(TextReport(made).render() == TextReport(read).render())
  }

  @Test func `credentials of an installable and of a machine stay out`() throws {
    let path = try Make.path("a", "libguestfs-1.54.1")
    let run = try Make.run([
      Make.target(
        "git+https://user:s3cret@forge/x#y",
        outputs: [Make.output("out", path, .builtRemotely(on: "ssh://user:s3cret@builder"))])
    ])
    let json = try ProveDocument(run).json()
    #expect(!json.contains("s3cret"))
    #expect(json.contains("\"installable\" : \"git+https://***@forge/x#y\""))
    #expect(json.contains("\"from\" : \"ssh://***@builder\""))
  }
}
