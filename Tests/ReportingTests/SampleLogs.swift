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
  /// A warm target, a cold one, and one that nobody proved.
  static let no = GateAnswer(
    answer: .no,
    targets: [
      .init(
        target: "libguestfs", run: RunID("20260503T120000Z-4k7xbq"), age: 10_800, finding: .warm),
      .init(target: "qemu_kvm", run: RunID("20260502T120000Z-9w2mzc"), age: 97_200, finding: .cold),
      .init(target: "qemu", run: nil, age: nil, finding: .noRun),
    ])
}
