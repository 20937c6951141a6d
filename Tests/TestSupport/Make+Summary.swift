public import NixModel

extension Make {
  /// A publisher's summary, as `scripts/cache-warm.sh` writes it: `libguestfs` was built and pushed, `glib` was pushed
  /// and is not served, and `qemu` failed.
  ///
  /// - Parameters:
  ///   - path: the path of `libguestfs`.
  ///   - started: when it began.
  public static func summary(
    id: String = "20260503T120000Z-abc123", started: String = "2026-05-03T12:00:00.125Z",
    host: String = "builder-1", of path: StorePath? = nil
  ) throws -> String {
    let libguestfs = try path ?? Make.path("libguestfs-1.54.1")
    let (glib, qemu) = (try Make.path("glib-2.80"), try Make.path("qemu-10.0.2"))
    return """
      { "schema": "warmth/publication/v1", "a key that nobody knows": [{}],
        "publication": { "id": "\(id)", "started": "\(started)", "finished": "2026-05-03T12:10:00Z",
          "state": "failed", "exitCode": 1, "program": "cache-warm.sh 1" },
        "publisher": { "host": "\(host)", "pod": "pod-b", "process": 123, "processStart": 18446744073709551615,
          "boot": "boot", "nix": "2.34.8", "system": "x86_64-linux" },
        "occasion": { "repository": "nixos/tests", "ref": "refs/heads/main", "branch": "main",
          "revision": "a3594b1e5c8f", "pipeline": "", "page": "https://me:hunter2@ci.example/1" },
        "destination": { "kind": "attic", "cache": "main", "server": "https://me:hunter2@attic.example",
          "readSide": "https://attic.example/main/" },
        "targets": [
          { "installable": "github:NixOS/nixpkgs#libguestfs", "outcome": "built",
            "derivation": "\(try Make.path("libguestfs-1.54.1.drv"))",
            "outputs": [{ "name": "out", "path": "\(libguestfs)" }], "milliseconds": 1234, "failure": null },
          { "installable": "github:NixOS/nixpkgs#qemu", "outcome": "failed", "derivation": null,
            "outputs": [{ "name": "out", "path": "\(qemu)" }],
            "failure": { "kind": "out-of-memory", "message": "at\\nhttps://me:hunter2@x.example\\u001b[31m" } }
        ],
        "paths": [
          { "path": "\(libguestfs)", "role": "output", "outcome": "built", "published": "pushed",
            "served": true, "servedBy": "https://attic.example/main", "narSize": 208 },
          { "path": "\(glib)", "role": "runtime", "outcome": "substituted", "published": "pushed",
            "served": false, "narSize": 1e30 },
          { "path": "\(try Make.path("gcc-14"))", "role": "build", "outcome": "already-valid",
            "published": "filtered" }
        ],
        "faults": [
          { "code": "not-served", "path": "\(glib)", "fatal": true, "message": "no narinfo" },
          { "code": "something-new", "path": null, "fatal": false, "message": "" }
        ],
        "cgroup": { "version": 2, "memoryPeak": 99, "memoryPeakBefore": 0, "memoryLimit": null, "oomKills": 1,
          "pidsPeak": 7 } }

      """
  }
}
