import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// `prove` on real Nix, over HTTP, against caches good and broken.
@Suite struct `A proof on real Nix` {
  @Test func `a full cache is warm`() async throws {
    let cache = try await Lab.shared.cache()
    let document = try await prove(
      ["libguestfs", "guestfs-tools", "qemu", "qemu_kvm"], from: [cache], gives: .warm, [])
    #expect(document.targets.map { $0.outputs.map(\.name) } == [["out", "man"], ["out"], ["out"], ["out"]])
    let outputs = document.targets.flatMap(\.outputs)
    #expect(
      outputs.allSatisfy { $0.outcome == "substituted" && $0.from == cache.url && $0.signedBy == ["lab-1"] })
    #expect(document.closure.substituted == 7)
    #expect(document.closure.builtLocally == 0)
    #expect(document.targets[3].derivation?.hasSuffix("-qemu-host-cpu-only-10.0.2.drv") == true)
    // Archives that nobody asked for were not fetched.
    let lab = try await Lab.shared
    let debug = try lab.archive(of: lab.path("libguestfs", "dev"))
    #expect(!cache.requests.contains { $0.path == debug })
  }

  @Test(arguments: ["stop", "forbid", "observe"])
  func `a full cache is warm whatever builds may do`(mode: String) async throws {
    try await prove(
      ["libguestfs^*", "light"], from: [Lab.shared.cache()], ["--builds", mode], gives: .warm, [])
  }

  @Test func `an empty cache is cold, and nothing is downloaded`() async throws {
    let info = "StoreDir: /nix/store\n"
    let cache = try await StubCache {
      $0.path == "/nix-cache-info" ? .init(status: 200, body: Array(info.utf8)) : .notFound
    }
    let document = try await prove(["libguestfs"], from: [cache], gives: .cold, [.notInSubstituter])
    #expect(document.targets[0].outputs.map(\.outcome) == ["not-realized", "not-realized"])
    #expect(!cache.requests.contains { $0.path.hasPrefix("/nar/") })
  }

  /// A cache in which the archive of guestfs-tools' dependency libguestfs has vanished.
  private func cacheWithoutArchive() async throws -> StubCache {
    let lab = try await Lab.shared
    let archive = try lab.archive(of: lab.path("libguestfs"))
    return try await lab.cache { $0.path == archive ? .notFound : $1 }
  }

  @Test func `a vanished archive of a target ends the run before anything is downloaded`() async throws {
    let cache = try await cacheWithoutArchive()
    try await prove(["libguestfs"], from: [cache], gives: .cold, [.narMissing])
    // Only what is asked for by a byte: nothing else can say that it is gone.
    #expect(
      !cache.requests.contains {
        $0.method == "GET" && $0.path.hasPrefix("/nar/") && $0.headers["range"] != "bytes=0-0"
      })
  }

  @Test func `a vanished archive of a dependency ends the run at the first build`() async throws {
    // What else Nix brings before it has ended is a matter of moments.
    try await prove(
      ["guestfs-tools"], from: [cacheWithoutArchive()], gives: .cold, [.narMissing, .forbiddenBuild])
  }

  @Test func `a vanished archive is seen when Nix builds and succeeds all the same`() async throws {
    let document = try await prove(
      ["libguestfs", "qemu"], from: [cacheWithoutArchive()], ["--builds", "observe"], gives: .cold,
      [.narMissing, .builtLocally])
    #expect(document.targets.map(\.verdict) == ["cold", "warm"])
    #expect(document.targets[0].outputs[0].outcome == "built-locally")
    #expect(document.targets[0].reasons.first?.code == "nar-missing")
  }

  @Test func `a vanished archive is not replaced where building is forbidden`() async throws {
    let document = try await prove(
      ["libguestfs", "qemu"], from: [cacheWithoutArchive()], ["--builds", "forbid"], gives: .cold,
      [.narMissing, .nixFailed])
    #expect(document.targets.map(\.verdict) == ["cold", "warm"])
    #expect(document.closure.builtLocally == 0)
  }

  @Test func `unsigned paths are cold`() async throws {
    try await prove(["qemu"], from: [Lab.shared.cache("cache-unsigned")], gives: .cold, [.signatureUntrusted])
  }

  @Test func `paths signed by a key that is not trusted are cold`() async throws {
    try await prove(["qemu"], from: [Lab.shared.cache("cache-otherkey")], gives: .cold, [.signatureUntrusted])
    try await prove(
      ["qemu"], from: [Lab.shared.cache("cache-unsigned")], ["--builds", "observe"], gives: .cold,
      [.signatureUntrusted, .builtLocally, .forbiddenBuild])
  }

  @Test func `a hole in the closure is cold`() async throws {
    let lab = try await Lab.shared
    let hole = "/\(try lab.path("libguestfs-appliance").hashPart).narinfo"
    let document = try await prove(
      ["guestfs-tools"], from: [lab.cache { $0.path == hole ? .notFound : $1 }], gives: .cold,
      [.referenceMissing])
    #expect(document.targets[0].reasons.first?.path?.hasSuffix("-libguestfs-appliance-1.54.0") == true)
  }

  @Test func `a truncated archive is cold`() async throws {
    let lab = try await Lab.shared
    let archive = try lab.archive(of: lab.path("big"))
    let cache = try await lab.cache { request, answer in
      guard request.path == archive, request.method == "GET" else { return answer }
      return StubCache.Answer(
        status: 200,
        body: (FileManager.default.contents(atPath: "\(lab.directory)/cache\(archive)") ?? Data()).prefix(
          100_000
        ).map { $0 })
    }
    try await prove(["big"], from: [cache], gives: .cold, [.narCorrupt, .nixFailed])
  }

  @Test func `a narinfo for another path is cold`() async throws {
    let lab = try await Lab.shared
    let asked = "/\(try lab.path("qemu").hashPart).narinfo"
    let other = try lab.path("qemu_kvm").hashPart
    let body = FileManager.default.contents(atPath: "\(lab.directory)/cache/\(other).narinfo") ?? Data()
    let cache = try await lab.cache { $0.path == asked ? .init(status: 200, body: Array(body)) : $1 }
    try await prove(["qemu"], from: [cache], gives: .cold, [.narinfoInvalid])
  }

  @Test(arguments: ["stop", "observe"])
  func `a cache that nobody serves proves nothing`(mode: String) async throws {
    let cache = try await Lab.shared.cache()
    try await cache.stop()
    let codes: Set<ReasonCode> =
      mode == "stop"
      ? [.substituterUnreachable] : [.substituterUnreachable, .builtLocally, .forbiddenBuild]
    try await prove(["qemu"], from: [cache], ["--builds", mode], gives: .inconclusive, codes)
  }

  @Test func `a cache that fails proves nothing`() async throws {
    let cache = try await StubCache { _ in .init(status: 503) }
    try await prove(["qemu"], from: [cache], gives: .inconclusive, [.substituterError])
  }

  @Test func `a path that was there before proves nothing`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let build =
      "$NIX build --no-link -f \(Lab.fixtures)/lab.nix qemu --option substituters \(cache.url) --option trusted-public-keys \(lab.publicKey) 2>/dev/null"
    let document = try await prove(
      ["qemu"], from: [cache], before: build, gives: .inconclusive, [.presentBefore])
    #expect(document.targets[0].outputs[0].outcome == "present-before")
  }

  @Test func `a token that may write proves nothing`() async throws {
    let cache = try await Lab.shared.cache()
    let token = Token.attic(["main": ["r": 1, "w": 1]])
    let document = try await prove(
      ["qemu"], from: [cache], environment: ["ATTIC_TOKEN": token], gives: .inconclusive, [.writeTokenPresent]
    )
    let message = document.targets[0].reasons[0].message
    #expect(message.contains("ATTIC_TOKEN"))
    #expect(!message.contains(token))
  }

  @Test func `a token that may only read is no obstacle`() async throws {
    let token = Token.attic(["main": ["r": 1]])
    let toml = "[servers.main]\nendpoint = \"https://attic.example\"\ntoken = \"\(token)\"\n"
    try await prove(
      ["qemu"], from: [Lab.shared.cache()], environment: ["ATTIC_TOKEN": token],
      home: [".config/attic/config.toml": toml], gives: .warm, [])
  }

  @Test func `a good cache second in line is warm`() async throws {
    let lab = try await Lab.shared
    let poor = try await StubCache {
      $0.path == "/nix-cache-info"
        ? .init(status: 200, body: Array("StoreDir: /nix/store\nPriority: 10\n".utf8)) : .notFound
    }
    let good = try await lab.cache()
    let document = try await prove(["qemu"], from: [poor, good], gives: .warm, [])
    #expect(document.targets[0].outputs[0].from == good.url)
  }

  @Test func `a VM test may be built, and is warm when what it needs is`() async throws {
    let document = try await prove(
      ["vm-test"], from: [Lab.shared.cache()], ["--allow-build", "vm-test-run-*"], gives: .warm, [])
    #expect(document.targets[0].outputs[0].outcome == "built-locally")
    #expect(document.closure.substituted > 0)
  }

  @Test func `a VM test is cold when what it needs would have to be built`() async throws {
    let lab = try await Lab.shared
    let hole = "/\(try lab.path("guestfs-tools").hashPart).narinfo"
    try await prove(
      ["vm-test"], from: [lab.cache { $0.path == hole ? .notFound : $1 }],
      ["--allow-build", "vm-test-run-*"],
      gives: .cold, [.notInSubstituter])
    try await prove(
      ["vm-test"], from: [lab.cache { $0.path == hole ? .notFound : $1 }],
      ["--allow-build", "*", "--forbid-build", "guestfs-*"], gives: .cold, [.notInSubstituter])
  }

  @Test func `a builder that prints what Nix prints is not believed`() async throws {
    let lab = try await Lab.shared
    let document = try await prove(
      ["forger"], from: [lab.cache()], ["--builds", "observe"], gives: .cold,
      [.notInSubstituter, .builtLocally])
    #expect(document.targets[0].outputs.map(\.outcome) == ["built-locally"])
    #expect(document.closure.substituted == 0)
  }

  @Test func `an attribute that does not exist proves nothing`() async throws {
    let document = try await prove(
      ["qemu", "no-such-thing"], from: [Lab.shared.cache()], gives: .inconclusive,
      [.evaluationFailed, .stoppedEarly])
    #expect(document.targets.map(\.verdict) == ["inconclusive", "inconclusive"])
    #expect(document.targets.flatMap(\.reasons).contains { $0.message.contains("no-such-thing") })
  }

  @Test func `a throwaway store needs no private mount`() async throws {
    let document = try await prove(
      ["libguestfs"], from: [Lab.shared.cache()], ["--isolated"], gives: .warm, [])
    #expect(document.closure.substituted == 4)
  }
}
