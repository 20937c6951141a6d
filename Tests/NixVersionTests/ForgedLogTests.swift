import EndToEndSupport
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
    let file = lab.scratch("hostile") + ".nix"
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
    let records = lab.scratch("records")
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
    let records = lab.scratch("records")
    try forged(lab, from: cache.url).write(toFile: records, atomically: true, encoding: .utf8)
    let file = lab.scratch("builder") + ".nix"
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
    let directory = lab.scratch("hook")
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
