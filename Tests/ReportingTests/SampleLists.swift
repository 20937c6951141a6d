import Foundation
import NixModel
import TestSupport
import Testing

@testable import Reporting

/// What the tests of lists share.
enum SampleLists {
  /// Four runs about a target, the latest first; one of them was cut off.
  static func history() throws -> [TargetHistoryLine] {
    let path = try Make.path("a", "libguestfs-1.54.1")
    func record(_ number: Int, _ judgment: TargetJudgment?) throws -> TargetRecord {
      TargetRecord(
        run: RunID("run-\(number)"), started: Make.instant(Double(number)),
        installable: try Installable(parsing: "nixpkgs#libguestfs"),
        ending: judgment.map {
          .judged(
            $0,
            RunFigures(
              downloadBytes: 1 << 20, milliseconds: 42_500,
              timeTaken: number == 1 ? nil : TimeTaken(milliseconds: 3200)))
        } ?? .interrupted)
    }
    let missing = Reason(.narMissing(path: path, cache: Make.cache, file: "nar/x", line: nil), .cold)
    return TargetHistoryLine.lines(
      of: [
        try record(
          4,
          Make.target(
            "nixpkgs#libguestfs", .cold, reasons: [missing],
            outputs: [
              Make.output("out", path, .notRealized, narSize: nil)
            ])), try record(3, nil),
        try record(
          2,
          Make.target(
            "nixpkgs#libguestfs",
            outputs: [Make.output("out", path, .substituted(from: Make.upstream), narSize: 3072)])),
        try record(
          1,
          Make.target(
            "nixpkgs#libguestfs",
            outputs: [Make.output("out", path, .substituted(from: Make.cache), narSize: 2048)])),
      ], count: 4)
  }

  /// A cache that failed now and then, and one that did not.
  static func sums() -> CacheSums {
    var failures = CacheRecord.Failures()
    failures.unreachable = 3
    failures.missing = 9
    failures.runs = 12
    func cache(
      _ name: String, _ paths: Int, _ failures: CacheRecord.Failures, _ timed: CacheRecord.Timed?
    ) -> CacheRecord {
      CacheRecord(
        cache: name, runs: 40, latest: Make.instant(), paths: paths, bytes: UInt64(paths) << 20,
        downloadBytes: UInt64(paths) << 18, asked: 1000, offered: 900, failures: failures, timed: timed)
    }
    return CacheSums([
      cache(Make.cache, 300, failures, .init(downloadBytes: 10 << 20, milliseconds: 4000)),
      cache(Make.upstream, 100, .init(), nil),
    ])
  }

  /// libguestfs lost its archive; guestfs-tools needs it, and so does nothing else.
  static func regressions() throws -> RegressionReport {
    let path = try Make.path("a", "libguestfs-1.54.1")
    let drv = try Make.path("b", "libguestfs-1.54.1.drv")
    let missing = Reason(.narMissing(path: path, cache: Make.cache, file: "nar/x", line: 4), .cold)
    let built = Reason(.builtLocally(derivation: drv, path: path, line: 5), .cold)
    let targets = [
      try Make.target(
        "nixpkgs#libguestfs", derivation: drv, .cold, reasons: [missing, built],
        outputs: [Make.output("out", path, .builtLocally)]),
      try Make.target(
        "nixpkgs#guestfs-tools", .cold, reasons: [missing],
        outputs: [Make.output("out", try Make.path("c", "guestfs-tools-1.54.0"), .notRealized)]),
    ]
    func moment(_ name: String, _ seconds: Double) -> Regression.Moment {
      .init(run: RunID(name), started: Make.instant(seconds))
    }
    let cause = Cause(
      reason: missing, evidence: [],
      consequences: [Consequence(path: drv, outcome: .built(on: nil, line: 5))],
      targets: targets.map(\.installable))
    return RegressionReport(
      targets.map {
        Regression(
          installable: $0.installable, judgment: $0, now: moment("run-3", 7200), first: moment("run-2", 3600),
          lastWarm: moment("run-1", 0))
      }, explanations: [RunID("run-3"): Explanation(causes: [cause])])
  }

