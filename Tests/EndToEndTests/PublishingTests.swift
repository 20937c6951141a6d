import Foundation
import NixModel
import Subprocess
import Synchronization
import TestSupport
import Testing

/// `cache-warm.sh` with real Nix, and what its receipt says.
@Suite struct `A publication` {
  private let stack = ["libguestfs", "guestfs-tools", "qemu", "qemu_kvm"]

  /// Proves from the cache that was published to, and from nothing else.
  private func prove(
    _ attributes: [String], from cache: String, gives verdict: Verdict, _ codes: Set<ReasonCode> = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await EndToEndTests.prove(
      attributes, from: [], ["--substituter", cache], gives: verdict, codes, sourceLocation: sourceLocation)
  }

  @Test func `makes a fresh store warm, with no more than the image's own programs`() async throws {
    var publishing = try await Publishing("--profile", "kvm-vm-test")
    publishing.hasOnlyImage = true
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    let summary = try result.summary()
    #expect(summary.schema == "warmth/publication/v1")
    #expect(summary.publication.state == "published")
    #expect(summary.publication.exitCode == 0)
    #expect(summary.publication.id.contains(/^\d{8}T\d{6}Z-[0-9abcdfghijklmnpqrsvwxyz]{6}$/))
    #expect(summary.publication.started.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/))
    #expect(summary.destination?.kind == "attic")
    #expect(summary.destination?.readSide == publishing.cache)
    #expect(summary.targets.map(\.installable) == stack)
    #expect(summary.targets.allSatisfy { $0.outcome == "built" && $0.failure == nil })
    // What warmth prove asks for, whatever the version of Nix.
    #expect(summary.targets[0].outputs.map(\.name) == ["out", "man"])
    #expect(summary.paths.count == 7)
    #expect(
      summary.paths.allSatisfy {
        $0.outcome == "built" && $0.published == "pushed" && $0.served == true && ($0.narSize ?? 0) > 0
      })
    #expect(summary.path(try publishing.lab.path("libc"))?.role == "runtime")
    #expect(summary.path(try publishing.lab.path("qemu"))?.role == "output")
    #expect(summary.faults.isEmpty)
    #expect(result.output.contains("7 paths needed, 7 pushed; readers get 7"))
    // Readers were asked without the token.
    #expect(publishing.server.requests.allSatisfy { $0.headers["authorization"] == nil })
    try await prove(stack, from: publishing.cache, gives: .warm)
  }

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
    try publishing.provide("curl", tracer)
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: trace))
    #expect(publishing.server.requests.isEmpty)
    let summary = try result.summary()
    #expect(summary.publication.state == "built")
    #expect(summary.destination == nil)
    #expect(summary.paths.count == 7)
    #expect(summary.paths.allSatisfy { $0.published == "not-pushed" && $0.served == nil })
    try await prove(["qemu"], from: publishing.cache, gives: .cold, [.notInSubstituter])
  }

  @Test func `streams out what is built on the way`() async throws {
    let publishing = try await Publishing("--installable", "light")
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    // Nothing at run time refers to the compiler: only who watched the store has pushed it.
    #expect(try result.summary().paths.map(\.path) == [try publishing.lab.path("light").description])
    #expect(try publishing.has("heavy"))
  }

  @Test func `goes on when watch-store dies, and pushes the build-time closure by itself`() async throws {
    let publishing = try await Publishing("--installable", "light", "--build-closure")
    try publishing.setServer("watch-store-dies")
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    let summary = try result.summary()
    let death = try #require(summary.faults.first)
    #expect(summary.codes == ["watch-store-died"])
    #expect(!death.fatal)
    #expect(death.message.contains("Too many open files"))
    let heavy = try #require(summary.path(try publishing.lab.path("heavy")))
    #expect(heavy.role == "build")
    #expect(heavy.published == "pushed")
    #expect(heavy.served == true)
    try await prove(["heavy"], from: publishing.cache, gives: .warm)
  }

  @Test func `does not push again what is there`() async throws {
    var publishing = try await Publishing("--installable", "qemu_kvm")
    #expect(try await publishing.run().exit == .exited(0))
    // It is not valid in the next store, and comes from the cache itself.
    publishing.before = """
      printf 'substituters = \(publishing.cache)\\ntrusted-public-keys = \(publishing.lab.publicKey)\\n' >> "$NIX_CONF_DIR/nix.conf"
      """
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    let summary = try result.summary()
    #expect(summary.targets.map(\.outcome) == ["substituted"])
    #expect(summary.paths.allSatisfy { $0.outcome == "substituted" && $0.published == "already-there" })
  }

  /// A publication of qemu, where its libc bears a signature of cache.nixos.org's.
  private func withUpstreamPath(_ arguments: String...) async throws -> Publishing {
    var publishing = try await Publishing("--installable", "qemu")
    publishing.arguments += arguments
    let libc = try publishing.lab.path("libc")
    publishing.before = """
      "$NIX" build --no-link -f \(Lab.fixtures)/lab.nix libc &&
      nix-store --generate-binary-cache-key cache.nixos.org-1 upstream.secret upstream.public &&
      "$NIX" store sign --key-file upstream.secret \(libc)
      """
    publishing.before = "cd \(publishing.directory) && \(publishing.before)"
    return publishing
  }

  @Test func `names what the upstream filter left out`() async throws {
    let publishing = try await withUpstreamPath()
    let result = try await publishing.run()
    #expect(result.exit == .exited(1), "\(result.errors)")
    let libc = try publishing.lab.path("libc")
    let summary = try result.summary()
    #expect(summary.publication.state == "failed")
    #expect(summary.faults.map(\.code) == ["upstream-filtered"])
    #expect(summary.faults.first?.path == libc.description)
    #expect(result.errors.contains("--ignore-upstream-cache-filter"))
    let path = try #require(summary.path(libc))
    #expect(path.outcome == "already-valid")
    #expect(path.published == "filtered")
    #expect(path.served == false)
    try await prove(["qemu"], from: publishing.cache, gives: .cold, [.referenceMissing])
  }

  @Test func `accepts what readers get from upstream`() async throws {
    let upstream = try await Lab.shared.cache()
    let publishing = try await withUpstreamPath("--upstream", upstream.url)
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    let path = try #require(try result.summary().path(try publishing.lab.path("libc")))
    #expect(path.published == "filtered")
    #expect(path.servedBy == upstream.url)
  }

  @Test func `pushes what the upstream filter would leave out, where it is told to`() async throws {
    let publishing = try await withUpstreamPath("--ignore-upstream-cache-filter")
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    try await prove(["qemu"], from: publishing.cache, gives: .warm)
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
    let publishing = try await Publishing("--installable", "qemu_kvm") { _, _ in answer }
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
    let publishing = try await withUpstreamPath("--upstream", gone.url)
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
        case "$*" in *currentSystem*) touch \(marker); exec sleep 600 ;; esac
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
    #expect(summary.publisher.system == nil)
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

  @Test func `goes on with the others where one fails`() async throws {
    let publishing = try await Publishing(
      "--installable", "failing", "--installable", "nowhere", "--installable", "qemu_kvm^out")
    let result = try await publishing.run()
    #expect(result.exit == .exited(1))
    let summary = try result.summary()
    #expect(summary.targets.map(\.outcome) == ["failed", "failed", "built"])
    #expect(summary.targets.map(\.failure?.kind) == ["build-failed", "evaluation-failed", nil])
    #expect(summary.targets[0].failure?.message.contains("it cannot be built") == true)
    #expect(summary.codes == ["build-failed", "evaluation-failed"])
    try await prove(["qemu_kvm"], from: publishing.cache, gives: .warm)
  }

  @Test func `goes to a cache of files by nix copy, signed and with build logs`() async throws {
    let publishing = try await Publishing("--profile", "kvm-vm-test")
    let files = "\(publishing.directory)/server/main"
    let result = try await publishing.copying(to: "file://\(files)").run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    let summary = try result.summary()
    #expect(summary.destination?.kind == "nix-copy")
    #expect(summary.destination?.server == "file://\(files)")
    #expect(summary.paths.allSatisfy { $0.published == "pushed" && $0.served == true })
    #expect(!String(decoding: result.written ?? Data(), as: UTF8.self).contains("key.secret"))
    let logs = try FileManager.default.contentsOfDirectory(atPath: "\(files)/log")
    #expect(logs.contains { $0.hasSuffix("-libguestfs-1.54.1.drv") })
    try await prove(stack, from: publishing.cache, gives: .warm)
  }

  @Test func `asks a store that has no URL for readers through Nix`() async throws {
    var publishing = try await Publishing("--installable", "wide").copying(to: remoteStore)
    // More than Nix is asked for at once.
    publishing.file = try writeWideFile(for: publishing)
    // The other machine has the settings of this one.
    publishing.before =
      "echo 'trusted-public-keys = \(publishing.lab.publicKey)' >> \"$NIX_CONF_DIR/nix.conf\""
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors.suffix(2000))")
    let summary = try result.summary()
    #expect(summary.destination?.server == "ssh-ng://localhost")
    #expect(summary.paths.count == 1001)
    #expect(summary.paths.allSatisfy { $0.served == true })
  }

  private let remoteStore = "ssh-ng://localhost?remote-program=\(Lab.fixtures)/remote-nix"

  @Test func `says that a store could not be asked, where Nix does not`() async throws {
    var publishing = try await Publishing("--installable", "qemu_kvm").copying(to: remoteStore)
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
    #expect(summary.codes == ["not-served"])
    #expect(summary.paths.allSatisfy { $0.published == "pushed" && $0.served == false })
  }

  @Test func `goes again to a cache that has been emptied, whatever Nix remembers of it`() async throws {
    let files = Mutex<[String: [UInt8]]>([:])
    let cache = try await StubCache { request in
      files.withLock { files in
        if request.method == "PUT" {
          files[request.path] = request.body
          return .text("", status: 201)
        }
        if request.method == "DELETE" { files = [:] }
        return files[request.path].map { StubCache.Answer(status: 200, body: $0) } ?? .notFound
      }
    }
    var publishing = try await Publishing("--installable", "qemu_kvm").copying(to: cache.url)
    let key = "\(publishing.directory)/server/key.secret"
    publishing.before = """
      "$NIX" build --no-link -f \(Lab.fixtures)/lab.nix qemu_kvm &&
      "$NIX" copy --to '\(cache.url)?secret-key=\(key)' -f \(Lab.fixtures)/lab.nix qemu_kvm &&
      curl --silent --output /dev/null -X DELETE \(cache.url)/
      """
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    let summary = try result.summary()
    #expect(summary.paths.allSatisfy { $0.published == "pushed" && $0.served == true })
    #expect(cache.requests.contains { $0.method == "DELETE" })
    // Without it, no reader takes it for a cache.
    #expect(files.withLock { $0["/nix-cache-info"] } != nil)
  }

  @Test func `takes the build-time closure of a store path from its deriver`() async throws {
    let light = try await Lab.shared.path("light")
    var publishing = try await Publishing("--installable", light.description, "--build-closure")
    publishing.before = "\"$NIX\" build --no-link -f \(Lab.fixtures)/lab.nix light"
    publishing.file = nil
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    #expect(try result.summary().path(try publishing.lab.path("heavy"))?.role == "build")
    #expect(try publishing.has("heavy"))
  }

  @Test func `says where the build-time closure of a store path is not known`() async throws {
    let light = try await Lab.shared.path("light")
    var publishing = try await Publishing("--installable", light.description, "--build-closure")
    publishing.before = """
      "$NIX" build --no-link -f \(Lab.fixtures)/lab.nix light &&
      nix-store --delete --ignore-liveness "$(nix-store --query --deriver \(light))"
      """
    publishing.file = nil
    let result = try await publishing.run()
    #expect(result.exit == .exited(1), "\(result.errors)")
    let fault = try #require(try result.summary().faults.first)
    #expect(fault.code == "build-closure-unknown")
    #expect(fault.path == light.description)
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

  /// A file whose attribute `wide` has a closure of 1001 paths.
  private func writeWideFile(for publishing: Publishing) throws -> String {
    let file = "\(publishing.directory)/wide.nix"
    try """
    {
      wide = derivation {
        name = "wide-1.0"; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
        parts = builtins.genList (number: builtins.toFile "part-${toString number}" (toString number)) 1000;
        passAsFile = [ "parts" ];
        args = [ "-c" "cp $partsPath $out" ];
      };
    }
    """.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }

  @Test func `asks for a thousand paths at once`() async throws {
    let original = try await Publishing("--installable", "wide")
    var publishing = try original.copying(to: "file://\(original.directory)/server/main")
    publishing.file = try writeWideFile(for: publishing)
    publishing.arguments += ["--read-side", publishing.cache]
    let calls = "\(publishing.directory)/calls"
    try publishing.provide("curl", script: "echo call >> \(calls)\nexec curl \"$@\"")
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors.suffix(2000))")
    let summary = try result.summary()
    #expect(summary.paths.count == 1001)
    #expect(summary.paths.allSatisfy { $0.served == true })
    #expect(Set(publishing.server.requests.map(\.path)).count == 1001)
    #expect(try String(contentsOfFile: calls, encoding: .utf8) == "call\n")
  }

  @Test func `is of a flake, where no file is named`() async throws {
    #if arch(arm64)
      let system = "aarch64-linux"
    #else
      let system = "x86_64-linux"
    #endif
    var publishing = try await Publishing("--profile", "kvm-vm-test")
    publishing.file = nil
    let flake = "\(publishing.directory)/flake"
    try FileManager.default.createDirectory(atPath: flake, withIntermediateDirectories: true)
    try """
    {
      nixConfig.substituters = [ "https://evil.example.org" ];
      outputs = { self }:
        let
          make = name: derivation {
            name = "${name}-1.0"; system = "\(system)"; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
            outputs = [ "out" "dev" ]; args = [ "-c" "echo ${name} > $out; echo ${name} > $dev" ];
          };
          names = [ "libguestfs" "guestfs-tools" "qemu" "qemu_kvm" ];
        in {
          packages.\(system) =
            builtins.listToAttrs (map (name: { inherit name; value = make name; }) names);
        };
    }
    """.write(toFile: "\(flake)/flake.nix", atomically: true, encoding: .utf8)
    publishing.arguments += ["--nixpkgs-ref", "path:\(flake)", "--installable", "path:\(flake)#qemu^dev"]
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    let summary = try result.summary()
    #expect(summary.targets.map(\.installable).first == "path:\(flake)#libguestfs")
    #expect(summary.targets.map { $0.outputs.map(\.name) }.last == ["dev"])
    #expect(
      summary.targets.map(\.outcome).last == "already-valid" || summary.targets.last?.outcome == "built")
    #expect(summary.paths.count == 8)
    #expect(summary.paths.allSatisfy { $0.published == "pushed" && $0.served == true })
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
