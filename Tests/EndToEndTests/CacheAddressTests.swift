import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// A cache under addresses that Nix prints otherwise than they were typed, and caches that nobody asks.
@Suite struct `Caches go by what their address comes to` {
  /// The good cache, wherever its files are asked for.
  private func cache(_ lab: Lab) async throws -> StubCache {
    let root = "\(lab.directory)/cache"
    return try await StubCache { request in
      let name = request.path.split(separator: "/").last.map(String.init) ?? ""
      let file = request.path.contains("/nar/") ? "\(root)/nar/\(name)" : "\(root)/\(name)"
      return FileManager.default.contents(atPath: file).map { .init(status: 200, body: Array($0)) }
        ?? .notFound
    }
  }

  @Test(arguments: ["/a+b(c)", "/%61b%2Bc", "/a//b/./../c/?priority=3", ":0", "LOCALHOST"])
  func `as Nix prints it, too`(spelling: String) async throws {
    let cache = try await cache(Lab.shared)
    let port = cache.url.split(separator: ":").last ?? ""
    let address =
      switch spelling {
      case ":0": "http://127.0.0.1:0\(port)/main"
      case "LOCALHOST": "http://LOCALHOST:\(port)/main"
      default: cache.url + spelling
      }
    // The accepted cache in another spelling.
    let accepted = address.replacing("LOCALHOST", with: "localhost")
    let document = try await prove(
      ["qemu"], from: [], ["--substituter", address, "--expect-from", accepted], gives: .warm, [])
    #expect(document.targets[0].outputs[0].from == (try SubstituterURL(parsing: address).canonical))
  }

  @Test func `as names of directories`() async throws {
    let lab = try await Lab.shared
    let link = "\(lab.directory)/a+b"
    try? FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "\(lab.directory)/cache")
    try await prove(["qemu"], from: [], ["--substituter", "file://\(link)"], gives: .warm, [])
  }

  // MARK: A cache that is accepted and not used

  @Test(arguments: ["prove", "forecast"])
  func `and one that is accepted and never asked is wrong usage`(command: String) async throws {
    let lab = try await Lab.shared
    let path = try lab.path("qemu").description
    let trial = Trial(arguments: [
      command, path, "--substituter", "http://127.0.0.1:9/main", "--trusted-public-key", lab.publicKey,
      "--expect-from", "http://127.0.0.1:9/other",
    ])
    let result = try await trial.run(in: lab)
    #expect(result.exit == .exited(64))
    #expect(result.errors.contains("http://127.0.0.1:9/other"))
    #expect(!FileManager.default.fileExists(atPath: result.evidence))
  }

  @Test(arguments: [["prove"], ["forecast"]])
  func `also where the caches are those of nix.conf`(command: [String]) async throws {
    let lab = try await Lab.shared
    let path = try lab.path("qemu").description
    let nix = command == ["prove"] ? [] : ["--nix", lab.nix]
    let result = try await Trial(
      arguments: command + [path, "--expect-from", "http://127.0.0.1:9/other"] + nix,
      configuration: "substituters = http://127.0.0.1:9/main"
    ).run(in: lab)
    #expect(result.exit == .exited(64))
    #expect(result.errors.contains("http://127.0.0.1:9/main"))
  }

  @Test func `also by a policy, and in a Job`() async throws {
    let lab = try await Lab.shared
    let job = ["job", "prove", "nixpkgs#qemu", "--warmth-image", "registry.example.org/warmth:1"]
    let policy = """
      substituters: [https://cache.example.org/main]
      expect-from: [https://CACHE.example.org/other]
      """
    let byPolicy = try await Trial(
      arguments: ["prove", "nixpkgs#qemu", "--policy", "home/policy.yaml"],
      before: "cd \"$HOME/..\" && printf '%s\\n' \"$POLICY\" > home/policy.yaml",
      environment: ["POLICY": policy]
    ).run(in: lab)
    #expect(byPolicy.exit == .exited(64), "\(byPolicy.errors)")
    for (options, code) in [
      (["--expect-from", "https://cache.example.org/main"], Int32(64)),
      (["--expect-from", "https://CACHE.nixos.org/"], 0),
      (
        [
          "--expect-from", "https://Cache.example.org:443/main/", "--substituter",
          "https://cache.example.org/main",
        ], 0
      ),
      (["--expect-from", "https://cache.example.org/main", "--image", "registry.example.org/nix:1"], 0),
    ] {
      let result = try await Trial(arguments: job + options).run(in: lab)
      #expect(result.exit == .exited(code), "\(options): \(result.errors)")
    }
  }

  @Test func `and the one that has the path is named where the accepted one lacks it`() async throws {
    let lab = try await Lab.shared
    let (empty, good) = (try await lab.emptyCache(), try await lab.cache())
    let document = try await prove(
      ["qemu"], from: [empty, good], ["--expect-from", empty.url], gives: .cold, [.notInSubstituter])
    #expect(document.targets[0].reasons[0].message.contains(good.url))
  }
}

