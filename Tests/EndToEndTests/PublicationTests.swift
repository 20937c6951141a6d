import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// `warmth publish` with real Nix, and what its receipt says.
@Suite struct `A publication` {

  @Test func `without the push leaves the cache cold, and touches neither server nor token`() async throws {
    var publishing = try await Publishing("--profile", "kvm-vm-test", "--no-push")
    publishing.given = nil
    publishing.environment = ["ATTIC_SERVER": "", "ATTIC_CACHE": ""]
    // Whoever calls the client or asks a server leaves a trace.
    let trace = "\(publishing.directory)/touched"
    let tracer = "\(publishing.directory)/tracer"
    try "#!/bin/sh\necho \"$0\" >> \(trace)\n".write(toFile: tracer, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tracer)
    try publishing.provide("attic", tracer)
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: trace))
    #expect(publishing.server.requests.isEmpty)
    let summary = try result.summary()
    #expect(summary.publication.state == "built")
    #expect(summary.destination == nil)
    #expect(summary.paths.count == 7)
    #expect(summary.paths.allSatisfy { $0.published == "not-pushed" && $0.served == nil })
    try await publishing.proveFromCache(["qemu"], gives: .cold, [.notInSubstituter])
  }

  @Test func `accepts what readers get from upstream`() async throws {
    let upstream = try await Lab.shared.cache()
    let publishing = try await Publishing.withUpstreamPath("--upstream", upstream.url)
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    let path = try #require(try result.summary().path(try publishing.lab.path("libc")))
    #expect(path.published == "filtered")
    #expect(path.servedBy == upstream.url)
  }

  @Test func `pushes what the upstream filter would leave out, where it is told to`() async throws {
    let publishing = try await Publishing.withUpstreamPath("--ignore-upstream-cache-filter")
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    try await publishing.proveFromCache(["qemu"], gives: .warm)
  }

  @Test func `names what was pushed and is not served`() async throws {
    // The two sides are wired apart.
    let elsewhere = try await StubCache { _ in .notFound }
    let publishing = try await Publishing("--installable", "qemu", "--read-side", elsewhere.url)
    let result = try await publishing.run()
    #expect(result.exit == .exited(1), "\(result.errors)")
    let summary = try result.summary()
    #expect(summary.faults.map(\.code) == ["not-served", "not-served"])
    let paths = try [publishing.lab.path("libc"), publishing.lab.path("qemu")].map(\.description)
    #expect(Set(summary.faults.compactMap(\.path)) == Set(paths))
    #expect(summary.paths.allSatisfy { $0.published == "pushed" && $0.served == false })
  }

  @Test(arguments: [
    StubCache.Answer.text("<html>welcome</html>"), .text("", status: 401), .text("", status: 403),
  ])
  func `takes only the path's own narinfo for an answer`(answer: StubCache.Answer) async throws {
    let publishing = try await Publishing("--installable", "qemu_kvm") { request, real in
      request.path.hasSuffix(".narinfo") ? answer : real
    }
    let result = try await publishing.run()
    #expect(result.exit == .exited(1), "\(result.errors)")
    #expect(try result.summary().codes == ["not-served"])
  }

  @Test(arguments: [408, 425, 429, 503])
  func `asks again where the read side stumbles`(status: Int) async throws {
    let hash = try await Lab.shared.path("libc").hashPart
    let stumbles = Countdown(2)
    let publishing = try await Publishing("--installable", "qemu_kvm") { request, answer in
      request.path.contains(hash) && stumbles.isRunning() ? .text("", status: status) : answer
    }
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
  }

  @Test func `says that the read side could not be asked`() async throws {
    let gone = try await StubCache { _ in .notFound }
    try await gone.stop()
    let broken = try await StubCache { _ in .text("", status: 500) }
    let busy = try await StubCache { _ in .text("", status: 429) }
    for side in [gone, broken, busy] {
      let publishing = try await Publishing("--installable", "qemu_kvm", "--read-side", side.url)
      let result = try await publishing.run()
      #expect(result.exit == .exited(2), "\(result.errors)")
      let summary = try result.summary()
      #expect(summary.codes == ["read-side-unreachable"])
      #expect(summary.paths.allSatisfy { $0.published == "pushed" && $0.served == nil })
    }
  }

  @Test func `does not take an upstream that could not be asked for one that lacks a path`() async throws {
    let gone = try await StubCache { _ in .notFound }
    try await gone.stop()
    let publishing = try await Publishing.withUpstreamPath("--upstream", gone.url)
    let result = try await publishing.run()
    #expect(result.exit == .exited(2), "\(result.errors)")
    #expect(result.errors.contains(gone.url))
    let summary = try result.summary()
    #expect(summary.codes == ["read-side-unreachable"])
    #expect(summary.path(try publishing.lab.path("libc"))?.served == nil)
    #expect(summary.path(try publishing.lab.path("qemu"))?.served == true)
  }

  @Test func `is told of also where it ended before it began`() async throws {
    let publishing = try await Publishing("--installable", "qemu_kvm")
    let marker = "\(publishing.directory)/asked"
    try publishing.provide(
      "nix",
      script: """
        case "$*" in *show-config*) touch \(marker); exec sleep 600 ;; esac
        exec nix "$@"
        """)
    let result = try await publishing.run { process in
      while !FileManager.default.fileExists(atPath: marker) { try await Task.sleep(for: .milliseconds(20)) }
      kill(process, SIGTERM)
    }
    #expect(result.exit == .exited(143), "\(result.errors)")
    let summary = try result.summary()
    #expect(summary.publication.state == "interrupted")
    #expect(summary.targets.map(\.outcome) == ["skipped"])
    #expect(summary.codes == ["interrupted"])
    #expect(summary.publisher.system == "unknown")
  }

  @Test func `says what a read-only token's refusal means`() async throws {
    var publishing = try await Publishing("--installable", "qemu_kvm")
    publishing.given = "read-only-\(publishing.token)"
    let result = try await publishing.run()
    #expect(result.exit == .exited(1), "\(result.errors)")
    #expect(result.errors.contains("it is a read-only token"))
    let summary = try result.summary()
    #expect(summary.faults.filter(\.fatal).map(\.code) == ["push-failed"])
    #expect(summary.paths.allSatisfy { $0.published == "failed" && $0.served == false })
  }

  @Test func `fails where the server does not know the token`() async throws {
    var publishing = try await Publishing("--installable", "qemu_kvm")
    publishing.given = "another"
    let result = try await publishing.run()
    #expect(result.exit == .exited(1))
    #expect(result.errors.contains("The server does not know the token"))
  }

  @Test func `says that a store could not be asked, where Nix does not`() async throws {
    var publishing = try await Publishing("--installable", "qemu_kvm").copying(to: Publishing.remoteStore)
    publishing.before =
      "echo 'trusted-public-keys = \(publishing.lab.publicKey)' >> \"$NIX_CONF_DIR/nix.conf\""
    try publishing.provide(
      "nix",
      script: """
        case "$*" in *path-info*--store*) echo 'error: no route to the store' >&2; exit 1 ;; esac
        exec nix "$@"
        """)
    let result = try await publishing.run()
    #expect(result.exit == .exited(2), "\(result.errors)")
    #expect(result.errors.contains("no route to the store"), "\(result.errors)")
    #expect(try result.summary().paths.allSatisfy { $0.served == nil })
  }

  @Test func `does not count as served what nobody has signed`() async throws {
    let publishing = try await Publishing("--installable", "qemu_kvm")
    let files = "file://\(publishing.directory)/server/main"
    let result = try await publishing.copying(to: files, signed: false).run()
    #expect(result.exit == .exited(1), "\(result.errors)")
    #expect(result.errors.contains("it has no signature there, so readers refuse it"), "\(result.errors)")
    let summary = try result.summary()
    #expect(summary.codes == ["not-signed"])
    #expect(summary.paths.allSatisfy { $0.published == "pushed" && $0.served == false })
  }

  @Test func `reaches a server below a path`() async throws {
    var publishing = try await Publishing("--installable", "qemu_kvm")
    let server = "\(publishing.server.url)/below/attic"
    try publishing.setServer("endpoint", server)
    publishing.environment["ATTIC_SERVER"] = "\(server)/"
    publishing.arguments += ["--read-side", publishing.cache]
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    #expect(try result.summary().destination?.server == server)
  }

  @Test func `asks for a thousand paths at once`() async throws {
    let original = try await Publishing("--installable", "wide")
    var publishing = try original.copying(to: "file://\(original.directory)/server/main").ofWideFile()
    publishing.arguments += ["--read-side", publishing.cache]
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors.suffix(2000))")
    let summary = try result.summary()
    #expect(summary.paths.count == 1001)
    #expect(summary.paths.allSatisfy { $0.served == true })
    let asked = publishing.server.requests.map(\.path)
    #expect(Set(asked.filter { $0.hasSuffix(".narinfo") }).count == 1001)
    // Each archive as well.
    #expect(Set(asked.filter { $0.contains("/nar/") }).count == 1001)
  }

  @Test func `is pushed again where the server stumbles`() async throws {
    let publishing = try await Publishing("--installable", "qemu_kvm")
    try publishing.setServer("stumbles")
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    #expect(result.errors.contains("is tried again in 1 s"), "\(result.errors)")
  }

  @Test(arguments: ["archive-missing", "not-signed", "other-content"])
  func `has a receipt that readers could rely on`(code: String) async throws {
    let lab = try await Lab.shared
    let path = try lab.path("libc")
    let strange = try Make.narinfoText(path, content: "1", signedBy: [lab.key])
    let publishing = try await Publishing(
      "--installable", "qemu_kvm", "--read-key", code == "not-signed" ? lab.otherKey : lab.publicKey
    ) { request, answer in
      switch code {
      case "archive-missing" where request.path.contains("/nar/"): .notFound
      case "other-content" where request.path.contains("\(path.hashPart).narinfo"): .text(strange)
      case "other-content" where request.path.contains("\(path.hashPart).nar"): .text("an archive")
      default: answer
      }
    }
    let result = try await publishing.run()
    #expect(result.exit == .exited(1), "\(result.errors)")
    let summary = try result.summary()
    #expect(summary.codes == [code], "\(result.errors)")
    #expect(summary.faults.first { $0.path == path.description }?.fatal == true)
    // A remedy says where to write.
    if code != "other-content" { #expect(result.errors.contains("--cache main` with ATTIC_SERVER=")) }
  }

  @Test func `is recorded beside proofs, and its shards are put together`() async throws {
    let lab = try await Lab.shared
    let evidence = lab.scratch("published") + ".sqlite"
    func warmth(_ arguments: String...) async throws -> (exit: TerminationStatus, output: String) {
      let record = try await Subprocess.run(
        .path(FilePath(lab.warmth)), arguments: Arguments(arguments + ["--evidence", evidence]), input: .none,
        output: .string(limit: 1 << 20), error: .discarded)
      return (record.terminationStatus, record.standardOutput)
    }
    for shard in ["0/2", "1/2"] {
      let publishing = try await Publishing(
        "--installable", "qemu_kvm", "--installable", "light", "--shard", shard, "--sweep", "nightly",
        "--evidence", evidence, "--bundle-log")
      let result = try await publishing.run()
      #expect(result.exit == .exited(0), "\(result.errors)")
      #expect(result.errors.contains("@warmth-bundle"))
      #expect(try result.summary().targets.count == 1)
      let sweep = try await warmth("audit", "sweep", "nightly")
      #expect(sweep.exit == .exited(shard == "0/2" ? 2 : 0), "\(sweep.output)")
    }
    let sweep = try await warmth("audit", "sweep", "nightly")
    #expect(sweep.output.contains("sweep nightly: published; 2 of 2 shards"), "\(sweep.output)")
    let verified = try await warmth("audit", "verify")
    #expect(
      verified.output.hasPrefix("as it was recorded: 2 runs, 2 of them publications"), "\(verified.output)")
    let gate = try await warmth("gate", "--target", "qemu_kvm")
    #expect(gate.exit == .exited(2), "\(gate.output)")
  }

  @Test func `hands out the whole log of a failed build, beside its bundle and by the same ways`()
    async throws
  {
    let collector = try await StubCache { _ in .text("", status: 201) }
    var publishing = try await Publishing("--installable", "loud", "--no-push", "--bundle-log")
    let bundle = "\(publishing.directory)/run.bundle"
    publishing.arguments += [
      "--evidence", "\(publishing.directory)/evidence.sqlite", "--bundle-file", bundle, "--bundle-url",
      "\(collector.url)/in/",
    ]
    publishing.file = "\(publishing.directory)/loud.nix"
    // It prints more than a summary has room for, and a secret.
    try """
    {
      loud = derivation {
        name = "loud-1.0"; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
        args = [ "-c" "echo first; echo \(publishing.token); seq 1 500; exit 1" ];
      };
    }
    """.write(toFile: publishing.file ?? "", atomically: true, encoding: .utf8)
    let result = try await publishing.run()
    #expect(result.exit == .exited(1), "\(result.errors)")
    let log = try String(contentsOfFile: "\(bundle).failed-builds.log", encoding: .utf8)
    let lines = log.split(separator: "\n").map(String.init)
    #expect(lines.first?.hasSuffix("-loud-1.0.drv:") == true, "\(lines.prefix(3))")
    #expect(lines.contains("first") && lines.last == "500" && lines.count == 503)
    #expect(!log.contains(publishing.token))
    #expect(result.errors.contains(log.trimmingCharacters(in: .newlines)))
    let id = try result.summary().publication.id
    let sent = try #require(collector.requests.first { $0.path == "/in/\(id).failed-builds.log" })
    #expect(String(decoding: sent.body, as: UTF8.self) == log)
    #expect(collector.requests.contains { $0.path == "/in/\(id).warmth-bundle" })
  }

  @Test func `is told in JSON that any reader takes, whatever the names are`() async throws {
    var publishing = try await Publishing(
      "--installable", "odd", "--installable", "qemu_kvm", "--summary", "-")
    publishing.file = "\(publishing.directory)/odd.nix"
    // A failure's message holds what a builder said: quotes, escapes, other alphabets, and what is no text at all.
    try """
    import \(Lab.fixtures)/lab.nix { } // {
      odd = derivation {
        name = "odd-1.0"; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
        args = [ "-c" ''printf '"q" \\\\ \\033[31mred\\033[0m \\001 \\t Grüße \\360\\237\\247\\212 \\377\\300\\n' >&2; exit 1'' ];
      };
    }
    """.write(toFile: publishing.file ?? "", atomically: true, encoding: .utf8)
    publishing.environment = [
      "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "straße/\"x\\y\"", "GITHUB_REF": "refs/heads/main",
      "GITHUB_REF_NAME": "main", "GITHUB_SHA": "0123", "GITHUB_RUN_ID": "7", "GITHUB_EVENT_NAME": "schedule",
      "GITHUB_SERVER_URL": "https://forge.example",
    ]
    let result = try await publishing.run()
    #expect(result.exit == .exited(1), "\(result.errors)")
    let file = "\(publishing.directory)/printed.json"
    try result.output.write(toFile: file, atomically: true, encoding: .utf8)
    let checked = try await Subprocess.run(
      .name("python3"),
      arguments: ["-c", "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))", file],
      output: .discarded, error: .string(limit: 1 << 16))
    #expect(checked.terminationStatus.isSuccess, "\(checked.standardError) \(result.output)")
    let summary = try JSONDecoder().decode(Summary.self, from: Data(result.output.utf8))
    #expect(summary.occasion?.repository == "straße/\"x\\y\"")
    #expect(summary.occasion?.page == "https://forge.example/straße/\"x\\y\"/actions/runs/7")
    let message = try #require(summary.targets[0].failure?.message)
    #expect(message.contains("\"q\""))
    #expect(message.contains("Grüße 🧊"))
    #expect(!message.contains("\u{1b}"))
    #expect(summary.targets[1].outcome == "built")
  }
}

/// So many times yes, then no.
private final class Countdown: Sendable {
  private let left: Mutex<Int>

  init(_ count: Int) { left = Mutex(count) }

  func isRunning() -> Bool {
    left.withLock { left in
      left -= 1
      return left >= 0
    }
  }
}
