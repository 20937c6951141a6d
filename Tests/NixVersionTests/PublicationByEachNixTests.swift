import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import Synchronization
import TestSupport
import Testing

/// `warmth publish` and what it asks of Nix: building, copying, closures, derivers, flakes.
@Suite struct `A publication by each Nix` {
  private let stack = ["libguestfs", "guestfs-tools", "qemu", "qemu_kvm"]

  @Test func `makes a fresh store warm, with no more than the image's own programs`() async throws {
    var publishing = try await Publishing("--profile", "kvm-vm-test")
    publishing.hasOnlyImage = true
    publishing.door = []
    let result = try await publishing.run()
    #expect(result.exit == .exited(0), "\(result.errors)")
    let summary = try result.summary()
    #expect(summary.schema == "warmth/publication/v1")
    #expect(summary.publication.state == "published")
    #expect(summary.publication.exitCode == 0)
    #expect(summary.publication.id.contains(/^\d{8}T\d{6}Z-[0-9abcdfghijklmnpqrsvwxyz]{6}$/))
    #expect(summary.publication.started.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))
    #expect(summary.destination?.kind == "attic")
    #expect(summary.destination?.readSide == publishing.cache)
    #expect(summary.targets.map(\.installable) == stack.map { "\(Lab.fixtures)/lab.nix#\($0)" })
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
    #expect(result.output.contains("7 paths: 7 pushed; the read side served 7, and did not serve 0"))
    // Readers were asked without the token.
    #expect(publishing.server.requests.allSatisfy { $0.headers["authorization"] == nil })
    try await publishing.proveFromCache(stack, gives: .warm)
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
    try await publishing.proveFromCache(["heavy"], gives: .warm)
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

  @Test func `names what the upstream filter left out`() async throws {
    let publishing = try await Publishing.withUpstreamPath()
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
    try await publishing.proveFromCache(["qemu"], gives: .cold, [.referenceMissing])
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
    try await publishing.proveFromCache(["qemu_kvm"], gives: .warm)
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
    try await publishing.proveFromCache(stack, gives: .warm)
  }

  @Test func `puts the log of a failed build into the cache, too`() async throws {
    let publishing = try await Publishing("--installable", "failing")
    let files = "\(publishing.directory)/server/main"
    let result = try await publishing.copying(to: "file://\(files)").run()
    #expect(result.exit == .exited(1), "\(result.errors)")
    let logs = try FileManager.default.contentsOfDirectory(atPath: "\(files)/log")
    #expect(logs.count == 1, "\(result.errors)")
  }

  @Test func `asks a store that has no URL for readers through Nix`() async throws {
    var publishing = try await Publishing("--installable", "wide").copying(to: Publishing.remoteStore)
      // More than Nix is asked for at once.
      .ofWideFile()
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
}