/// What Nix reads, and `warmth` with it: a few rows of the tables in NixModelTests on the Nix at hand.
@Suite struct `Narinfos are taken as Nix takes them` {
  @Test(arguments: [
    Scenario(
      "an empty deriver", .cold, [.narinfoInvalid], at: narinfo(), answers: edited(with("Deriver", ""))),
    Scenario(
      "references without the byte after them", .cold, [.narinfoInvalid], at: narinfo(),
      answers: edited { without("References")($0) + "References:\n" }),
    Scenario(
      "a file's hash that is none", .cold, [.narinfoInvalid], at: narinfo(),
      answers: edited(with("FileHash", "sha256:zz"))),
    Scenario(
      "an untrue content address beside a good signature", .cold, [.narinfoInvalid], at: narinfo(),
      answers: edited(with("CA", "fixed:r:sha256:\(String(repeating: "0", count: 52))"))),
    Scenario(
      "a signature without padding, and two addresses", .warm, [], at: narinfo(),
      answers: edited { text in
        let lines = text.split(separator: "\n").map { line in
          var line = String(line)
          while line.hasPrefix("Sig:"), line.hasSuffix("=") { line.removeLast() }
          return line
        }
        return "URL: nar/none\n" + lines.joined(separator: "\n") + "\n"
      }),
    Scenario("a cache that says of itself what Nix trims", .warm, []) { lab in
      [
        try await lab.cache {
          $0.path == "/nix-cache-info" ? .text("StoreDir:\t/nix/store \nPriority: 30.5\n") : $1
        }
      ]
    },
  ])
  func `whatever they hold`(scenario: Scenario) async throws { try await scenario.run() }

  @Test func `an unsigned path that is addressed by SHA-512 is warm`() async throws {
    let lab = try await Lab.shared
    // Made by hand: a file that holds "hello" and a newline four times, flat.
    let path = "/nix/store/ynl3a9lbri59a0aaw675rj7scib0i72k-sha512-f"
    let archive = Archive.ofFile(String(repeating: "hello\n", count: 4))
    let narinfo = """
      StorePath: \(path)
      URL: nar/x.nar
      Compression: none
      NarHash: sha256:139lrk57dhwnn056s7j72g61cpcyvmf3zivrlx0c5pr0naa1xc3w
      NarSize: \(archive.count)
      References:\(" ")
      CA: fixed:sha512:0xbm01s26wfpb1d9i8b9jq8l41wnbwz0mlv553338wx38m611823c25y7pfdlapc0ls9x0nfrnizk2rhq4zp1i7c705ym831m1d22fz

      """
    let cache = try await StubCache { request in
      switch request.path {
      case "/nix-cache-info": .text("StoreDir: /nix/store\n")
      case "/ynl3a9lbri59a0aaw675rj7scib0i72k.narinfo": .text(narinfo)
      case "/nar/x.nar": .init(status: 200, body: archive)
      default: .notFound
      }
    }
    let result = try await Trial(arguments: [
      "prove", path, "--substituter", cache.url, "--trusted-public-key", lab.publicKey,
    ]).run(in: lab)
    #expect(result.exit == .exited(0), "\(result.output)\(result.errors)")
  }
}

