import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What a gate's answer is about: of several things that bear one name, nobody's for all.
@Suite struct `What a gate speaks of` {
  private struct Reply: Decodable {
    struct Subject: Decodable, Hashable {
      let installable: String
      let system: String?
    }
    struct Target: Decodable {
      let target: String
      let installable: String?
      let system: String?
      let outputs: [String]
      let answer: String
      let alternatives: [Subject]
    }
    let answer: String
    let targets: [Target]
  }

  private struct Answer {
    let exit: TerminationStatus
    let output: String
    let errors: String

    func reply() throws -> Reply { try JSONDecoder().decode(Reply.self, from: Data(output.utf8)) }
  }

  private let directory: String
  private var evidence: String { "\(directory)/evidence/warmth.sqlite" }
  private static let unstable = "github:NixOS/nixpkgs/nixos-unstable"
  private static let nowhere = [
    "CI", "GITHUB_ACTIONS", "GITLAB_CI", "GITEA_ACTIONS", "FORGEJO_ACTIONS", "WARMTH_EVIDENCE",
  ]

  init() throws {
    directory = Scratch.path("test")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  private func gate(_ arguments: [String], in variables: [String: String] = [:]) async throws -> Answer {
    var environment: [Environment.Key: String?] = [:]
    for name in Self.nowhere { environment[Environment.Key(rawValue: name) ?? "CI"] = .some(nil) }
    for (name, value) in variables { environment[Environment.Key(rawValue: name) ?? "CI"] = value }
    let record = try await Subprocess.run(
      .path(FilePath(try await Lab.shared.warmth)), arguments: Arguments(["gate"] + arguments),
      environment: .inherit.updating(environment), workingDirectory: FilePath(directory),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    return Answer(exit: record.terminationStatus, output: record.standardOutput, errors: record.standardError)
  }

  /// Records a warm run about an attribute, so many seconds ago.
  private func record(
    _ id: String, _ reference: String, on system: String = "x86_64-linux", secondsAgo: Double
  ) throws {
    var scene = try Scene()
    scene.targets = [
      Target(
        installable: try Installable(parsing: "\(reference)#libguestfs"),
        resolution: .derivation(scene.drv, system: system, outputs: [.init(name: "out", path: scene.qemu)]))
    ]
    try scene.record(
      in: evidence, as: id, on: Runner(host: "h", pod: id, processID: 1, processStart: 1, bootID: "b"),
      started: .now.addingTimeInterval(-secondsAgo), lasting: 0)
  }

  @Test func `is not a pull request's own attribute where everybody's is meant`() async throws {
    try record("everybody", Self.unstable, secondsAgo: 90)
    try record("arm", Self.unstable, on: "aarch64-linux", secondsAgo: 80)
    try record("own", ".", secondsAgo: 60)
    let name = try await gate(["--target", "libguestfs", "--json"])
    #expect(name.exit == .exited(2))
    #expect(
      try Set(name.reply().targets[0].alternatives) == [
        .init(installable: "\(Self.unstable)#libguestfs", system: "x86_64-linux"),
        .init(installable: "\(Self.unstable)#libguestfs", system: "aarch64-linux"),
        .init(installable: ".#libguestfs", system: "x86_64-linux"),
      ])
    let text = try await gate(["--target", "libguestfs"]).output
    #expect(text.contains(".#libguestfs for x86_64-linux"), "\(text)")
    #expect(try await gate(["--target", "\(Self.unstable)#libguestfs"]).exit == .exited(2))

    let policy = "\(directory)/p.yaml"
    for (section, exit, of) in [
      ("source: \(Self.unstable), systems: [x86_64-linux]", Int32(0), "everybody"),
      ("source: \(Self.unstable), systems: [aarch64-linux]", 0, "arm"), ("source: .", 0, "own"),
      ("source: \(Self.unstable)", 2, nil), ("source: nixpkgs", 2, nil),
      ("source: \(Self.unstable), systems: [riscv64-linux]", 2, nil), ("systems: [x86_64-linux]", 2, nil),
    ] {
      try "gate: {targets: [libguestfs], \(section)}\n".write(
        toFile: policy, atomically: true, encoding: .utf8)
      let answer = try await gate(["--policy", policy])
      #expect(answer.exit == .exited(exit), "\(section): \(answer.output)\(answer.errors)")
      if let of { #expect(answer.output.contains("run \(of) on"), "\(section): \(answer.output)") }
    }
    let own = try await gate(["--target", ".#libguestfs", "--json"])
    let target = try #require(try own.reply().targets.first)
    #expect(own.exit == .exited(0))
    #expect(target.installable == ".#libguestfs" && target.system == "x86_64-linux")
    #expect(target.outputs == [try Scene().qemu.description])
  }

  private static let jobs: [(variables: [String: String], code: Int32)] = [
    (["GITHUB_ACTIONS": "true"], 64), (["GITLAB_CI": "true"], 64), (["CI": "true"], 64),
    (["CI": "woodpecker"], 64), (["TF_BUILD": "True"], 64), (["JENKINS_URL": "http://j/"], 64), ([:], 0),
    (["CI": "false", "GITHUB_ACTIONS": ""], 0),
    (["GITHUB_ACTIONS": "true", "WARMTH_EVIDENCE": "evidence/warmth.sqlite"], 0),
  ]

  @Test(arguments: jobs)
  func `is not the evidence that lies in a job's working directory`(
    variables: [String: String], code: Int32
  ) async throws {
    try record("r-1", Self.unstable, secondsAgo: 60)
    let answer = try await gate(["--target", "libguestfs"], in: variables)
    #expect(answer.exit == .exited(code), "\(answer.output)\(answer.errors)")
    #expect((code == 64) == answer.errors.contains("--evidence"), "\(answer.errors)")
    #expect(
      try await gate(["--target", "libguestfs", "--evidence", evidence], in: variables).exit == .exited(0))
  }

  // MARK: Sweeps

  /// Records the two shards of a list of two.
  private func sweep(_ list: TargetList, policy: Policy = Policy()) throws {
    let store = try EvidenceStore(creatingAt: evidence)
    // Each scene has a key of its own, and shards that trust different keys are no one sweep.
    let same = try Scene()
    for (index, target) in list.targets.enumerated() {
      var scene = same
      scene.targets = [Target(installable: target, resolution: scene.targets[0].resolution)]
      let start = RunStart(
        id: RunID("shard-\(index)"), started: .now, version: "0",
        runner: Runner(host: "h", pod: "p-\(index)", processID: 1, processStart: 1, bootID: "b"),
        installables: [target], policy: policy,
        shard: Shard(index, of: 2, of: list, in: try SweepName(parsing: "nightly")))
      try store.begin(start)
      let testimony = try scene.testimony()
      try store.record(.environment(testimony.environment), for: start.id)
      try store.conclude(
        start.id, Conclusion(finished: .now, judgment: try scene.judged(), memoryPeak: nil))
    }
  }

  @Test func `of a sweep is what was meant`() async throws {
    try sweep(TargetList(try ["a", "b"].map { try Installable(parsing: "nixpkgs#\($0)") }))
    let (list, policy) = ("\(directory)/targets.txt", "\(directory)/policy.yaml")
    let cases: [(targets: String, policy: String, shards: String, code: Int32, reason: String)] = [
      ("nixpkgs#a\nnixpkgs#b\n", "builds: stop\n", "2", 0, ""),
      ("nixpkgs#a\nnixpkgs#b\nnixpkgs#c\n", "builds: stop\n", "2", 2, "missing-targets"),
      ("nixpkgs#a\n", "builds: stop\n", "3", 2, "other-shard-count"),
      ("nixpkgs#a\n", "allow-build: ['*']\n", "2", 2, "other-policy"),
      ("nixpkgs#a\n", "substituters: [http://elsewhere.example]\n", "2", 2, "other-policy"),
    ]
    let lab = try await Lab.shared
    for one in cases {
      try one.targets.write(toFile: list, atomically: true, encoding: .utf8)
      try one.policy.write(toFile: policy, atomically: true, encoding: .utf8)
      let record = try await Subprocess.run(
        .path(FilePath(lab.warmth)),
        arguments: [
          "audit", "sweep", "nightly", "--evidence", evidence, "--targets-from", list, "--policy", policy,
          "--shards", one.shards,
        ], output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
      #expect(
        record.terminationStatus == .exited(one.code), "\(record.standardOutput)\(record.standardError)")
      #expect(record.standardOutput.contains("  \(one.reason)"), "\(record.standardOutput)")
    }
  }

  // MARK: On real Nix

  /// Proves libguestfs and guestfs-tools of a file, and then asks a gate.
  private func ask(_ file: String, _ gate: String) async throws -> Trial.Result {
    let lab = try await Lab.shared
    return try await Trial(
      arguments: ["gate", "--evidence", "e.sqlite", "--json"],
      before: """
        cd "$TMPDIR" && mkdir -p '\(file)' && cp \(Lab.fixtures)/lab.nix '\(file)/default.nix' && \
        "$WARMTH" prove -f '\(file)' libguestfs guestfs-tools --substituter file://\(lab.directory)/cache \
        --trusted-public-key '\(lab.publicKey)' --nix "$NIX" --evidence e.sqlite >&2 && \
        set -- "$@" \(gate)
        """, environment: ["WARMTH": lab.warmth]
    ).run(in: lab)
  }

  @Test func `is what an installable evaluates to now`() async throws {
    let lab = try await Lab.shared
    let path = try lab.path("libguestfs").description
    let same = try await ask("packages", #"-f packages libguestfs --nix "$NIX""#)
    #expect(same.exit == .exited(0), "\(same.output)\(same.errors)")
    let reply = try JSONDecoder().decode(Reply.self, from: Data(same.output.utf8))
    #expect(reply.targets.map(\.installable) == ["./packages#libguestfs"])
    #expect(reply.targets[0].outputs.contains(path))
    #expect(reply.targets[0].system?.hasSuffix("-linux") == true)
    // A path needs no Nix. One of several outputs was never what a run set out to prove.
    let tools = try lab.path("guestfs-tools").description
    let plain = try await ask("packages", "\(tools) --nix /no/such/nix")
    #expect(plain.exit == .exited(0), "\(plain.output)\(plain.errors)")
    let one = try await ask("packages", "\(path) --nix /no/such/nix")
    #expect(one.exit == .exited(2), "\(one.output)\(one.errors)")
    let without = try await ask("packages", "-f packages libguestfs --nix /no/such/nix")
    #expect(without.exit == .exited(69), "\(without.output)\(without.errors)")
    // A change that makes other paths needs a proof of its own.
    let changed = try await ask(
      "packages",
      #"-f packages libguestfs --nix "$NIX" && sed -i 's/echo kernel,/echo newer kernel,/' packages/default.nix"#
    )
    #expect(changed.exit == .exited(2), "\(changed.output)\(changed.errors)")
    let missing = try await ask("packages", #"-f packages nobody --nix "$NIX""#)
    #expect(missing.exit == .exited(2), "\(missing.output)\(missing.errors)")
    #expect(missing.output.contains("could not be evaluated"))
  }

  @Test func `is not a directory that is called like a flake`() async throws {
    let unstable = Self.unstable
    let flake = try await ask(unstable, "--target \(unstable)#libguestfs")
    #expect(flake.exit == .exited(2), "\(flake.output)\(flake.errors)")
    let directory = try await ask(unstable, "--target ./\(unstable)#libguestfs")
    #expect(directory.exit == .exited(0), "\(directory.output)\(directory.errors)")
  }
}
