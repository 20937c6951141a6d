import Foundation
import NixModel
import Testing

@testable import Reporting

@Suite struct `An audit` {
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

  @Test func `gives each cache its share of all, those included that are not listed`() {
    let only = CacheSums(SampleLists.sums().caches, named: [Make.upstream])
    #expect(only.caches.map(\.cache) == [Make.upstream])
    #expect(Listing.caches(only, now: Make.instant()).table().contains("25 %"))
  }

  @Test func `claims no speed that was not measured`() {
    #expect(CacheRecord.Timed(downloadBytes: 0, milliseconds: 5).bytesPerSecond == nil)
    #expect(CacheRecord.Timed(downloadBytes: 5, milliseconds: 0).bytesPerSecond == nil)
  }

  @Test func `says so where nothing broke`() {
    #expect(
      Listing.regressions(RegressionReport([], explanations: [:]), now: .now).table()
        == "no target that was warm has ceased to be\n")
  }

  @Test func `says how a list goes on`() throws {
    let place = ListPlace(run: RunID("r-1"), path: try Make.path("a", "x"))
    let record = PathRecord(
      path: try Make.path("a", "x"), outcome: nil, narSize: nil, run: RunID("r-1"), started: Make.instant())
    #expect(
      Listing.paths(Page([record], last: place), now: .now).table().hasSuffix(
        "\nmore: --before r-1/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x\n"))
    #expect(
      try Listing.paths(Page([record], last: place), now: .now).json().contains(
        "\"next\" : \"r-1/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x\""))
    #expect(try Listing.runs(Page([]), now: .now).json().contains("\"next\" : null"))
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
    #expect(Listing.runs(Page([run]), now: .now).table().contains("main@a3594b1\n"))
    #expect(TextReport(run).render().hasSuffix("\nabout o/r, main@a3594b1, pipeline 7\n"))
    for json in [try Listing.runs(Page([run]), now: .now).json(), try ProveDocument(run).json()] {
      #expect(json.contains("\"revision\" : \"a3594b1e5c8f\""))
      #expect(json.contains("\"page\" : null"))
    }
    #expect(try ProveDocument(SampleRuns.warm()).json().contains("\"occasion\" : null"))
  }
}