/// What is said of builds, on real ones.
@Suite struct `Builds are told as Nix made them` {
  @Test func `by the output that was built, and by derivations`() async throws {
    let lab = try await Lab.shared
    let dev = try lab.path("libguestfs", "dev")
    let file = try narinfo("libguestfs", "dev")(lab)
    let cache = try await lab.cache { $0.path == file ? .notFound : $1 }
    guard lab.version < Lab.Version(2, 30) else {
      // Each output is an undertaking of its own: those that were copied may be registered as built besides.
      let result = try await Trial(
        arguments: ["prove", "-f", "\(Lab.fixtures)/lab.nix", "libguestfs^*", "--builds", "observe"]
          + ["--substituter", cache.url, "--trusted-public-key", lab.publicKey]
      ).run(in: lab)
      #expect(result.exit == .exited(1), "\(result.output)")
      #expect(try result.document().targets[0].reasons.contains { $0.code == "built-locally" })
      return
    }
    let document = try await prove(
      ["libguestfs^*"], from: [cache], ["--builds", "observe"], gives: .cold,
      [.notInSubstituter, .builtLocally])
    let built = document.targets[0].reasons.filter { $0.code == "built-locally" }
    #expect(built.map(\.path) == [dev.description])
    #expect(document.closure.builtLocally == 1)
  }

  @Test func `where a build tells the path it is called so`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.emptyCache()
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/unknown.nix", "floating", "deferred", "impure", "--substituter",
        cache.url, "--trusted-public-key", lab.publicKey,
      ],
      configuration: "extra-experimental-features = ca-derivations impure-derivations"
    ).run(in: lab)
    #expect(result.exit == .exited(2), "\(result.errors)")
    let reasons = try result.document().targets.map(\.reasons)
    #expect(reasons.map { $0.map(\.code) } == Array(repeating: ["evaluation-failed"], count: 3))
    for (reason, kind) in zip(reasons.flatMap { $0 }, ["floating", "deferred", "impure"]) {
      #expect(
        reason.message.contains("a \(kind)") || reason.message.contains("an \(kind)"), "\(reason.message)")
      #expect(!reason.message.contains("could not evaluate"))
    }
  }

  @Test func `by what was asked for where Nix resolved it first`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.emptyCache()
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/unknown.nix", "resolved", "--builds", "observe", "--substituter",
        cache.url, "--trusted-public-key", lab.publicKey,
      ],
      configuration: "extra-experimental-features = ca-derivations"
    ).run(in: lab)
    let document = try result.document()
    let (target, built) = (
      document.targets[0], document.targets[0].reasons.filter { $0.code == "built-locally" }
    )
    #expect(target.reasons.map(\.code) == ["not-in-substituter", "forbidden-build", "built-locally"])
    #expect(built.map(\.path) == [target.outputs[0].path])
    #expect(built.allSatisfy { $0.message.contains(target.derivation ?? "none") })
    // The input too.
    #expect(document.closure.builtLocally == 2)
  }
}

/// Archives as Nix makes them.
private enum Archive {
  /// The archive of one file.
  static func ofFile(_ content: String) -> [UInt8] {
    ["nix-archive-1", "(", "type", "regular", "contents", content, ")"].flatMap { text -> [UInt8] in
      let length = UInt64(text.utf8.count).littleEndian
      let padding = (8 - text.utf8.count % 8) % 8
      return withUnsafeBytes(of: length) { Array($0) } + Array(text.utf8)
        + [UInt8](repeating: 0, count: padding)
    }
  }
}
