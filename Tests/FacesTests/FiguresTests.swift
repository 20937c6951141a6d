import Foundation
import NixModel
import TestSupport
import Testing

@testable import Metrics

@Suite struct `Figures for a scraper` {
  private static func figures() throws -> Figures {
    let (warm, cold) = (try `A page`.run(`A page`.warm()), try `A page`.run(`A page`.cold()))
    var failures = CacheRecord.Failures()
    failures.missing = 9
    let hostile = try Installable(parsing: "git+https://me:hunter2@x.example/a?ref=\"q\"#b")
    let head = PublicationHead(
      id: RunID("p"), started: `A page`.started, finished: `A page`.started.addingTimeInterval(192),
      state: .failed,
      exitCode: 1, program: "warmth",
      publisher: Publisher(
        runner: Runner(host: "h", pod: nil, processID: 1, processStart: 2, bootID: "b"), nix: "2", system: "x"
      ),
      occasion: nil,
      destination: PublicationDestination(kind: .attic, cache: "main", server: nil, readSide: nil))
    var counts = PublicationCounts()
    counts.add(1, .pushed, isServed: nil)
    counts.add(2, .pushed, isServed: false)
    let build = try BuildRecord(
      start: BuildStart(
        id: RunID("b"), started: `A page`.started, program: "warmth",
        runner: Runner(host: "h", pod: nil, processID: 1, processStart: 2, bootID: "b"), occasion: nil,
        order: BuildOrder(
          provider: "vultr", region: "fra", plan: "p", hourlyPrice: 134_000, deadline: 7200, source: nil,
          targets: [],
          destination: "d"), expires: `A page`.started.addingTimeInterval(7200),
        identity: BuilderIdentity(
          hostKey: "k", signingKey: nil, uploadKey: nil, bootstrap: "", hasPublicLogs: false)),
      events: [
        BuildEvent(at: `A page`.started, .asked), BuildEvent(at: `A page`.started, .created(server: "s")),
      ])
    let target = try #require(cold.start.installables.first)
    return Figures(
      version: "0.1.0", now: `A page`.started.addingTimeInterval(3700), records: 12,
      targets: [
        TargetFigures(target, in: cold, warm: `A page`.started.addingTimeInterval(-86_400)),
        TargetFigures(hostile, in: Run(start: warm.start, nixVersion: nil, state: .interrupted), warm: nil),
      ],
      caches: [
        CacheRecord(
          cache: "https://cache.example/main", runs: 40, latest: `A page`.started, paths: 300, bytes: 1 << 30,
          downloadBytes: 1 << 28, asked: 1000, offered: 900, failures: failures,
          timed: .init(downloadBytes: 1 << 20, milliseconds: 4250))
      ], publications: [PublicationRecord(head: head, targets: [], counts: counts)], builds: [build])
  }

  private struct Sample: Decodable, Equatable {
    let name: String
    let labels: [String: String]
    let value: Double
  }

  /// The samples as two parsers of prometheus_client read them, which must agree.
  private static let parse = """
    import json, sys
    from prometheus_client.openmetrics.parser import text_string_to_metric_families as new
    from prometheus_client.parser import text_string_to_metric_families as old
    text = json.load(sys.stdin)
    answers = [[dict(name=s.name, labels=s.labels, value=s.value) for f in parse(text) for s in f.samples] for parse in (new, old)]
    assert answers[0] == answers[1], answers
    json.dump(answers[0], sys.stdout)
    """

  @Test func `are read by both of Prometheus' parsers, and say what the store says`() async throws {
    let samples: [Sample] = try await Reader.read(Self.figures().exposition.text, by: Self.parse)
    let cold = "nixpkgs#qemu_kvm"
    let hostile = "git+https://x.example/a?ref=\"q\"#b"
    #expect(!samples.contains { "\($0)".contains("hunter2") })
    let named = Set(samples.compactMap { $0.labels["target"] })
    #expect(named.contains(cold) && named.count == 2, "\(named) \(hostile)")
    func value(_ name: String, _ labels: [String: String]) -> Double? {
      samples.first { $0.name == "warmth_\(name)" && $0.labels == labels }?.value
    }
    #expect(value("target_verdict", ["target": cold, "verdict": "cold"]) == 1)
    #expect(value("target_verdict", ["target": cold, "verdict": "warm"]) == 0)
    #expect(value("target_proved_timestamp_seconds", ["target": cold]) == 1_777_809_600)
    #expect(value("target_warm_timestamp_seconds", ["target": cold]) == 1_777_723_200)
    #expect(value("target_reasons", ["target": cold, "reason": "reference-missing", "cache": ""]) == 1)
    #expect(value("target_duration_seconds", ["target": cold]) == 64)
    let cache = ["cache": "https://cache.example/main"]
    #expect(value("cache_busy_seconds", cache) == 4.25)
    #expect(value("cache_failures", cache.merging(["failure": "missing"]) { $1 }) == 9)
    #expect(value("publication_state", ["cache": "main", "state": "failed"]) == 1)
    #expect(value("publication_not_served_paths", ["cache": "main"]) == 2)
    #expect(value("builder_machines", ["provider": "vultr"]) == 1)
    #expect(value("builder_expires_timestamp_seconds", ["provider": "vultr"]) == 1_777_816_800)
    #expect(value("builder_cost_dollars", ["provider": "vultr"]) == 0.268)
  }

  @Test func `are those that the alerts of the page ask for`() throws {
    let page = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/metrics.md"), encoding: .utf8)
    let known = Set(try Self.figures().exposition.families.map(\.name))
    let asked = Set(page.matches(of: #/\bwarmth_[a-z_]+/#).map { String($0.output) })
    #expect(asked == known, "\(asked.symmetricDifference(known).sorted())")
  }
}
