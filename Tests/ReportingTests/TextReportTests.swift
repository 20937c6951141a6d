import NixModel
import Testing

@testable import Reporting

@Suite struct `Text report` {
  @Test func `a warm run takes a handful of lines`() throws {
    #expect(
      try TextReport(SampleRuns.warm()).render() == """
        warm  nixpkgs#libguestfs
          out  /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1      substituted from \
        https://cache.example/main (12.3 MiB, signed by main-1)
          dev  /nix/store/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-libguestfs-1.54.1-dev  substituted from \
        https://cache.nixos.org (208 B, signed by cache.nixos.org-1 and main-1)
        warm  nixpkgs#qemu_kvm
          out  /nix/store/gggggggggggggggggggggggggggggggg-qemu-host-cpu-only-10.1  substituted from \
        https://cache.example/main
        run 20260503T120000Z-4k7xbq: warm after 1 min 4 s; 812 paths needed: 812 substituted; 1.2 GiB \
        downloaded

        """)
  }

  @Test func `a cold run tells the cause once for all targets, and before what follows from it`() throws {
    #expect(
      try TextReport(SampleRuns.cold()).render() == """
        cold  nixpkgs#libguestfs
          out  /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1  built on this machine
        cold  nixpkgs#guestfs-tools
          out  /nix/store/gggggggggggggggggggggggggggggggg-guestfs-tools-1.54.0  substituted from \
        https://cache.example/main (12.3 MiB, signed by main-1)

        nar-missing: the archive is not in the cache
          what  https://cache.example/main has the narinfo of \
        /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1, but Nix did not find its archive \
        nar/0abc.nar.xz (log line 214).
          for   nixpkgs#libguestfs and nixpkgs#guestfs-tools
          next  Remove aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.narinfo from the cache and push the path again: \
        `scripts/cache-warm.sh --installable INSTALLABLE --cache NAME` \
        where it is an Attic cache, or with `--to URL` and \
        the address that it is written to instead. A plain push may skip it, \
        because the narinfo makes it look published.

        built-locally: the target was built on this machine
          what  /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1 was built on this \
        machine, from /nix/store/dddddddddddddddddddddddddddddddd-libguestfs-1.54.1.drv (log line 220).
          for   nixpkgs#libguestfs
          next  If another reason names a cause, remove that first; if not, see what no cache has: \
        `warmth prove INSTALLABLE --builds forbid`. If it must run here, allow it: `--allow-build \
        'libguestfs-1.54.1'`.

        forbidden-build: Nix began a build that is not allowed
          what  Nix began to build /nix/store/dddddddddddddddddddddddddddddddd-libguestfs-1.54.1.drv, \
        which the policy does not allow (log line 220).
          for   nixpkgs#guestfs-tools
          next  If another reason names a cause, remove that first; if not, see what no cache has: \
        `warmth prove INSTALLABLE --builds forbid`. If it must run here, allow it: `--allow-build \
        'libguestfs-1.54.1'`.

        run 20260503T120000Z-4k7xbq: cold after 3 min 12 s; 812 paths needed: 811 substituted, 1 built \
        locally; 123 B downloaded

        """)
  }

  @Test func `an inconclusive run names every precondition that failed`() throws {
    #expect(
      try TextReport(SampleRuns.inconclusive()).render() == """
        inconclusive  nixpkgs#libguestfs
          out  /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1  present before the run

        present-before: the path was there before the run
          what  /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1 was valid in the local \
        store before the run, so the run could not show that a cache has it.
          next  Prove on a fresh runner, or with `--isolated`, which realizes into a throwaway store.

        write-token-present: the run could have written to a cache
          what  The run held an Attic token in the environment variable ATTIC_TOKEN, which may write \
        (main: r,w), so it could have put into the cache what it then found there.
          next  Take it from the proving runner (unset the environment variable ATTIC_TOKEN), or make it \
        a token with `r` and nothing else: `atticadm make-token --sub proof --validity 1d --pull CACHE`.

        run 20260503T120000Z-4k7xbq: inconclusive after 3 s; 812 paths needed: 1 present before, 811 \
        not realized; 0 B downloaded

        """)
  }

  @Test func `of many paths with one reason the first are named and the others counted`() throws {
    #expect(
      try TextReport(SampleRuns.missing(42)).render() == """
        cold  nixpkgs#libguestfs
          out  /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1  not realized

        reference-missing: no cache has a path that is referred to
          what  /nix/store/zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-dependency-1, which \
        /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1 refers to, is in none of the \
        caches that answered: https://cache.example/main.
          also  /nix/store/zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-dependency-2
                /nix/store/zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-dependency-3
                /nix/store/zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-dependency-4
                /nix/store/zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-dependency-5
                and 37 more
          next  The closure of /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1 was \
        published with a hole. Publish the missing path: `scripts/cache-warm.sh --installable INSTALLABLE --cache NAME` \
        where it is an Attic cache, or with `--to URL` and \
        the address that it is written to instead. attic leaves out paths that an \
        upstream cache has signed: make that cache a substituter too, or push with \
        `--ignore-upstream-cache-filter`.

        run 20260503T120000Z-4k7xbq: cold after 3 min 12 s; 0 paths needed; 0 B downloaded

        """)
  }

  @Test func `a run that was cut off is inconclusive for that reason`() throws {
    #expect(
      try TextReport(Make.run(unfinished: .interrupted)).render() == """
        inconclusive  nixpkgs#libguestfs
        inconclusive  nixpkgs#qemu_kvm

        interrupted: the run was ended from outside
          what  The run was ended from outside before it came to a conclusion.
          for   nixpkgs#libguestfs and nixpkgs#qemu_kvm
          next  Prove again, and let the run come to its end.

        run 20260503T120000Z-4k7xbq: interrupted, without a conclusion; started 2026-05-03T12:00:00Z

        """)
  }

  @Test func `a run under way has no reasons yet`() throws {
    #expect(
      try TextReport(Make.run(unfinished: .running)).render() == """
        inconclusive  nixpkgs#libguestfs
        inconclusive  nixpkgs#qemu_kvm
        run 20260503T120000Z-4k7xbq: still running, since 2026-05-03T12:00:00Z

        """)
  }

  @Test func `colours change nothing but colours`() throws {
    for run in [try SampleRuns.warm(), try SampleRuns.cold(), try SampleRuns.inconclusive()] {
      let coloured = TextReport(run).render(style: .ansi)
      #expect(coloured.contains("\u{1B}[1;"))
      #expect(coloured.replacing(#/\x{1B}\[[0-9;]*m/#, with: "") == TextReport(run).render(style: .plain))
    }
  }

  @Test func `a long message of Nix is shown by its head and its end, where the cause is`() throws {
    let message = (1...20).map { "line \($0)" }.joined(separator: "\n")
    let run = try Make.run([
      Make.target(
        "nixpkgs#x", .inconclusive, reasons: [Reason(.evaluationFailed(message: message), .inconclusive)])
    ])
    #expect(
      TextReport(run).render().contains(
        """
          what  Nix could not evaluate the installable: line 1
                …
                line 15
                line 16
                line 17
                line 18
                line 19
                line 20.
          next  Correct
        """))
  }

  @Test func `a reason about no path stands once, however many of its kind there are`() throws {
    let reasons = ["the database", "the log"].map {
      Reason(.witnessMissing(witness: $0, cause: "locked"), .inconclusive)
    }
    let report = TextReport(try Make.run([Make.target("nixpkgs#x", .inconclusive, reasons: reasons)]))
      .render()
    #expect(
      report.contains("  what  No word from the database: locked.\n  also  No word from the log: locked.\n"))
  }

  @Test func `an archive that both the survey and Nix missed is told once`() throws {
    let path = try Make.path("a", "libguestfs-1.54.1")
    let reasons = [nil, 214].map {
      Reason(.narMissing(path: path, cache: Make.cache, file: "nar/0abc.nar.xz", line: $0), .cold)
    }
    let report = TextReport(try Make.run([Make.target("nixpkgs#x", .cold, reasons: reasons)])).render()
    #expect(report.split(separator: "nar-missing: ").count == 2, "\(report)")
    #expect(!report.contains("  also  "), "\(report)")
  }

  @Test func `an installable with credentials is shown without them`() throws {
    let run = try Make.run([Make.target("git+https://user:s3cret@forge/x#y")])
    #expect(TextReport(run).render().hasPrefix("warm  git+https://***@forge/x#y\n"))
  }

  @Test(arguments: [
    (812, 811, 1, 0, 0, "812 paths needed: 811 substituted, 1 built locally; 0 B downloaded"),
    (3, 0, 1, 0, 0, "3 paths needed: 3 not copied; 1 derivation built locally; 0 B downloaded"),
    (
      2, 1, 3, 1, 0,
      "2 paths needed: 1 substituted, 1 not copied; 3 derivations built locally; 1 derivation built remotely; "
        + "0 B downloaded"
    ),
    (3, 1, 0, 0, 1, "3 paths needed: 1 substituted, 1 present before, 1 not realized; 0 B downloaded"),
    (1, 1, 2, 0, 0, "1 path needed: 1 substituted; 2 derivations built locally; 0 B downloaded"),
  ])
  func `count paths and derivations apart`(
    paths: Int, substituted: Int, local: Int, remote: Int, before: Int, sentence: String
  ) {
    var closure = ClosureSummary()
    (closure.paths, closure.substituted, closure.presentBefore) = (paths, substituted, before)
    (closure.builtLocally, closure.builtRemotely) = (local, remote)
    #expect(closure.sentence == sentence)
  }
}
