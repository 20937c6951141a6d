import EndToEndSupport
import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// `warmth job … --apply`, through the real kubectl, against an API server that listens for real.
@Suite struct `Jobs in a cluster` {
  private struct Answer {
    let exit: TerminationStatus
    let output: String
    let errors: String
  }

  private static let prove = [
    "job", "prove", "github:NixOS/nixpkgs/nixos-unstable#qemu", "--warmth-image",
    "registry.example.org/warmth:0.1.0", "--apply",
  ]

  private static let prewarm = [
    "job", "prewarm", "--profile", "kvm-vm-test", "--warmth-image", "registry.example.org/warmth:0.1.0",
  ]

  /// kubectl takes a core, and so does warmth.
  private static let turnstile = Turnstile(2)

  /// - Parameters:
  ///   - wrapper: a command that runs it, and sees that it ends.
  ///   - kubectl: `$WARMTH_TEST_KUBECTL`, else the one in `PATH`.
  private func warmth(
    _ arguments: [String], on server: KubernetesServer, through wrapper: [String] = ["timeout", "120"],
    kubectl: String? = ProcessInfo.processInfo.environment["WARMTH_TEST_KUBECTL"],
    variables: [Environment.Key: String?] = [:]
  ) async throws -> Answer {
    let home = Scratch.path("kube")
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: home) }
    try server.writeConfiguration(to: "\(home)/config")
    let lab = try await Lab.shared
    var command = wrapper + [lab.warmth] + arguments
    if let kubectl { command += ["--kubectl", kubectl] }
    return try await Self.turnstile.pass { [command] in
      let record = try await Subprocess.run(
        .path("/usr/bin/env"), arguments: Arguments(command),
        environment: .inherit.updating([
          "KUBECONFIG": "\(home)/config", "HOME": home, "GITHUB_ACTIONS": nil, "TMPDIR": home,
        ]).updating(variables),
        output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
      return Answer(
        exit: record.terminationStatus, output: record.standardOutput, errors: record.standardError)
    }
  }

  private static let finished = KubernetesServer.Moment(
    [.pod("cache-prove-1", phase: "Succeeded", state: .terminated(0))], [.condition("Complete")])
  private static let atWork = KubernetesServer.Moment([.pod("cache-prove-1", state: .running)])
  private static let failed = JSON.condition(
    "Failed", reason: "BackoffLimitExceeded", message: "too many pods failed")

  @Test func `are made with their files, and a proof's exit code comes out`() async throws {
    let server = try await KubernetesServer(
      log: { _, _ in .text("2026-05-03T12:01:00.1Z warm\n2026-05-03T12:01:00.2Z as can be\n") },
      script: { $0 < 3 ? Self.atWork : Self.finished })
    let policy = Scratch.path("test") + ".yaml"
    try "builds: stop\n".write(toFile: policy, atomically: true, encoding: .utf8)
    let answer = try await warmth(Self.prove + ["--wait", "--logs", "--policy", policy], on: server)
    #expect(answer.exit == .exited(0), "\(answer.errors)")
    #expect(answer.output == "warm\nas can be\n")
    #expect(answer.errors.contains("the Job 'cache-prove' has ended: warm"))
    let objects = server.objects.values
    #expect(objects.compactMap { $0["kind"]?.text }.sorted() == ["ConfigMap", "Job"], "\(server.requests)")
    let files = objects.first { $0["kind"] == "ConfigMap" }
    #expect(files?["data"] == ["warmth.yaml": "builds: stop\n"])
  }

  @Test func `are what is printed`() async throws {
    let server = try await KubernetesServer { _ in Self.atWork }
    let printed = try await warmth(Self.prove.dropLast(), on: server)
    #expect(printed.exit == .exited(0), "\(printed.errors)")
    #expect(server.requests.isEmpty)
    let applied = try await warmth(Self.prove, on: server)
    #expect(applied.exit == .exited(0), "\(applied.errors)")
    let digest = server.objects.values.first?["metadata"]?["annotations"]?["tinyland-nix-kvm/plan"]?.text
    #expect(printed.output.contains(try #require(digest)))
  }

  @Test(arguments: [1, 2, 64, 70, 74]) func `carry every exit code out`(code: Int) async throws {
    let server = try await KubernetesServer { _ in
      KubernetesServer.Moment(
        [.pod("cache-prove-1", phase: "Failed", state: .terminated(code))], [Self.failed])
    }
    let answer = try await warmth(Self.prove + ["--wait"], on: server)
    #expect(answer.exit == .exited(Int32(code)), "\(answer.errors)")
  }

  @Test func `are joined while they run, and never made twice`() async throws {
    let server = try await KubernetesServer { $0 < 4 ? Self.atWork : Self.finished }
    #expect(try await warmth(Self.prove, on: server).exit == .exited(0))
    let other = try await warmth(Self.prove + ["--backoff-limit", "0", "--replace"], on: server)
    #expect(other.exit == .exited(2))
    #expect(other.errors.contains("another Job 'cache-prove' is at work"), "\(other.errors)")
    let again = try await warmth(Self.prove + ["--wait"], on: server)
    #expect(again.exit == .exited(0), "\(again.errors)")
    #expect(again.errors.contains("is under way already"))
    #expect(server.requests.count { $0.hasPrefix("POST") && $0.contains("/jobs") } == 1)
  }

  @Test func `are replaced once they have ended, where that is asked`() async throws {
    let server = try await KubernetesServer { _ in Self.finished }
    #expect(try await warmth(Self.prove, on: server).exit == .exited(0))
    let refused = try await warmth(Self.prove, on: server)
    #expect(refused.exit == .exited(2))
    #expect(refused.errors.contains("--replace takes it away first"), "\(refused.errors)")
    let replaced = try await warmth(Self.prove + ["--replace", "--wait"], on: server)
    #expect(replaced.exit == .exited(0), "\(replaced.errors)")
    #expect(server.requests.count { $0.hasPrefix("POST") && $0.contains("/jobs") } == 2)
  }

  /// What befalls a Job, what `--wait` exits with, and what is said.
  struct Mishap: Sendable, CustomStringConvertible {
    let moment: KubernetesServer.Moment
    let words: [String]
    var description: String { words.joined(separator: " … ") }

    init(_ moment: KubernetesServer.Moment, _ words: String...) {
      self.moment = moment
      self.words = words
    }
  }

  static let mishaps = [
    Mishap(
      .init([.pod("p", phase: "Pending", state: .waiting("ImagePullBackOff", "manifest unknown"))]),
      "the image 'registry.example.org/warmth:0.1.0'", "manifest unknown", "--image-pull-secret"),
    Mishap(
      .init([.pod("p", phase: "Pending", initState: .waiting("InvalidImageName", "bad"))]), "cannot be pulled"
    ),
    Mishap(
      .init([
        .pod(
          "p", phase: "Pending",
          conditions: [
            .condition("PodScheduled", reason: "Unschedulable", message: "0/3 nodes", status: "False")
          ])
      ]), "no node takes its pod 'p' (0/3 nodes)", "--node-selector"),
    Mishap(
      .init([
        .pod("p", phase: "Pending", state: .waiting("CreateContainerConfigError", "secret \"t\" not found"))
      ]),
      "secret \"t\" not found", "Make the Secret"),
    Mishap(
      .init(
        [.pod("p", phase: "Pending", state: .waiting("ContainerCreating", ""))],
        warnings: ["p": "hostPath type check failed: /dev/kvm is not a character device"]),
      "/dev/kvm is not a character device"),
    Mishap(.init(warnings: ["cache-prove": "exceeded quota"]), "no pod is made for it", "exceeded quota"),
    Mishap(
      .init([.pod("p", phase: "Failed", reason: "Evicted", message: "low on memory")], [failed]),
      "was evicted: low on memory", "--memory"),
    Mishap(
      .init([.pod("p", phase: "Failed", state: .terminated(137, reason: "OOMKilled"))], [failed]),
      "ran out of memory", "--memory-limit"),
    Mishap(
      .init([], [.condition("Failed", reason: "DeadlineExceeded")]), "longer than its deadline", "--deadline"),
    Mishap(
      .init([.pod("p", phase: "Failed", initState: .terminated(1))], [failed]),
      "'install-warmth' ended with code 1"),
    Mishap(.init(fate: .deleted), "somebody deleted it"),
    Mishap(.init(fate: .replaced), "somebody replaced it"),
    Mishap(.init(isUnreachable: true), "is out of sight", "The Job goes on by itself"),
  ]

  @Test(arguments: mishaps) func `end in a clear sentence`(mishap: Mishap) async throws {
    // The first moment is when it is made.
    let server = try await KubernetesServer { $0 < 2 ? Self.atWork : mishap.moment }
    let answer = try await warmth(Self.prove + ["--wait", "--patience", "1s"], on: server)
    #expect(answer.exit == .exited(2), "\(answer.errors)")
    for words in mishap.words + ["proves nothing either way"] {
      #expect(answer.errors.contains(words), "\(answer.errors)")
    }
  }

  @Test func `take no files that somebody else made`() async throws {
    let command = Self.prewarm + ["--no-push", "--apply", "--replace"]
    let server = try await KubernetesServer { _ in
      .init(
        [.pod("p", phase: "Succeeded", state: .terminated(0), container: "prewarm")], [.condition("Complete")]
      )
    }
    #expect(try await warmth(command, on: server).exit == .exited(0))
    // Its own are taken again.
    #expect(try await warmth(command, on: server).exit == .exited(0))
    let made = try #require(server.objects.first { $0.value["kind"] == "ConfigMap" })
    for (field, value) in [("data", ["cache-warm.sh": "exit 0"]), ("immutable", false)] as [(String, JSON)] {
      server.change(made.key) { $0.with(field, value) }
      let answer = try await warmth(command, on: server)
      #expect(answer.exit == .exited(2), "\(answer.errors)")
      #expect(answer.errors.contains("does not hold what the Job needs"), "\(answer.errors)")
      #expect(!server.objects.values.contains { $0["kind"] == "Job" })
      server.change(made.key) { _ in made.value }
    }
  }

  @Test func `of a prewarm that publishes are not made for code that nobody reviewed`() async throws {
    let server = try await KubernetesServer { _ in Self.atWork }
    let command =
      Self.prewarm + [
        "--attic-server", "https://attic.example.org", "--cache", "main", "--attic-token-secret", "t",
      ]
    let request: [Environment.Key: String?] = ["CI_PIPELINE_SOURCE": "merge_request_event"]
    let refused = try await warmth(command + ["--apply"], on: server, variables: request)
    #expect(refused.exit == .exited(64), "\(refused.errors)")
    #expect(refused.errors.contains("a merge request (merge_request_event)"), "\(refused.errors)")
    #expect(server.requests.isEmpty)
    // What is only printed, or only built, harms nobody.
    #expect(try await warmth(command, on: server, variables: request).exit == .exited(0))
    let building = Self.prewarm + ["--no-push", "--apply"]
    #expect(try await warmth(building, on: server, variables: request).exit == .exited(0))
  }

  @Test func `of a prewarm fail, or nobody knows`() async throws {
    let prewarm = Self.prewarm + ["--no-push", "--apply", "--wait", "--patience", "1s"]
    for (moment, code) in [
      (KubernetesServer.Moment([.pod("p", phase: "Failed", reason: "Evicted")], [Self.failed]), Int32(1)),
      (.init([.pod("p", phase: "Failed", state: .terminated(1), container: "prewarm")], [Self.failed]), 1),
      (
        .init(
          [.pod("p", phase: "Succeeded", state: .terminated(0), container: "prewarm")],
          [.condition("Complete")]), 0
      ),
      (.init(isUnreachable: true), 2),
    ] {
      let server = try await KubernetesServer { $0 < 2 ? Self.atWork : moment }
      let answer = try await warmth(prewarm, on: server)
      #expect(answer.exit == .exited(code), "\(answer.errors)")
      #expect(server.objects.values.contains { $0["data"]?["cache-warm.sh"]?.text?.hasPrefix("#!") == true })
    }
  }

  @Test func `are made on a schedule, which is changed only where that is asked`() async throws {
    let server = try await KubernetesServer { _ in Self.atWork }
    let nightly = Self.prove + ["--schedule", "17 3 * * *", "--time-zone", "Europe/Berlin"]
    for (command, exit, words) in [
      (nightly, Int32(0), "the CronJob 'cache-prove' was made"),
      (nightly, 0, "is there already"),
      (Self.prove + ["--schedule", "@daily"], 2, "--replace gives it this one"),
      (Self.prove + ["--schedule", "@daily", "--replace"], 0, "has this plan now"),
      (nightly + ["--wait"], 64, "--schedule makes many"),
    ] {
      let answer = try await warmth(command, on: server)
      #expect(answer.exit == .exited(exit), "\(answer.errors)")
      #expect(answer.errors.contains(words), "\(answer.errors)")
    }
    let schedules = server.objects.values.filter { $0["kind"] == "CronJob" }
    #expect(schedules.map { $0["spec"]?["schedule"] } == ["@daily"])
  }

  @Test func `are found again after a lost connection`() async throws {
    let server = try await KubernetesServer { asked in
      asked == 2 || asked == 3
        ? KubernetesServer.Moment(isUnreachable: true) : asked < 5 ? Self.atWork : Self.finished
    }
    let answer = try await warmth(Self.prove + ["--wait", "--patience", "30s"], on: server)
    #expect(answer.exit == .exited(0), "\(answer.errors)")
    #expect(answer.errors.contains("trying again"), "\(answer.errors)")
  }

  @Test func `print a log that breaks off once and whole`() async throws {
    let lines = (1...40).map { "2026-05-03T12:01:\(10 + $0).1Z line \($0)\n" }
    let server = try await KubernetesServer(
      log: { _, request in
        let whole = StubCache.Answer.text(lines.joined())
        return request == 1 ? whole.cut(after: 500) : whole
      }, script: { $0 < 4 ? Self.atWork : Self.finished })
    let answer = try await warmth(Self.prove + ["--wait", "--logs"], on: server)
    #expect(answer.exit == .exited(0), "\(answer.errors)")
    #expect(answer.output == (1...40).map { "line \($0)\n" }.joined())
  }

  @Test func `print a log whose stream ends too early`() async throws {
    let lines = (1...4).map { "2026-05-03T12:01:0\($0).1Z line \($0)\n" }
    let server = try await KubernetesServer(
      log: { _, request in
        // The first streams end as if all was well; the last line has no end.
        .text(request < 3 ? lines.prefix(request).joined() : String(lines.joined().dropLast()))
      }, script: { $0 < 4 ? Self.atWork : Self.finished })
    let answer = try await warmth(Self.prove + ["--wait", "--logs"], on: server)
    #expect(answer.exit == .exited(0), "\(answer.errors)")
    #expect(answer.output == (1...4).map { "line \($0)\n" }.joined())
  }

  @Test(arguments: [([0, 0], 0), ([0, 1], 1), ([0, nil], 2)] as [([Int?], Int32)])
  func `in shards give one answer`(codes: [Int?], joined: Int32) async throws {
    let pods = codes.enumerated().compactMap { index, code in
      code.map { JSON.pod("cache-prove-\(index)-x", index: index, state: .terminated($0)) }
    }
    let end = joined == 0 ? JSON.condition("Complete") : Self.failed
    let server = try await KubernetesServer(
      log: { pod, _ in .text("2026-05-03T12:01:00Z said by \(pod)\n") }, script: { _ in .init(pods, [end]) })
    let command = [
      "job", "prove", "nixpkgs#a", "nixpkgs#b", "--warmth-image", "example.org/warmth:1", "--shards", "2",
    ]
    let answer = try await warmth(command + ["--apply", "--wait", "--logs"], on: server)
    #expect(answer.exit == .exited(joined), "\(answer.errors)")
    #expect(answer.output.contains("[cache-prove-0-x] said by cache-prove-0-x\n"))
    #expect(answer.errors.contains("warmth audit import"))
    if codes.contains(nil) { #expect(answer.errors.contains("not heard of: shard 1"), "\(answer.errors)") }
  }

  @Test func `go on where nobody waits any more`() async throws {
    let server = try await KubernetesServer { _ in Self.atWork }
    let answer = try await warmth(
      Self.prove + ["--wait"], on: server,
      through: ["timeout", "--foreground", "--signal=INT", "--preserve-status", "4"])
    #expect(answer.exit == .exited(2), "\(answer.errors)")
    #expect(answer.errors.contains("it goes on; the same command follows it again"), "\(answer.errors)")
    #expect(!server.requests.contains { $0.hasPrefix("DELETE") })
  }

  @Test func `need a kubectl and a cluster`() async throws {
    let server = try await KubernetesServer { _ in Self.atWork }
    let without = try await warmth(Self.prove + ["--kubectl", "/no/such/kubectl"], on: server, kubectl: nil)
    #expect(without.exit == .exited(2))
    #expect(without.errors.contains("'/no/such/kubectl' cannot be run"), "\(without.errors)")
    try await server.stop()
    let refused = try await warmth(Self.prove, on: server)
    #expect(refused.exit == .exited(2))
    #expect(refused.errors.contains("the cluster does not answer"), "\(refused.errors)")
  }

  @Test(arguments: [
    (["--wait"], "go with --apply"), (["--apply", "--logs"], "goes with --wait"),
    (["--sweep", "x"], "about --shards"),
    (["--shards", "9"], "more than there are targets (1)"),
    (["--targets-from", "/no/such/list"], "/no/such/list"),
    (["--policy", "/no/such/policy"], "/no/such/policy"),
    (["--substituter", "https://a:b@c.example"], "credential"),
    (["--trusted-public-key", "lab-1"], "not a usable key"), (["--builds", "maybe"], "maybe"),
  ])
  func `are refused where the command line is wrong`(options: [String], words: String) async throws {
    let server = try await KubernetesServer { _ in Self.atWork }
    let answer = try await warmth(Self.prove.dropLast() + options, on: server)
    #expect(answer.exit == .exited(64), "\(answer.errors)")
    #expect(answer.errors.contains(words), "\(answer.errors)")
    #expect(answer.output.isEmpty && server.requests.isEmpty)
  }
}
