import Foundation
import NixModel
import Testing

@testable import Reporting

/// What a person and a program read of a sweep.
@Suite struct `The report of a sweep` {
  private let name: SweepName
  private let list: TargetList

  init() throws {
    name = try SweepName(parsing: "nightly")
    list = TargetList(try (0..<40).map { try Installable(parsing: "nixpkgs#p\($0)") })
  }

  /// Runs of the shards that have a verdict, which `verdicts` tells by index.
  private func joined(_ verdicts: [Int: Verdict], of count: Int, disregarding: [RunID] = []) throws
    -> SweepVerdict
  {
    let runs = try verdicts.map { index, verdict in
      let mine = list.part(index, of: count)
      let start = RunStart(
        id: RunID("run-\(index)"), started: Date(timeIntervalSince1970: 0), version: "0",
        runner: Runner(host: "h", pod: nil, processID: 1, processStart: 1, bootID: "b"), installables: mine,
        policy: Policy(), shard: Shard(index, of: count, of: list, in: name))
      let reason = Reason(.interrupted, verdict == .cold ? .cold : .inconclusive)
      let ruling = try #require(Ruling(verdict, reasons: verdict == .warm ? [] : [reason]))
      let judgment = Judgment(
        targets: mine.map { TargetJudgment(installable: $0, derivation: nil, ruling: ruling, outputs: []) },
        closure: ClosureSummary())
      return Run(
        start: start, nixVersion: nil,
        state: .finished(Conclusion(finished: start.started, judgment: judgment, memoryPeak: nil)))
    }
    return join(runs, of: name, disregarding: disregarding)
  }

  @Test func `names each shard, and what is missing`() throws {
    let text = SweepText(try joined([0: .warm, 1: .inconclusive], of: 3)).render()
    #expect(
      text == """
        warm          shard 0, 14 targets  run run-0
        inconclusive  shard 1, 13 targets  run run-1
        missing       shard 2, 13 targets
        sweep nightly: inconclusive; 1 of 3 shards warm, 40 targets in all
          shard-inconclusive: shard 1 of 3 came to no verdict; warmth explain says why, then prove again
          shard-missing: shard 2 of 3 is missing: no run is recorded; import the bundle, or prove what is left

        """)
    let warm = try joined([0: .warm, 1: .warm, 2: .warm], of: 3)
    #expect(
      SweepText(warm).render().hasSuffix("\nsweep nightly: warm; 3 of 3 shards warm, 40 targets in all\n"))
  }

  @Test func `names many shards by their ranges`() throws {
    let some = Dictionary(uniqueKeysWithValues: [4, 5, 9].map { ($0, Verdict.warm) })
    #expect(
      SweepText(try joined(some, of: 20)).render().contains(
        "shards 0 to 3, 6 to 8 and 10 to 19 of 20 are missing"))
    let odd = Dictionary(uniqueKeysWithValues: stride(from: 1, to: 40, by: 2).map { ($0, Verdict.warm) })
    #expect(
      SweepText(try joined(odd, of: 40)).render().contains(
        "shards 0, 2, 4, 6, 8, 10, 12, 14 and 12 more of 40 are missing"))
  }

  @Test func `says what does not count`() throws {
    let runs = (0..<7).map { RunID("stranger-\($0)") }
    let text = SweepText(try joined([:], of: 3, disregarding: runs)).render()
    #expect(
      text == """
        sweep nightly: inconclusive
          nothing-recorded: no run of it counts
          not counted, since no trusted key signed them: stranger-0, stranger-1, stranger-2, stranger-3, \
        stranger-4 and 2 more

        """)
  }

  @Test func `is one document`() throws {
    let verdict = try joined([0: .cold], of: 2)
    let json = try SweepDocument(verdict).json()
    let document = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(document["schema"] as? String == "warmth/sweep/v1")
    #expect(document["sweep"] as? String == "nightly")
    #expect(document["verdict"] as? String == "cold")
    let plan = try #require(document["plan"] as? [String: Any])
    #expect(plan["shards"] as? Int == 2 && plan["targets"] as? Int == 40)
    #expect(plan["list"] as? String == list.digest)
    let shards = try #require(document["shards"] as? [[String: Any]])
    #expect(shards.map { $0["status"] as? String } == ["cold", "missing"])
    #expect(shards[1]["run"] is NSNull)
    let reasons = try #require(document["reasons"] as? [[String: Any]])
    #expect(reasons.map { $0["code"] as? String } == ["shard-cold", "shard-missing"])
    #expect(try SweepDocument(joined([:], of: 2)).json().contains("\"plan\" : null"))
  }

  @Test func `stands in the report and the document of each run`() throws {
    let start = RunStart(
      id: RunID("r"), started: Date(timeIntervalSince1970: 0), version: "0",
      runner: Runner(host: "h", pod: nil, processID: 1, processStart: 1, bootID: "b"),
      installables: list.part(1, of: 2), policy: Policy(), shard: Shard(1, of: 2, of: list, in: name))
    let run = Run(start: start, nixVersion: nil, state: .interrupted)
    #expect(TextReport(run).render().contains("\npart shard 1 of 2 of sweep nightly (40 targets in all)\n"))
    for json in [try ProveDocument(run).json(), try Listing.runs(Page([run]), now: .now).json()] {
      #expect(json.contains("\"shard\" : {"))
      #expect(json.contains("\"sweep\" : \"nightly\""))
    }
    // A run about a whole list has no such key.
    #expect(try !ProveDocument(SampleRuns.warm()).json().contains("\"shard\""))
    #expect(try !Listing.runs(Page([SampleRuns.warm()]), now: .now).json().contains("\"shard\""))
  }
}
