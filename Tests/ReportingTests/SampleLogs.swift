import NixModel
import Reporting

/// Classified logs that the renderers' tests share.
enum SampleLogs {
  /// A copy, a build here and a build elsewhere.
  static func mixed(_ format: LogFormat = .internalJSON) throws -> ClassifiedLog {
    ClassifiedLog(
      format: format, lines: 940, bytes: 123_456,
      events: [
        .copy(path: try Make.path("a", "libguestfs-1.54.1"), from: Make.cache, line: 12),
        .build(derivation: try Make.path("d", "hello-2.12.drv"), machine: nil, line: 300),
        .build(
          derivation: try Make.path("f", "perl-5.40.drv"), machine: "ssh://user:s3cret@builder", line: 931),
      ])
  }
}

/// Answers of a gate that the renderers' tests share.
enum SampleGates {
  /// A target that meets every rule, one that breaks some, and one that nobody proved.
  static func no() throws -> GateAnswer {
    let drv = try Make.path("d", "hello-2.12.drv")
    let glib = try Make.path("g", "glib-2.84")
    return GateAnswer(targets: [
      target(
        "libguestfs", run(), 10_800,
        [
          .warm, .recent(age: 10_800, limit: 86_400), .fromAccepted(paths: 7), .vouchedFor(paths: 7),
          .nothingBuilt, .signed(by: "collector-1"), .enoughRunners([run(), run("9w2mzc", pod: "pod-b")]),
        ]),
      target(
        "qemu_kvm", run("9w2mzc", pod: "pod-b"), 97_200,
        [
          .warm, .recent(age: 97_200, limit: 604_800), .fromElsewhere(glib, from: Make.upstream, others: 2),
          .notVouchedFor(glib, signers: ["other-1"], others: 0), .builtWithoutLeave(drv, others: 0),
          .signed(by: "collector-1"),
          .tooFewRunners([], needed: 2, because: .noEarlierRun),
        ]),
      .init(unproved: "qemu"),
    ])
  }

  /// A run in the morning.
  static func run(_ suffix: String = "4k7xbq", pod: String? = nil) -> RecordedRun {
    RecordedRun(
      id: RunID("20260503T120000Z-\(suffix)"), started: Make.instant(),
      runner: Runner(host: "runner-7", pod: pod, processID: 1, processStart: 1, bootID: "b"),
      state: .finished(at: Make.instant(60), .warm),
      subject: GateSubject(name: "nixpkgs#libguestfs", record: "r", system: "x86_64-linux"),
      outputs: (try? Make.path("a", "libguestfs-1.54.1")).map { [$0] } ?? [])
  }

  /// A target that a run speaks for.
  static func target(
    _ name: String, _ run: RecordedRun, _ age: Int, _ findings: [GateFinding]
  ) -> GateAnswer.Target {
    GateAnswer.Target(target: name, run: run, age: age, findings: findings)
  }
}
