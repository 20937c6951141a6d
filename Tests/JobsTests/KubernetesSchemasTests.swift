import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import Jobs

/// The manifests against Kubernetes' own schemas, strictly: a field that a version does not know is a fault.
@Suite struct `Kubernetes' schemas` {
  private struct Missing: Error, CustomStringConvertible { let description: String }

  private static func validator() throws -> String {
    let variables = ProcessInfo.processInfo.environment
    let cache = variables["XDG_CACHE_HOME"] ?? "\(NSHomeDirectory())/.cache"
    let path = "\(cache)/warmth/kubernetes-validate-1.37.0/bin/kubernetes-validate"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Missing(description: "there is no \(path); run scripts/setup --for test")
    }
    return path
  }

  private static func plans() throws -> [JobPlan] {
    let sharding = Sharding(shards: 3, parallelism: 2, sweep: "nightly", targetsOfProfile: 4)
    return [
      try Manifests.prewarm(),
      try Manifests.prewarm { $0.publication = .none },
      try Manifests.prewarm {
        $0.publication = .nixCopy(
          PrewarmJob.CopyDestination(
            to: "s3://bucket?region=eu", readSide: "https://cache.example.org", publicKey: Manifests.key,
            signingKeySecret: "signing", signingKeyKey: "key", environmentSecret: "bucket"))
        $0.sharding = sharding
      },
      try Manifests.prewarm {
        $0.envelope.schedule = JobSchedule("17 3 * * 1-5", timeZone: "Europe/Berlin", startDeadline: 600)
      },
      try Manifests.prove {
        $0.envelope.schedule = JobSchedule("@daily", timeZone: "Etc/UTC", startDeadline: 3600)
        $0.policy = ("builds: stop\n", false)
      },
      try Manifests.prewarm {
        $0.envelope.namespace = "ci"
        $0.envelope.labels = ["team=cache", "answer=yes"]
        $0.envelope.imagePullSecrets = ["registry"]
        $0.envelope.nodeSelector = ["tinyland-nix-kvm=true"]
        $0.envelope.hostname = "kvm-1"
        $0.envelope.tolerations = ["kvm=true:NoSchedule", "kvm"]
        $0.envelope.serviceAccount = "prewarm"
        ($0.envelope.cpu, $0.envelope.cpuLimit) = ("4", "7500m")
        ($0.envelope.memory, $0.envelope.memoryLimit) = ("8Gi", "16Gi")
        ($0.buildsSize, $0.tmpSize) = ("40Gi", "2G")
      },
      try Manifests.prove(),
      try Manifests.prove {
        $0.sharding = sharding
        $0.policy = ("builds: stop\n", false)
        $0.installables = (0..<100).map { "nixpkgs#p\($0)" }
        $0.handOut.collectorSecret = "collector"
        $0.scratchSize = "20Gi"
      },
      try Manifests.prove { $0.allowBuild = ["vm-test-run-*"] },
    ]
  }

  @Test(arguments: ["1.31", "1.33", "1.35"]) func `accept every kind of manifest`(version: String)
    async throws
  {
    let directory = URL(filePath: Scratch.path("test"))
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let plans = try Self.plans()
    var files: [String] = []
    for (number, plan) in plans.enumerated() {
      let file = directory.appending(path: "\(number).yaml")
      try plan.documents.yaml.write(to: file, atomically: true, encoding: .utf8)
      files.append(file.path)
    }
    let (passed, text) = try await validate(files, version)
    #expect(passed, "\(text)")
    #expect(text.split(separator: "\n").count { $0.contains("passed") } == plans.flatMap(\.documents).count)

    // And it would say so if they were not.
    let wrong = try plans[0].documents.yaml.replacing("backoffLimit:", with: "backofLimit:")
    try wrong.write(toFile: files[0], atomically: true, encoding: .utf8)
    #expect(try await !validate([files[0]], version).passed)
  }

  private func validate(_ files: [String], _ version: String) async throws -> (passed: Bool, text: String) {
    let record = try await Subprocess.run(
      .path(FilePath(try Self.validator())), arguments: Arguments(["-k", version, "--strict"] + files),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    return (record.terminationStatus.isSuccess, record.standardOutput + record.standardError)
  }
}
