import EndToEndSupport
import Foundation
import NixModel
import TestSupport
import Testing

/// The ways in which a cache, a setting or a derivation can make a proof lie, as far as Nix has a part in them; what
/// caches answer before it is started is in ProofTests (`No answer of a cache fools a proof`).
@Suite struct `Nothing fools a proof` {
  @Test(arguments: [
    Scenario(
      "429 with Retry-After, and then the narinfo", .warm, [], at: narinfo(),
      answers: .first(1, 429, headers: ["Retry-After": "1"])),
    Scenario("500, and then the narinfo", .warm, [], at: narinfo(), answers: .first(2, 500)),
    Scenario("a redirect", .warm, []) { lab in
      let good = try await lab.cache()
      let moved = narinfo()
      let file = try moved(lab)
      return [
        try await lab.cache {
          $0.path == file ? .text("", status: 302, headers: ["Location": good.url + file]) : $1
        }
      ]
    },
  ])
  func `whatever a cache answers`(scenario: Scenario) async throws { try await scenario.run() }

  @Test(arguments: [
    Scenario(
      "a field that nobody knows", .warm, [], at: narinfo(), answers: .edited { $0 + "Weather: fine\n" }),
    Scenario(
      "bytes that are no text, where nobody reads them", .warm, [], at: narinfo(),
      answers: .init { .init(status: 200, body: $1.body + [0x58, 0x3A, 0x20, 0xFF, 0xFE, 0x0A]) }),
    Scenario(
      "a forged signature beside the valid one", .warm, [], at: narinfo(),
      answers: .edited { $0 + "Sig: lab-2:\(String(repeating: "A", count: 86))==\n" }),
    Scenario(
      "a compression that nobody knows", .inconclusive, [.nixFailed],
      // It used to look for itself, and then to complain; 2.34 crashes.
      except: {
        $0 < Lab.Version(2, 22)
          ? (.warm, []) : $0 < Lab.Version(2, 30) ? (.cold, [.narCorrupt, .nixFailed]) : nil
      }, at: narinfo(),
      answers: .with("Compression", "middle-out")),
    Scenario(
      "a compression that is not the archive's", .cold, [.narCorrupt, .nixFailed], because: [.narCorrupt],
      except: { $0 < Lab.Version(2, 22) ? (.warm, []) : nil }, at: narinfo(),
      answers: .with("Compression", "bzip2")),
  ])
  func `whatever a narinfo holds`(scenario: Scenario) async throws { try await scenario.run() }

