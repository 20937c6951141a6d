import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// An ordinary user with a daemon, as on most machines. Needs root, to be someone else.
@Suite(.serialized, .enabled(if: geteuid() == 0, "these start a daemon as root and prove as nobody"))
struct `A proof through a daemon` {
  /// Proves qemu as nobody, through a daemon of its own.
  private func prove(daemon lines: String, hidesDatabase: Bool = false) async throws -> ProvedDocument {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let directory = lab.scratch("daemon")
    let script = """
      mkdir -p "$TMPDIR/home" && cp \(Lab.fixtures)/lab.nix "$TMPDIR/" && cp "$0" "$TMPDIR/warmth"
      daemon=$(dirname "$(command -v "$NIX")")/nix-daemon
      "$NIX" eval --raw -f "$TMPDIR/lab.nix" libc.drvPath > /dev/null 2>&1
      "$daemon" > "$TMPDIR/daemon.log" 2>&1 &
      daemon=$!
      for _ in $(seq 100); do [ -S /nix/var/nix/daemon-socket/socket ] && break; sleep 0.05; done
      \(hidesDatabase ? "chmod 700 /nix/var/nix/db" : "true")
      chmod a+rx \(lab.directory) \(directory) "$NIX_CONF_DIR" && chown -R 65534:65534 "$TMPDIR"
      setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$TMPDIR/home" XDG_CACHE_HOME="$TMPDIR/home" \
        XDG_CONFIG_HOME="$TMPDIR/home" NIX_REMOTE=daemon "$TMPDIR/warmth" prove -f "$TMPDIR/lab.nix" qemu --json \
        --substituter \(cache.url) --trusted-public-key \(lab.publicKey) --nix "$NIX" --evidence "$TMPDIR/e.sqlite"
      status=$?
      kill $daemon
      exit $status
      """
    let configuration = lines.replacing("CACHE", with: cache.url).replacing("KEY", with: lab.publicKey)
    let record = try await Subprocess.run(
      try Lab.mounting("private-nix"), arguments: [directory, "sh", "-c", script, lab.warmth],
      environment: .inherit.updating(["NIX": lab.nix, "PRIVATE_NIX_CONF": configuration]),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    return try #require(
      try? JSONDecoder().decode(ProvedDocument.self, from: Data(record.standardOutput.utf8)),
      "\(record.standardError)")
  }

  private static let knowsTheCache = "trusted-substituters = CACHE\ntrusted-public-keys = KEY\n"

  @Test func `is warm where the daemon knows the cache`() async throws {
    let document = try await prove(daemon: Self.knowsTheCache)
    #expect(document.verdict == "warm", "\(document)")
  }

  @Test func `is warm where Nix alone can read the database`() async throws {
    let document = try await prove(daemon: Self.knowsTheCache, hidesDatabase: true)
    #expect(document.verdict == "warm", "\(document)")
    #expect(document.targets.first?.outputs.first?.signedBy == ["lab-1"])
  }

  @Test func `is inconclusive where the daemon does not let the user name the cache`() async throws {
    let document = try await prove(daemon: "")
    #expect(document.verdict == "inconclusive", "\(document)")
    // A second build may begin, and the first one end, before Nix has ended.
    let codes = Set(document.targets.flatMap(\.reasons).map(\.code)).subtracting(["built-locally"])
    #expect(codes == ["substitutes-disallowed", "forbidden-build"])
  }
}
