import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Whatever shares Nix's standard error can write what looks like Nix's log. None of it makes a run warm, and where
/// Nix writes its records to a place of their own, none of it is even heard.
@Suite(.serialized) struct `A forged log` {
  /// The copies that the log of a run shows.
  private func copies(in evidence: String, of run: String) throws -> [StorePath] {
    try EvidenceStore(reading: evidence).testimony(of: RunID(run)).log.events.compactMap { event in
      if case .copyStarted(let path, _) = event.kind { path } else { nil }
    }
  }

  /// Records of copies of qemu, as Nix would write them.
  private func forged(_ lab: Lab, from address: String) throws -> String {
    HostileGit.copies(of: try [lab.path("libc"), lab.path("qemu")], from: address)
  }

  /// Whether nothing on standard error is believed.
  private func isDeaf(_ lab: Lab) -> Bool { lab.version >= Lab.Version(2, 30) }

  @Test(arguments: HostileGit.Way.allCases)
  func `by a server through git, during evaluation, makes nothing warm`(way: HostileGit.Way) async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let git = try await HostileGit(printing: try forged(lab, from: cache.url), by: way)
    let file = "\(lab.directory)/hostile-\(UUID().uuidString).nix"
    try git.file(around: "import \(Lab.fixtures)/lab.nix { }").write(
      toFile: file, atomically: true, encoding: .utf8)
    // Present before, though the cache has it: only a log could call it copied.
    let trial = Trial(
      arguments: [
        "prove", "-f", file, "qemu", "--substituter", cache.url, "--trusted-public-key", lab.publicKey,
      ],
      before: "\"$NIX\" copy --from \(cache.url) --no-check-sigs \(try lab.path("qemu")) 2> /dev/null")
    let result = try await trial.run(in: lab)
    let document = try #require(try? result.document(), "\(result.errors)")
    #expect(git.hasPrinted, "\(result.errors)")
    #expect(document.verdict == "inconclusive", "\(result.output)")
    if isDeaf(lab) {
      #expect(try copies(in: result.evidence, of: document.run.id).isEmpty)
    }
  }

  @Test func `by ssh, for a store that it leads to, is no copy`() async throws {
    let lab = try await Lab.shared
    let empty = try await lab.emptyCache()
    let records = "\(lab.directory)/records-\(UUID().uuidString)"
    try forged(lab, from: empty.url).write(toFile: records, atomically: true, encoding: .utf8)
    let trial = Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--substituter", empty.url, "--substituter",
        "ssh://hostile.example", "--trusted-public-key", lab.publicKey, "--builds", "observe",
      ],
      before: """
        mkdir "$TMPDIR/bin" && printf '#!/bin/sh\\ncat \(records) >&2\\nexit 1\\n' > "$TMPDIR/bin/ssh" \
          && chmod +x "$TMPDIR/bin/ssh" && PATH="$TMPDIR/bin:$PATH"
        """)
    let result = try await trial.run(in: lab)
    let document = try #require(try? result.document(), "\(result.errors)")
    #expect(document.verdict != "warm", "\(result.output)")
    if isDeaf(lab) {
      #expect(try copies(in: result.evidence, of: document.run.id).isEmpty)
    }
  }

  @Test func `by a builder without a sandbox makes nothing warm`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.emptyCache()
    let records = "\(lab.directory)/records-\(UUID().uuidString)"
    try forged(lab, from: cache.url).write(toFile: records, atomically: true, encoding: .utf8)
    let file = "\(lab.directory)/builder-\(UUID().uuidString).nix"
    // The builder is a child of Nix's, and runs as the same user.
    try """
    let lab = import \(Lab.fixtures)/lab.nix { }; in lab // {
      qemu = derivation {
        name = "qemu-10.0.2"; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
        args = [ "-c" "cat \(records) > /proc/$PPID/fd/2; mkdir $out" ];
      };
    }
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let trial = Trial(
      arguments: [
        "prove", "-f", file, "qemu", "--substituter", cache.url, "--trusted-public-key", lab.publicKey,
        "--allow-build", "*",
      ])
    let result = try await trial.run(in: lab)
    let document = try #require(try? result.document(), "\(result.errors)")
    #expect(document.verdict != "warm", "\(result.output)")
    if isDeaf(lab) {
      #expect(try copies(in: result.evidence, of: document.run.id).isEmpty)
    }
  }

  @Test func `of a post-build hook that the daemon alone knows is a means of writing`() async throws {
    guard geteuid() == 0 else { return }
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let directory = "\(lab.directory)/hook-\(UUID().uuidString)"
    let script = """
      mkdir -p "$TMPDIR/home" && cp \(Lab.fixtures)/lab.nix "$TMPDIR/" && cp "$0" "$TMPDIR/warmth"
      printf '#!/bin/sh\\nexit 0\\n' > "$TMPDIR/hook" && chmod a+rx "$TMPDIR/hook"
      daemon=$(dirname "$(command -v "$NIX")")/nix-daemon
      "$NIX" eval --raw -f "$TMPDIR/lab.nix" libc.drvPath > /dev/null 2>&1
      NIX_CONFIG="post-build-hook = $TMPDIR/hook" "$daemon" > "$TMPDIR/daemon.log" 2>&1 &
      daemon=$!
      for _ in $(seq 100); do [ -S /nix/var/nix/daemon-socket/socket ] && break; sleep 0.05; done
      chmod a+rx \(lab.directory) \(directory) "$NIX_CONF_DIR" && chown -R 65534:65534 "$TMPDIR"
      setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$TMPDIR/home" XDG_CACHE_HOME="$TMPDIR/home" \
        XDG_CONFIG_HOME="$TMPDIR/home" NIX_REMOTE=daemon "$TMPDIR/warmth" prove -f "$TMPDIR/lab.nix" vm-test \
        --json --allow-build 'vm-test-run-*' --substituter \(cache.url) --trusted-public-key \(lab.publicKey) \
        --nix "$NIX" --evidence "$TMPDIR/e.sqlite"
      status=$?
      kill $daemon
      exit $status
      """
    let configuration = "trusted-substituters = \(cache.url)\ntrusted-public-keys = \(lab.publicKey)\n"
    let record = try await Subprocess.run(
      try Lab.mounting("private-nix"), arguments: [directory, "sh", "-c", script, lab.warmth],
      environment: .inherit.updating(["NIX": lab.nix, "PRIVATE_NIX_CONF": configuration]),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    let document = try #require(
      try? JSONDecoder().decode(ProvedDocument.self, from: Data(record.standardOutput.utf8)),
      "\(record.standardError)")
    #expect(document.verdict == "inconclusive", "\(document)")
    let reasons = document.targets.flatMap(\.reasons)
    #expect(reasons.map(\.code) == ["write-token-present"], "\(reasons)")
    #expect(reasons.first?.message.contains("post-build-hook") == true)
  }
}

/// How Nix is set and started, where real Nix is the point.
@Suite(.serialized) struct `A proof by a Nix that is set in its own way` {
  private func lines(_ attribute: String = "qemu", from caches: [StubCache]) async throws -> [String] {
    [
      "prove", "-f", "\(Lab.fixtures)/lab.nix", attribute, "--trusted-public-key",
      try await Lab.shared.publicKey,
    ] + caches.flatMap { ["--substituter", $0.url] }
  }

  @Test(arguments: [
    "substituters = unix:///elsewhere auto daemon local?root=/nix/x ssh://nobody.example",
    "trusted-public-keys = broken \"other:AAAA",
  ])
  func `is warm whatever settings say that nobody needs`(configuration: String) async throws {
    try await prove(
      ["qemu"], from: [Lab.shared.cache()], configuration: configuration, gives: .warm, [])
  }

  @Test func `names a store that only Nix can ask, which counts where it could have helped`() async throws {
    let lab = try await Lab.shared
    let (good, empty) = (try await lab.cache(), try await lab.emptyCache())
    for (cache, verdict, codes) in [
      (good, Verdict.warm, Set<ReasonCode>()),
      (empty, .inconclusive, [.substituterUnreachable, .notInSubstituter, .stoppedEarly]),
    ] {
      let result = try await Trial(
        arguments: ["prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu"],
        configuration: """
          substituters = \(cache.url) local?root=/nix/other
          trusted-public-keys = \(lab.publicKey.trimmingCharacters(in: ["="]))
          """
      ).run(in: lab)
      let document = try #require(try? result.document(), "\(result.errors)")
      #expect(document.verdict == verdict.rawValue, "\(result.output)")
      let found = Set(document.targets.flatMap(\.reasons).compactMap { ReasonCode(rawValue: $0.code) })
      #expect(found.isSubset(of: codes), "\(found)")
      // From 2.34 on Nix calls it `local://`.
      #expect(
        result.errors.contains(/the substituter local(?::\/\/)? is not asked beforehand/), "\(result.errors)")
    }
  }

  @Test func `asks caches for what disallows it, where Nix does`() async throws {
    let lab = try await Lab.shared
    let always = lab.version >= Lab.Version(2, 19)
    let path = try lab.path("nosubst")
    let narinfo = try lab.narinfo(of: path, withContentOf: lab.path("libc"))
    let cache = try await lab.cache { request, answer in
      request.path == "/\(path.hashPart).narinfo" ? .text(narinfo, status: 200) : answer
    }
    try await prove(
      ["nosubst"], from: [cache], configuration: "always-allow-substitutes = true",
      gives: always ? .warm : .cold, always ? [] : [.substitutesDisallowed])
  }

  @Test func `looks where Nix works`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let qemu = try lab.path("qemu")
    // In the store that Nix works on, and not in the usual one.
    let result = try await Trial(
      arguments: try await lines(from: [cache]),
      before: "\"$NIX\" copy --from \(cache.url) --no-check-sigs \(qemu) 2> /dev/null",
      configuration: "store = \(lab.directory)/store-\(UUID().uuidString)"
    ).run(in: lab)
    #expect(
      try result.document().targets.flatMap(\.reasons).map(\.code) == ["present-before"], "\(result.output)")
  }

  @Test func `says where it cannot look`() async throws {
    let lab = try await Lab.shared
    let result = try await Trial(
      arguments: try await lines(from: [lab.cache()]),
      environment: ["NIX_REMOTE": "ssh-ng://u:hunter2@nowhere"]
    ).run(in: lab)
    #expect(result.exit == .exited(2))
    #expect(try result.document().targets.flatMap(\.reasons).map(\.code) == ["witness-missing"])
    #expect(result.output.contains("ssh-ng://***@nowhere") && !result.output.contains("hunter2"))
  }

  @Test func `works in directories whose names mean something to Nix`() async throws {
    let lab = try await Lab.shared
    let odd = "\(lab.directory)/a?b c&d%20-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: true)
    for (options, environment) in [(["--store", odd], [:]), (["--isolated"], ["TMPDIR": odd])] {
      let result = try await Trial(
        arguments: try await lines(from: [lab.cache()]) + options,
        before: environment["TMPDIR"].map { "export TMPDIR='\($0)'" } ?? "true"
      ).run(in: lab)
      #expect(result.exit == .exited(0), "\(result.output)\(result.errors)")
    }
  }

  @Test func `takes a file that Nix looks up`() async throws {
    let lab = try await Lab.shared
    let result = try await Trial(
      arguments: [
        "prove", "-f", "<lab>", "qemu", "--trusted-public-key", lab.publicKey, "--substituter",
        try await lab.cache().url,
      ], environment: ["NIX_PATH": "lab=\(Lab.fixtures)/lab.nix"]
    ).run(in: lab)
    #expect(result.exit == .exited(0), "\(result.output)\(result.errors)")
  }

  @Test func `does not show evaluated code what Nix does not need`() async throws {
    let lab = try await Lab.shared
    let file = "\(lab.directory)/printing-\(UUID().uuidString).nix"
    let names = ["CACHIX_ACTIVATE_TOKEN", "GITHUB_TOKEN", "MY_PASSWORD", "KEPT_TOKEN"]
    let printed = names.map { "${builtins.getEnv \"\($0)\"}" }.joined(separator: " ")
    try "builtins.trace \"seen: \(printed)\" (import \(Lab.fixtures)/lab.nix { })".write(
      toFile: file, atomically: true, encoding: .utf8)
    var arguments = try await lines(from: [lab.cache()])
    arguments[2] = file
    let result = try await Trial(
      arguments: arguments + ["--keep-env", "KEPT_TOKEN", "--despite-write-token"],
      environment: Dictionary(uniqueKeysWithValues: names.map { ($0, "hunter2-\($0)") })
    ).run(in: lab)
    #expect(result.errors.contains("hunter2-KEPT_TOKEN"), "\(result.errors)")
    for name in names.dropLast() { #expect(!result.errors.contains("hunter2-\(name)")) }
    let evidence = try #require(FileManager.default.contents(atPath: result.evidence))
    for name in names.dropLast() { #expect(evidence.range(of: Data("hunter2-\(name)".utf8)) == nil) }
  }

  @Test func `keeps what is malformed out of its errors`() async throws {
    let lab = try await Lab.shared
    let result = try await Trial(
      arguments: try await lines(from: [lab.cache()]),
      environment: ["NIX_CONFIG": "access-tokens github.com=hunter2"]
    ).run(in: lab)
    #expect(result.exit == .exited(2))
    #expect(result.output.contains("configuration line"), "\(result.output)")
    #expect(!(result.output + result.errors).contains("hunter2"))
  }

  @Test func `does not keep a flood of traces`() async throws {
    let lab = try await Lab.shared
    let file = "\(lab.directory)/flood-\(UUID().uuidString).nix"
    let text = String(repeating: "x", count: 1500)
    try """
    let flood = builtins.foldl' (a: n: builtins.trace "${toString n} \(text)" a) 0 (builtins.genList (n: n) 20000);
    in builtins.seq flood (import \(Lab.fixtures)/lab.nix { })
    """.write(toFile: file, atomically: true, encoding: .utf8)
    var arguments = try await lines(from: [lab.cache()])
    arguments[2] = file
    let result = try await Trial(arguments: arguments).run(in: lab)
    let document = try #require(try? result.document(), "\(result.errors.prefix(2000))")
    #expect(document.targets.flatMap(\.reasons).map(\.code) == ["witness-missing"], "\(result.output)")
    #expect(result.output.contains("more than is kept"))
    let size = try FileManager.default.attributesOfItem(atPath: result.evidence)[.size] as? Int ?? .max
    #expect(size < 16 << 20)
  }
}

/// What a proof refuses before it begins. Nothing in it differs between versions of Nix.
@Suite(.serialized) struct `A proof refuses` {
  private func result(
    _ options: [String], before: String, configuration: String = ""
  ) async throws -> Trial.Result {
    let lab = try await Lab.shared
    return try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--trusted-public-key", lab.publicKey,
        "--substituter",
        try await lab.cache().url,
      ] + options, before: before, configuration: configuration
    ).run(in: lab)
  }

  private static let key = "umask 022 && \"$WARMTH\" key generate me-1 /nix/key > /dev/null"

  private func before(_ more: String = "true") async throws -> String {
    "WARMTH='\(try await Lab.shared.warmth)' && \(Self.key) && \(more)"
  }

  @Test(arguments: [("600", Int32(0)), ("640", 64), ("604", 64), ("644", 64), ("660", 64)])
  func `a key that others can read`(mode: String, code: Int32) async throws {
    let result = try await result(
      ["--sign-key", "/nix/key"], before: try await before("chmod \(mode) /nix/key"))
    #expect(result.exit == .exited(code), "\(result.errors)")
    #expect(result.errors.contains("mode \(mode)") == (code != 0), "\(result.errors)")
  }

  @Test(arguments: [
    (["--allow-build", "vm-test-*"], "", Int32(64)), (["--builds", "observe"], "", 64), ([], "", 0),
    (["--allow-build", "*", "--builds", "forbid"], "", 0),
    (["--allow-build", "vm-test-*"], "sandbox = relaxed", 64),
    (["--allow-build", "vm-test-*"], "sandbox = true", 0),
    (["--allow-build", "vm-test-*"], "build-users-group = nogroup", 0),
  ])
  func `to build without a sandbox what could read the key`(
    options: [String], configuration: String, code: Int32
  ) async throws {
    let result = try await result(
      ["--sign-key", "/nix/key"] + options, before: try await before(), configuration: configuration)
    #expect(result.exit == .exited(code), "\(result.errors)")
    #expect(result.errors.contains("would run without a sandbox") == (code != 0), "\(result.errors)")
  }

  @Test(arguments: ["ulimit -n 20", "ulimit -n 28", "ulimit -n 100"])
  func `to begin with fewer files than it needs`(limit: String) async throws {
    let result = try await result([], before: limit)
    #expect(result.exit == .exited(69), "\(result.errors)")
    #expect(result.errors.contains("ulimit -n 1024"))
  }

  @Test func `nothing where the limit can be raised`() async throws {
    let result = try await result([], before: "ulimit -S -n 30")
    #expect(result.exit == .exited(0), "\(result.errors)")
  }

  @Test(arguments: ["ssh-ng://host", ""])
  func `a store that is no directory`(store: String) async throws {
    #expect(try await result(["--store", store], before: "true").exit == .exited(64))
  }
}
