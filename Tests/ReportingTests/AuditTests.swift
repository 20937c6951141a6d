import Foundation
import NixModel
import Testing

@testable import Reporting

@Suite struct `An audit` {
  @Test func `tells a target's history`() throws {
    let table = HistoryTable(
      try SampleLists.history(), of: "libguestfs", now: Make.instant(10_800), next: nil)
    #expect(
      table.render() == """
        run    started                        verdict      from                           size  downloaded    \
        took  nix took  since the run before
        run-4  2026-05-03 12:00:04Z, 2 h ago  cold                                                 1.0 MiB  \
        42.5 s     3.2 s  became cold because of nar-missing
        run-3  2026-05-03 12:00:03Z, 2 h ago  interrupted
        run-2  2026-05-03 12:00:02Z, 2 h ago  warm         https://cache.nixos.org     3.0 KiB     1.0 MiB  \
        42.5 s     3.2 s  from https://cache.nixos.org instead of https://cache.example/main; larger by 1.0 KiB
        run-1  2026-05-03 12:00:01Z, 2 h ago  warm         https://cache.example/main  2.0 KiB     1.0 MiB  \
        42.5 s            the first verdict about it

        """)
    let json = try HistoryDocument(
      SampleLists.history(), of: "libguestfs", next: ListPlace(run: RunID("run-1"))
    )
    .json()
    #expect(json.contains("\"schema\" : \"warmth/history/v1\""))
    #expect(json.contains("\"next\" : \"run-1\""))
    #expect(json.contains("\"nixMilliseconds\" : null"))
    #expect(json.contains("\"kind\" : \"from\""))
    let lines = try HistoryCSV(SampleLists.history()).render().split(separator: "\r\n")
    #expect(lines[1].hasSuffix(",1048576,42500,3200,run-2,became cold because of nar-missing"))
    #expect(lines[2] == "run-3,2026-05-03T12:00:03Z,nixpkgs#libguestfs,interrupted,,,,,,,,,,")
    #expect(lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 14 })
  }

  @Test func `words every change`() throws {
    let (old, new) = (try Make.path("a", "qemu-1.0.drv"), try Make.path("b", "qemu-1.1.drv"))
    let changes: [(TargetChange, String)] = [
      (.verdict(.warm, because: []), "became warm"),
      (.verdict(.inconclusive, because: [.timedOut]), "became inconclusive because of timed-out"),
      (
        .reasons(from: [.narMissing], to: [.narCorrupt, .signatureUntrusted]),
        "because of nar-corrupt and signature-untrusted instead of nar-missing"
      ),
      (.derivation(from: old, to: new), "another derivation: qemu-1.0 became qemu-1.1"),
      (.derivation(from: old, to: try Make.path("c", "qemu-1.0.drv")), "another derivation"),
      (.outputs(from: [old], to: [new]), "another output path"),
      (.size(from: 2048, to: 1024), "smaller by 1.0 KiB"),
    ]
    for (change, phrase) in changes { #expect(change.phrase == phrase) }
  }

  @Test func `sums up caches`() throws {
    #expect(
      CachesTable(SampleLists.sums(), now: Make.instant(10_800)).render() == """
        cache                       runs  paths  share   unpacked  share      speed  \
        failures                              latest
        https://cache.example/main    40    300   75 %  300.0 MiB   75 %  2.5 MiB/s  \
        in 12 runs: 3 unreachable, 9 missing  2026-05-03 12:00:00Z, 3 h ago
        https://cache.nixos.org       40    100   25 %  100.0 MiB   25 %             \
        none                                  2026-05-03 12:00:00Z, 3 h ago

        """)
    let only = CacheSums(SampleLists.sums().caches, named: [Make.upstream])
    #expect(only.caches.map(\.cache) == [Make.upstream])
    #expect(CachesTable(only, now: Make.instant()).render().contains("25 %"))
    let json = try CachesDocument(SampleLists.sums()).json()
    #expect(json.contains("\"schema\" : \"warmth/caches/v1\""))
    #expect(json.contains("\"bytesPerSecond\" : 2621440"))
    #expect(json.contains("\"timed\" : null"))
    let lines = CachesCSV(SampleLists.sums()).render().split(separator: "\r\n")
    #expect(
      lines[1]
        == "https://cache.example/main,40,300,400,314572800,419430400,78643200,1000,900,3,0,0,0,0,9,0,12,4000,10485760,2026-05-03T12:00:00Z"
    )
    #expect(lines[2].hasSuffix(",0,,,2026-05-03T12:00:00Z"))
  }

  @Test func `claims no speed that was not measured`() {
    #expect(CacheRecord.Timed(downloadBytes: 0, milliseconds: 5).bytesPerSecond == nil)
    #expect(CacheRecord.Timed(downloadBytes: 5, milliseconds: 0).bytesPerSecond == nil)
  }

  @Test func `tells a cause once, and what it merely dragged down apart`() throws {
    let text = try RegressionsText(SampleLists.regressions(), now: Make.instant(10_800)).render()
    #expect(
      text == """
        target                 verdict  not warm since                 last warm                      latest run  \
        because of
        nixpkgs#libguestfs     cold     2026-05-03 13:00:00Z, 2 h ago  2026-05-03 12:00:00Z, 3 h ago  run-3       \
        nar-missing
        nixpkgs#guestfs-tools  cold     2026-05-03 13:00:00Z, 2 h ago  2026-05-03 12:00:00Z, 3 h ago  run-3       \
        nar-missing

        nar-missing: the archive is not in the cache
          what  \(try SampleLists.regressions().groups[0].first.message)
          for   nixpkgs#libguestfs
          drag  nixpkgs#guestfs-tools
          then  Nix began to build libguestfs-1.54.1 (log line 5)
          see   warmth explain run-3
          next  \(try SampleLists.regressions().groups[0].remedy)

        """)
    let json = try RegressionsDocument(SampleLists.regressions()).json()
    #expect(json.contains("\"schema\" : \"warmth/regressions/v1\""))
    #expect(json.contains("\"dragged\" : [\n        \"nixpkgs#guestfs-tools\"\n      ]"))
    let lines = try RegressionsCSV(SampleLists.regressions()).render().split(separator: "\r\n")
    #expect(lines[1].hasSuffix("-libguestfs-1.54.1,own"))
    #expect(lines[2].hasSuffix("-libguestfs-1.54.1,dragged"))
    #expect(
      RegressionsText(RegressionReport([], explanations: [:]), now: .now).render()
        == "no target that was warm has ceased to be\n")
  }

  @Test func `says how a list goes on`() throws {
    let place = ListPlace(run: RunID("r-1"), path: try Make.path("a", "x"))
    let record = PathRecord(
      path: try Make.path("a", "x"), outcome: nil, narSize: nil, run: RunID("r-1"), started: Make.instant())
    #expect(
      PathsTable([record], now: .now, next: place).render().hasSuffix(
        "\nmore: --before r-1/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x\n"))
    #expect(
      try PathsDocument([record], next: place).json().contains(
        "\"next\" : \"r-1/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x\""))
    #expect(try RunsDocument([]).json().contains("\"next\" : null"))
  }

  @Test func `shows what a run was about`() throws {
    let occasion = Occasion(
      repository: "o/r", ref: "refs/heads/main", branch: "main", revision: "a3594b1e5c8f", pipeline: "7")
    let start = try Make.start(["nixpkgs#qemu"])
    let run = Run(
      start: RunStart(
        id: start.id, started: start.started, version: start.version, runner: start.runner,
        installables: start.installables, policy: start.policy, occasion: occasion), nixVersion: nil,
      state: .interrupted)
    #expect(RunsTable([run], now: .now).render().contains("main@a3594b1\n"))
    #expect(TextReport(run).render().hasSuffix("\nabout o/r, main@a3594b1, pipeline 7\n"))
    for json in [try RunsDocument([run]).json(), try ProveDocument(run).json()] {
      #expect(json.contains("\"revision\" : \"a3594b1e5c8f\""))
      #expect(json.contains("\"page\" : null"))
    }
    #expect(try ProveDocument(SampleRuns.warm()).json().contains("\"occasion\" : null"))
  }
}