  @Test(arguments: [
    Scenario(
      "an archive that HEAD reports and GET does not deliver", of: ["libguestfs^out"], .cold,
      [.narMissing, .forbiddenBuild], because: [.narMissing], at: archive("libguestfs"),
      answers: .init { $0.method == "HEAD" ? $1 : .notFound }),
    Scenario(
      "an archive that is refused when it is to be sent", of: ["libguestfs^out"], .cold,
      [.narMissing, .forbiddenBuild], because: [.narMissing], at: archive("libguestfs"),
      answers: .init { $0.isFromNix ? .init(status: 403) : $1 }),
    Scenario(
      "a server that answers no HEAD", .warm, [], at: archive(),
      answers: .init { $0.method == "HEAD" ? .init(status: 405) : $1 }),
    Scenario(
      "an archive that fails when it is to be sent", .inconclusive, [.substituterError, .nixFailed],
      because: [.substituterError], configuration: "download-attempts = 1", at: archive(),
      answers: .init { $0.isFromNix ? .init(status: 500) : $1 }),
    Scenario(
      "a connection that breaks in the middle of an archive", of: ["big"], .inconclusive,
      [.substituterError, .nixFailed], because: [.substituterError], configuration: "download-attempts = 1",
      at: archive("big"), answers: .init { $0.isFromNix ? $1.cut(after: 100_000) : $1 }),
    Scenario(
      "an archive that is not what was signed", .cold, [.narCorrupt, .nixFailed], because: [.narCorrupt]
    ) { lab in
      let file = try lab.archive(of: lab.path("qemu"))
      let other = "\(lab.directory)/cache\(try lab.archive(of: lab.path("qemu_kvm")))"
      let body = Array(FileManager.default.contents(atPath: other) ?? Data())
      return [try await lab.cache { $0.path == file ? .init(status: 200, body: body) : $1 }]
    },
    Scenario(
      "an archive that fails, where the machine's settings say to build instead", .inconclusive,
      [.substituterError, .nixFailed], because: [.substituterError], options: ["--builds", "observe"],
      configuration: "fallback = true\ndownload-attempts = 1", at: archive(),
      answers: .init { $0.isFromNix ? .init(status: 500) : $1 }),
    Scenario("an archive that only the second cache has", .warm, []) { lab in
      let file = try archive()(lab)
      return [
        try await lab.cache { $0.isFromNix && $0.path == file ? .notFound : $1 }, try await lab.cache(),
      ]
    },
    Scenario(
      "two caches that disagree on what a path holds", .warm, []
    ) { lab in
      let path = try lab.path("qemu")
      let text = try lab.narinfo(of: path, withContentOf: lab.path("qemu_kvm"))
      let file = "/\(path.hashPart).narinfo"
      return [try await lab.cache(), try await lab.cache { $0.path == file ? .text(text) : $1 }]
    },
    Scenario(
      "an accepted cache behind one that is not accepted", .inconclusive, [.wrongSubstituter], accepted: 1
    ) { [try await $0.cache(), try await $0.cache()] },
  ])
  func `whatever an archive is`(scenario: Scenario) async throws { try await scenario.run() }

  @Test(arguments: [
    Scenario(
      "a derivation that forbids substitution", of: ["nosubst"], .cold,
      [.substitutesDisallowed, .notInSubstituter]
    ) { [try await $0.cache()] },
    Scenario(
      "a setting that forbids substitution", .inconclusive, [.substitutesDisallowed],
      configuration: "substitute = false"
    ) { [try await $0.cache()] },
    Scenario(
      "a setting that asks for no signatures", .cold, [.signatureUntrusted],
      configuration: "require-sigs = false"
    ) { [try await $0.cache("cache-unsigned")] },
    Scenario("a path whose content gives its name, without a signature", of: ["fetched"], .warm, []) {
      [try await $0.cache("cache-unsigned")]
    },
    Scenario(
      "a path that is known only once it is built", of: ["floating"], .inconclusive, [.evaluationFailed],
      configuration: "extra-experimental-features = ca-derivations"
    ) { [try await $0.cache()] },
    Scenario(
      "a target for another kind of machine", of: ["foreign"], .warm, []
    ) { lab in
      let path = try lab.path("foreign")
      let text = try lab.narinfo(of: path, withContentOf: lab.path("libc"))
      return [try await lab.cache { $0.path == "/\(path.hashPart).narinfo" ? .text(text) : $1 }]
    },
    Scenario(
      "an output of several that is missing", of: ["libguestfs^*"], .cold, [.notInSubstituter],
      at: narinfo("libguestfs", "dev"), answers: .status(404)),
    Scenario(
      "a tiny target whose compiler is cold", of: ["light"], .cold, [.notInSubstituter],
      options: ["--allow-build", "light-*"]
    ) { lab in
      let missing = try [narinfo("light")(lab), narinfo("heavy")(lab)]
      return [try await lab.cache { missing.contains($0.path) ? .notFound : $1 }]
    },
    Scenario(
      "a tiny target that is built with its compiler", of: ["light"], .cold,
      [.notInSubstituter, .builtLocally, .forbiddenBuild], because: [.notInSubstituter],
      options: ["--builds", "observe"]
    ) { lab in
      let missing = try [narinfo("light")(lab), narinfo("heavy")(lab)]
      return [try await lab.cache { missing.contains($0.path) ? .notFound : $1 }]
    },
    Scenario(
      "a hook that may publish what is built", .inconclusive, [.writeTokenPresent],
      configuration: "post-build-hook = /bin/true"
    ) { [try await $0.cache()] },
    Scenario(
      "a key that signs what is built", .inconclusive, [.writeTokenPresent],
      configuration: "secret-key-files = /etc/hostname"
    ) { [try await $0.cache()] },
    Scenario(
      "another machine that builds", .cold, [.notInSubstituter, .builtRemotely],
      options: ["--builds", "observe"], configuration: RemoteMachine.configuration
    ) { [try await $0.emptyCache()] },
    Scenario(
      "another machine that builds what no cache may be asked for", of: ["nosubst"], .inconclusive,
      [.nothingTransferred], options: ["--builds", "observe", "--allow-build", "nosubst*"],
      configuration: RemoteMachine.configuration
    ) { [try await $0.cache()] },
    Scenario("an evaluation that copies what it needs", of: ["generated"], .warm, []) {
      [try await $0.cache()]
    },
    Scenario(
      "an evaluation that builds", of: ["generated"], .cold, [.forbiddenBuild, .evaluationFailed],
      at: narinfo("expression"), answers: .status(404)),
    Scenario(
      "an evaluation that builds, and is let", of: ["generated"], .cold, [.forbiddenBuild],
      options: ["--builds", "observe"], at: narinfo("expression"), answers: .status(404)),
    Scenario(
      "a home that is not there", .warm, [],
      before: "export HOME=/nonexistent && unset XDG_CACHE_HOME XDG_CONFIG_HOME"
    ) { [try await $0.cache()] },
    Scenario(
      "a user's memory of a path as missing, from before it was published", .warm, [],
      before: "! $NIX path-info --store $CACHE $QEMU 2> /dev/null"
    ) { lab in
      let file = try narinfo()(lab)
      let fault = StubCache.Fault.first(1, 404)
      return [try await lab.cache { $0.path == file ? fault($0, $1) : $1 }]
    },
  ])
  func `whatever is set or evaluated`(scenario: Scenario) async throws { try await scenario.run() }

