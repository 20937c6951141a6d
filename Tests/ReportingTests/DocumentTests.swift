import Foundation
import NixModel
import Reporting
import Testing

@Suite struct `Other documents` {
  @Test func `audit runs --json`() throws {
    #expect(
      try Listing.runs(Page([SampleRuns.warm(), Make.run(unfinished: .running)]), now: .now).json() == """
        {
          "next" : null,
          "runs" : [
            {
              "finished" : "2026-05-03T12:01:04Z",
              "host" : "runner-7",
              "id" : "20260503T120000Z-4k7xbq",
              "nix" : "2.34.8",
              "occasion" : null,
              "pod" : "pr-17-x",
              "started" : "2026-05-03T12:00:00Z",
              "state" : "finished",
              "targets" : [
                {
                  "installable" : "nixpkgs#libguestfs",
                  "verdict" : "warm"
                },
                {
                  "installable" : "nixpkgs#qemu_kvm",
                  "verdict" : "warm"
                }
              ],
              "verdict" : "warm"
            },
            {
              "finished" : null,
              "host" : "runner-7",
              "id" : "20260503T120000Z-4k7xbq",
              "nix" : null,
              "occasion" : null,
              "pod" : null,
              "started" : "2026-05-03T12:00:00Z",
              "state" : "running",
              "targets" : [
                {
                  "installable" : "nixpkgs#libguestfs",
                  "verdict" : "inconclusive"
                },
                {
                  "installable" : "nixpkgs#qemu_kvm",
                  "verdict" : "inconclusive"
                }
              ],
              "verdict" : "inconclusive"
            }
          ],
          "schema" : "warmth/runs/v1"
        }

        """)
  }

  @Test func `classify --json`() throws {
    #expect(
      try ClassificationDocument(SampleLogs.mixed()).json() == """
        {
          "bytes" : 123456,
          "counts" : {
            "built" : 1,
            "builtRemotely" : 1,
            "copied" : 1
          },
          "events" : [
            {
              "from" : "https://cache.example/main",
              "kind" : "copy",
              "line" : 12,
              "path" : "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1"
            },
            {
              "derivation" : "/nix/store/dddddddddddddddddddddddddddddddd-hello-2.12.drv",
              "kind" : "build",
              "line" : 300,
              "on" : null
            },
            {
              "derivation" : "/nix/store/ffffffffffffffffffffffffffffffff-perl-5.40.drv",
              "kind" : "build",
              "line" : 931,
              "on" : "ssh://***@builder"
            }
          ],
          "failed" : 0,
          "format" : "internal-json",
          "lines" : 940,
          "schema" : "warmth/classification/v1",
          "unclear" : 0,
          "unreadable" : 0
        }

        """)
  }

  @Test func `classify --json shows a copy that failed`() throws {
    let path = try Make.path("a", "libguestfs-1.54.1")
    let log = ClassifiedLog(
      format: .human, lines: 2, bytes: 9,
      events: [
        .failure(path: path, message: "hash mismatch importing path;\n  got: x", line: 2),
        .failure(path: nil, message: "unable to download", line: 3),
      ], failedCopies: 1, unclear: 2, unreadable: 3)
    let json = try ClassificationDocument(log).json()
    #expect(json.contains("\"kind\" : \"failure\""))
    #expect(json.contains("\"path\" : \"\(path)\"") && json.contains("\"path\" : null"))
    #expect(json.contains("\"message\" : \"hash mismatch importing path; got: x\""), "\(json)")
    for (key, value) in [("failed", 1), ("unclear", 2), ("unreadable", 3), ("copied", 0)] {
      #expect(json.contains("\"\(key)\" : \(value)"))
    }
  }

  @Test func `gate --json`() throws {
    let all = try SampleGates.no().targets
    let short = SampleGates.target(
      "libguestfs", SampleGates.run(), 10_800,
      [
        .warm, .recent(age: 10_800, limit: 3600 * 24),
        .tooFewRunners([SampleGates.run()], needed: 2, because: .noEarlierRun),
      ])
    #expect(
      try GateDocument(GateAnswer(targets: [short, all[2]])).json() == """
        {
          "answer" : "unknown",
          "changes" : [

          ],
          "schema" : "warmth/gate/v1",
          "targets" : [
            {
              "ageSeconds" : 10800,
              "alternatives" : [

              ],
              "answer" : "unknown",
              "installable" : "nixpkgs#libguestfs",
              "outputs" : [
                "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1"
              ],
              "rules" : [
                {
                  "name" : "latest-run",
                  "run" : "20260503T120000Z-4k7xbq",
                  "runs" : [
                    "20260503T120000Z-4k7xbq"
                  ],
                  "sentence" : "The latest run proved it warm.",
                  "standing" : "met"
                },
                {
                  "name" : "age",
                  "run" : "20260503T120000Z-4k7xbq",
                  "runs" : [
                    "20260503T120000Z-4k7xbq"
                  ],
                  "sentence" : "It ended 3 h ago; 1 d is allowed.",
                  "standing" : "met"
                },
                {
                  "name" : "runners",
                  "run" : "20260503T120000Z-4k7xbq",
                  "runs" : [
                    "20260503T120000Z-4k7xbq"
                  ],
                  "sentence" : "Only runner-7 in run 20260503T120000Z-4k7xbq proved it, where 2 \
        distinct runners are needed; no other runner's run counts.",
                  "standing" : "unknown"
                }
              ],
              "run" : "20260503T120000Z-4k7xbq",
              "sentence" : "Only runner-7 in run 20260503T120000Z-4k7xbq proved it, where 2 distinct \
        runners are needed; no other runner's run counts.",
              "system" : "x86_64-linux",
              "target" : "libguestfs",
              "verdict" : "warm"
            },
            {
              "ageSeconds" : null,
              "alternatives" : [

              ],
              "answer" : "unknown",
              "installable" : null,
              "outputs" : [

              ],
              "rules" : [
                {
                  "name" : "latest-run",
                  "run" : null,
                  "runs" : [

                  ],
                  "sentence" : "No run is about it; `warmth prove` makes one.",
                  "standing" : "unknown"
                }
              ],
              "run" : null,
              "sentence" : "No run is about it; `warmth prove` makes one.",
              "system" : null,
              "target" : "qemu",
              "verdict" : null
            }
          ]
        }

        """)
  }
}