  /// A publication in whose every text `text` stands.
  static func publication(_ text: String? = nil) throws -> Publication {
    let (guest, glib) = (try Make.path("a", "libguestfs-1.54.1"), try Make.path("b", "glib-2.80"))
    let code = try #require(PublicationFault.Code(rawValue: "not-served"))
    var cgroup = CgroupFigures()
    cgroup.memoryPeak = 1 << 30
    cgroup.memoryLimit = 4 << 30
    cgroup.oomKills = 1
    return Publication(
      head: PublicationHead(
        id: RunID("20260503T120000Z-abc123"), started: Make.instant(0.125), finished: Make.instant(192),
        state: .failed, exitCode: 1, program: text ?? "cache-warm.sh 1",
        publisher: Publisher(
          runner: Runner(
            host: text ?? "builder-1", pod: nil, processID: 1, processStart: 2, bootID: text ?? "boot"),
          nix: text ?? "2.34.8", system: text ?? "x86_64-linux"),
        occasion: Occasion(repository: text ?? "nixos/tests", branch: text ?? "main"),
        destination: PublicationDestination(
          kind: .attic, cache: text ?? "main", server: try SubstituterURL(parsing: "https://attic.example"),
          readSide: try SubstituterURL(parsing: Make.cache))),
      targets: [
        PublishedTarget(
          installable: text ?? "nixpkgs#libguestfs", outcome: .built, derivation: nil,
          outputs: [.init(name: text ?? "out", path: guest)], milliseconds: 42_500, failure: nil),
        PublishedTarget(
          installable: text ?? "nixpkgs#qemu", outcome: .failed, derivation: nil, outputs: [],
          milliseconds: nil, failure: .init(kind: .outOfMemory, message: text ?? "killed")),
      ],
      paths: [
        PublishedPath(
          path: guest, role: .output, outcome: .built, published: .pushed, isServed: true, narSize: 208),
        PublishedPath(
          path: glib, role: .runtime, outcome: .substituted, published: .alreadyThere, isServed: false,
          narSize: nil),
      ], faults: [PublicationFault(code: code, path: glib, isFatal: true, message: text ?? "no narinfo")],
      cgroup: cgroup)
  }

  static func record(_ publication: Publication) -> PublicationRecord {
    PublicationRecord(
      head: publication.head, targets: publication.targets.map(\.installable), counts: publication.counts)
  }

  /// A proof between two publications, the latest first.
  static func paths(_ publication: Publication) throws -> [PathRecord] {
    let path = publication.paths[0]
    return [
      PathRecord(PathPublication(path.path, .output(.failed), in: publication.head)),
      PathRecord(
        path: path.path, outcome: .substituted(from: Make.cache), narSize: 208, run: RunID("run-2"),
        started: Make.instant(60)),
      PathRecord(PathPublication(path.path, .path(path), in: publication.head)),
    ]
  }

  /// Runs of all kinds: two that ended, one of a shard in CI, one that was cut off, and one of strangers' texts.
  static func runs() throws -> [Run] {
    let start = try Make.start(["nixpkgs#qemu"])
    let occasion = Occasion(
      repository: "o/r", ref: "refs/heads/main", branch: "main", revision: "a3594b1e5c8f", pipeline: "7")
    let shard = Shard(
      sweep: try SweepName(parsing: "nightly"), index: 1, shards: 3, targets: 9,
      list: String(repeating: "a", count: 64))
    return [
      try SampleRuns.warm(), try SampleRuns.cold(),
      Run(
        start: RunStart(
          id: start.id, started: start.started, version: start.version, runner: start.runner,
          installables: start.installables, policy: start.policy, occasion: occasion, shard: shard),
        nixVersion: nil, state: .running),
      try Make.run(unfinished: .interrupted), try Hostile.run(brief: true),
    ]
  }

  /// A path of a run that was cut off before it could tell what became of it.
  static func cutOff() throws -> PathRecord {
    PathRecord(
      path: try Make.path("a", "x"), outcome: nil, narSize: nil, run: RunID("r"), started: Make.instant())
  }

  /// A publication, and another of strangers' texts.
  static func publications() throws -> [PublicationRecord] {
    [record(try publication()), record(try publication(Hostile.texts.joined(separator: "\n")))]
  }
}
