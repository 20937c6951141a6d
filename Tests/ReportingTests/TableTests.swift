import Foundation
import NixModel
import Testing

@testable import Reporting

@Suite struct `Tables and short texts` {
  private func runs() throws -> Listing<Run> {
    Listing.runs(
      Page([try SampleRuns.warm(), try SampleRuns.cold(), try Make.run(unfinished: .interrupted)]),
      now: Make.instant(10_800))
  }

  @Test func `audit runs`() throws {
    #expect(
      try runs().table() == """
        run                      started                        verdict      targets                   \
         nix     host
        20260503T120000Z-4k7xbq  2026-05-03 12:00:00Z, 3 h ago  warm         libguestfs, qemu_kvm      \
         2.34.8  pr-17-x
        20260503T120000Z-4k7xbq  2026-05-03 12:00:00Z, 3 h ago  cold         libguestfs, guestfs-tools \
         2.34.8  runner-7
        20260503T120000Z-4k7xbq  2026-05-03 12:00:00Z, 3 h ago  interrupted  libguestfs, qemu_kvm      \
         ?       runner-7

        """)
  }

  @Test func `audit runs on 100 columns`() throws {
    #expect(
      try runs().table(width: 100) == """
        run                      started                        verdict      targets        nix     host
        20260503T120000Z-4k7xbq  2026-05-03 12:00:00Z, 3 h ago  warm         libguestfs, …  2.34.8  \
        pr-17-x
        20260503T120000Z-4k7xbq  2026-05-03 12:00:00Z, 3 h ago  cold         libguestfs, …  2.34.8  \
        runner-7
        20260503T120000Z-4k7xbq  2026-05-03 12:00:00Z, 3 h ago  interrupted  libguestfs, …  ?       \
        runner-7

        """)
  }

  @Test func `audit runs where there is hardly any room`() throws {
    #expect(
      try runs().table(width: 40) == """
        run    star…  verd…  targ…  nix    host
        2026…  2026…  warm   libg…  2.34…  pr-1…
        2026…  2026…  cold   libg…  2.34…  runn…
        2026…  2026…  inte…  libg…  ?      runn…

        """)
  }

  @Test func `classify`() throws {
    #expect(
      try ClassificationText(SampleLogs.mixed()).render() == """
        line  event   path                                                           where
          12  copied  /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1  from \
        https://cache.example/main
         300  built   /nix/store/dddddddddddddddddddddddddddddddd-hello-2.12.drv     on this machine
         931  built   /nix/store/ffffffffffffffffffffffffffffffff-perl-5.40.drv      on ssh://***@builder

        1 copied, 1 built here, 1 built remotely; 940 lines, 120.6 KiB, internal-json

        """)
  }

  @Test func `classify shows a copy that failed, and what is not counted`() throws {
    let log = ClassifiedLog(
      format: .internalJSON, lines: 9, bytes: 99,
      events: [.failure(path: try Make.path("a", "hello-2.12"), message: "hash mismatch;\n got: x", line: 2)],
      failedCopies: 1, unclear: 1, unreadable: 2)
    #expect(
      ClassificationText(log).render() == """
        line  event   path                                                    where
           2  failed  /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-hello-2.12  hash mismatch; got: x

        0 copied, 1 failed to arrive, 0 built here, 0 built remotely; 9 lines, 99 B, internal-json
        1 line with Nix's words not counted: the path is none, or the line is not this log's Nix's (behind \
        another prefix, or among records).
        2 records damaged: what they said is missing from the counts.

        """)
    let silent = ClassifiedLog(format: .human, lines: 1, bytes: 9, events: [], unclear: 1)
    #expect(ClassificationText(silent).render().contains("Inconclusive: "))
    #expect(silent.isInconclusive && !log.isInconclusive)
  }

  @Test func `prose is broken between words, below its label`() {
    let report = """
      nar-missing: the archive is not in the cache
        what  http://127.0.0.1:8080 has the narinfo of /nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs.
        next  Remove it.
      """
    #expect(
      Wrapping.wrapped(report, to: 60) == """
        nar-missing: the archive is not in the cache
          what  http://127.0.0.1:8080 has the narinfo of
                /nix/store/437rxxvmjcagqnk1nmziahkq78qndqc6-libguestfs.
          next  Remove it.
        """)
    #expect(Wrapping.wrapped(report, to: nil) == report)
    let painted = "  \u{1B}[2mnext\u{1B}[0m  one two three four five six seven eight"
    #expect(
      Wrapping.wrapped(painted, to: 30)
        == "  \u{1B}[2mnext\u{1B}[0m  one two three four\n        five six seven eight")
  }

  @Test func `classify on 72 columns keeps the names of paths`() throws {
    #expect(
      try ClassificationText(SampleLogs.mixed()).render(width: 72) == """
        line  event   path                          where
          12  copied  aaaa…-libguestfs-1.54.1       from https://cache.example/…
         300  built   dddd…-hello-2.12.drv          on this machine
         931  built   ffff…-perl-5.40.drv           on ssh://***@builder

        1 copied, 1 built here, 1 built remotely; 940 lines, 120.6 KiB, internal-json

        """)
  }

  @Test func `gate`() throws {
    #expect(
      try GateText(SampleGates.no()).render() == """
        yes  libguestfs  run 20260503T120000Z-4k7xbq on runner-7, 3 h ago
          of nixpkgs#libguestfs for x86_64-linux: /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1
          met      latest-run  The latest run proved it warm.
          met      age         It ended 3 h ago; 1 d is allowed.
          met      caches      7 paths came, each from an accepted cache.
          met      keys        7 paths came, each vouched for by a trusted key or its own content.
          met      builds      Nothing was built.
          met      signature   collector-1 signed it.
          met      runners     2 distinct runners proved it: runner-7 in run 20260503T120000Z-4k7xbq \
        and pod-b in run 20260503T120000Z-9w2mzc.
        no  qemu_kvm  run 20260503T120000Z-9w2mzc on pod-b, 1 d ago
          of nixpkgs#libguestfs for x86_64-linux: /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1
          met      latest-run  The latest run proved it warm.
          met      age         It ended 1 d ago; 7 d is allowed.
          not met  caches      /nix/store/gggggggggggggggggggggggggggggggg-glib-2.84 (and 2 more) came \
        from https://cache.nixos.org, which is not accepted; prove it with --expect-from, or accept \
        that cache.
          not met  keys        No trusted key vouches for \
        /nix/store/gggggggggggggggggggggggggggggggg-glib-2.84: its signatures name other-1; sign it \
        with a trusted key, or trust that one.
          not met  builds      hello-2.12 was built, which is not allowed; warm the cache, or allow it \
        with allow-build.
          met      signature   collector-1 signed it.
          unknown  runners     No runner's proof counts, where 2 distinct runners are needed; no other \
        runner's run counts.
        unknown  qemu
          unknown  latest-run  No run is about it; `warmth prove` makes one.
        no: 1 of 3 targets may not pass

        """)
  }

  @Test(arguments: [20, 40, 60, 80, 100, 120, 200])
  func `no line is wider than the width`(_ width: Int) throws {
    let log = try ClassificationText(SampleLogs.mixed()).render(width: width)
    let table = log.prefix(upTo: log.firstRange(of: "\n\n")?.lowerBound ?? log.endIndex)
    for line in try runs().table(width: width).split(separator: "\n") + table.split(separator: "\n") {
      #expect(line.count <= width)
    }
  }

  private func paths() throws -> [PathRecord] {
    let outcomes: [Outcome?] = [
      .substituted(from: "https://cache.example/main"), .builtRemotely(on: "ssh://b"), .notRealized, nil,
    ]
    return try outcomes.enumerated().map { index, outcome in
      PathRecord(
        path: try StorePath(baseName: "\(String(repeating: "a", count: 32))-hello-2.12.\(index)"),
        outcome: outcome, narSize: index == 3 ? nil : 226_560, run: RunID("run-\(index)"),
        started: Make.instant())
    }
  }

  @Test func `audit paths on 90 columns`() throws {
    let table = try Listing.paths(Page(paths()), now: Make.instant()).table(width: 90)
    for line in table.split(separator: "\n") { #expect(line.count <= 90) }
  }

  @Test func `audit import`() throws {
    let summary = MergeSummary(imported: 1, completed: 2, known: 3)
    #expect(
      MergeText(summary, stores: 2).render()
        == "1 run imported, 2 completed, 3 known already, from 2 stores\n")
    #expect(
      MergeText(MergeSummary(imported: 3, publications: 2), stores: 1).render()
        == "3 runs imported, 2 of them publications, 0 known already, from 1 store; warmth audit runs --publications lists publications\n"
    )
    #expect(
      try MergeDocument(summary, stores: 2).json() == """
        {
          "completed" : 2,
          "imported" : 1,
          "known" : 3,
          "publications" : 0,
          "schema" : "warmth/import/v1",
          "stores" : 2
        }

        """)
  }

  @Test func `colours do not move columns`() throws {
    let coloured = try runs().table(width: 90, style: .ansi)
    #expect(coloured.replacing(#/\x{1B}\[[0-9;]*m/#, with: "") == (try runs().table(width: 90)))
  }

  @Test func `a log that people saw comes with its caveat`() throws {
    let text = try ClassificationText(SampleLogs.mixed(.human)).render()
    #expect(
      text.hasSuffix(" human\nA builder can print lines like these: such a log informs, and never proves.\n"))
  }

  @Test func `empty answers are sentences too`() {
    #expect(Listing.runs(Page([]), now: Make.instant()).table() == "no runs are recorded\n")
    #expect(
      Listing.runs(Page([]), now: Make.instant(), isFiltered: true).table() == "no such runs are recorded\n")
    #expect(Listing.paths(Page([]), now: Make.instant()).table() == "nothing is recorded of such paths\n")
    let log = ClassifiedLog(format: .internalJSON, lines: 1, bytes: 0, events: [])
    #expect(
      ClassificationText(log).render()
        == "0 copied, 0 built here, 0 built remotely; 1 line, 0 B, internal-json\n")
  }

  @Test func `a gate's answer stands last`() throws {
    let all = try SampleGates.no().targets
    let lines: [(targets: [GateAnswer.Target], line: String)] = [
      ([all[0], all[0]], "yes: 2 targets warm, and every rule met\n"),
      (
        [SampleGates.target("x", SampleGates.run(), 60, [.warm])],
        "yes: 1 target warm, by the policy that each run was made under\n"
      ),
      ([all[0], all[2]], "unknown: 1 of 2 targets proved\n"), (all, "no: 1 of 3 targets may not pass\n"),
    ]
    for (targets, line) in lines {
      #expect(GateText(GateAnswer(targets: targets)).render().hasSuffix(line))
    }
  }

  @Test func `a gate says one sentence of each finding`() throws {
    let path = try Make.path("g", "glib-2.84")
    let run = SampleGates.run()
    let other = GateSubject(name: ".#libguestfs", record: "o", system: "aarch64-linux")
    let findings: [GateFinding] = [
      .warm, .cold, .inconclusive, .interrupted, .running, .noRun, .severalMeanings([run.subject, other]),
      .notEvaluated("no such attribute."), .ofSource("nixpkgs"), .otherSource("nixpkgs", instead: [other]),
      .onSystem("x86_64-linux"), .otherSystem(["x86_64-linux"], instead: [other]),
      .unsupported(.nixDidNotEnd),
      .unsupported(.couldWrite), .unsupported(.logIncomplete), .unsupported(.reasons(2)),
      .unsupported(.notBrought(path, .failed)), .unsupported(.noOutputs), .recent(age: 1, limit: 2),
      .tooOld(age: 3, limit: 2), .fromTheFuture, .ageless, .fromAccepted(paths: 1),
      .fromElsewhere(path, from: "x", others: 0), .originUnknown(path, others: 1), .vouchedFor(paths: 2),
      .notVouchedFor(path, signers: [], others: 3), .notRegistered(path, others: 0), .nothingCopied(.keys),
      .nothingBuilt, .builtAsAllowed(1), .builtWithoutLeave(path, others: 1), .logIncomplete,
      .buildUnseen(path), .fresh, .notFresh(path, others: 1), .freshnessUnknown,
      .signed(by: "c-1"), .unsigned, .signedByOthers(["d-1"]),
      .enoughRunners([run, run]),
      .tooFewRunners([run], needed: 2, because: .noEarlierRun),
      .tooFewRunners([], needed: 2, because: .notWarm(run.id)),
      .tooFewRunners([], needed: 2, because: .outOfAge(run.id)),
    ]
    let sentences = findings.map { finding in
      let target = SampleGates.target("x", run, 60, [finding])
      return String(GateText(GateAnswer(targets: [target])).render().split(separator: "\n")[2])
    }
    #expect(Set(sentences).count == findings.count)
    for sentence in sentences { #expect(sentence.hasSuffix("."), "\(sentence)") }
    // What an obstacle is, comes with what to do about it, or where to look.
    #expect(Set(findings.map(\.rule)) == Set(GateRuleName.allCases))
  }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_048_525, "1.0 MiB"), (12_897_485, "12.3 MiB"),
    (UInt64.max, "16.0 EiB"),
  ])
  func `bytes`(_ count: UInt64, _ text: String) { #expect(Quantity.bytes(count) == text) }

  @Test(arguments: [
    (-1, "0 s"), (59, "59 s"), (60, "1 min"), (192, "3 min 12 s"), (7500, "2 h 5 min"), (90_000, "1 d 1 h"),
  ])
  func `durations`(_ seconds: Int, _ text: String) { #expect(Quantity.duration(seconds: seconds) == text) }

  @Test(arguments: [
    (-3600, "in 1 h"), (-5, "just now"), (5, "5 s ago"), (300, "5 min ago"), (10_800, "3 h ago"),
    (1_000_000, "11 d ago"),
  ])
  func `ages`(_ seconds: Int, _ text: String) { #expect(Quantity.age(seconds: seconds) == text) }

  @Test(arguments: [-0.5, -1, 0, 0.999])
  func `instants are cut to the second before, never rounded up`(_ offset: Double) {
    let expected = offset < 0 ? "2026-05-03T11:59:59Z" : "2026-05-03T12:00:00Z"
    #expect(Instant.iso8601(Make.instant(offset)) == expected)
  }
}