  @Test(arguments: [
    Scenario(
      "the log says copied, the store says built", .inconclusive, [.witnessesDisagree],
      environment: ["LIE": "built"], nix: "lying-nix"
    ) { [try await $0.cache()] },
    Scenario(
      "the log says nothing, and the path appeared", .inconclusive, [.witnessesDisagree],
      environment: ["LIE": "beside"], nix: "lying-nix"
    ) { [try await $0.cache()] },
    Scenario(
      "the log says copied, the store has no signature that holds", .inconclusive, [.witnessesDisagree],
      environment: ["LIE": "forges"], nix: "lying-nix"
    ) { [try await $0.cache()] },
    Scenario(
      "the survey said absent, and it was copied all the same", .inconclusive,
      [.notInSubstituter, .witnessesDisagree], options: ["--builds", "observe"], at: narinfo(),
      answers: .init { $0.isFromNix ? $1 : .notFound }),
    Scenario(
      "the survey saw one content, and Nix was given another", .inconclusive, [.witnessesDisagree]
    ) { lab in
      let path = try lab.path("qemu")
      let text = try lab.narinfo(
        of: path, withContentOf: lab.path("qemu_kvm"), references: [lab.path("libc")])
      let file = "/\(path.hashPart).narinfo"
      return [try await lab.cache { $0.isFromNix && $0.path == file ? .text(text) : $1 }]
    },
  ])
  func `witnesses that disagree`(scenario: Scenario) async throws { try await scenario.run() }
}

/// A builder over ssh-ng; Nix reaches `localhost` without ssh.
private enum RemoteMachine {
  static let configuration = """
    builders = ssh-ng://localhost?remote-program=\(Lab.fixtures)/remote-nix
    max-jobs = 0
    """
}
