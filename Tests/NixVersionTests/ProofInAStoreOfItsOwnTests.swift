import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Who runs a proof, and what the kernel lets them do.
struct Caller: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// The command in front of warmth's.
  let command: String
  /// Whether Nix's sandbox works for them.
  let hasSandbox: Bool

  private static let ordinary = "setpriv --reuid=65534 --regid=65534 --clear-groups"
  /// No namespaces below this one, and no capabilities.
  private static func confined(_ mapping: String) -> String {
    """
    unshare --user \(mapping) --keep-caps sh -c 'echo 0 > /proc/sys/user/max_user_namespaces && \
    exec setpriv --inh-caps=-all --ambient-caps=-all --bounding-set=-all "$@"' confined
    """
  }

  /// Everyone that this user can be.
  static let all =
    geteuid() == 0
    ? [
      Caller(testDescription: "root", command: "", hasSandbox: true),
      Caller(testDescription: "an ordinary user", command: ordinary, hasSandbox: true),
      Caller(
        testDescription: "an ordinary user without user namespaces",
        command: "\(ordinary) \(confined("--map-current-user"))", hasSandbox: false),
      Caller(
        testDescription: "root of a container without privileges", command: confined("--map-root-user"),
        hasSandbox: false),
    ]
    : [
      Caller(testDescription: "this ordinary user", command: "", hasSandbox: true),
      Caller(
        testDescription: "this ordinary user without user namespaces",
        command: confined("--map-current-user"),
        hasSandbox: false),
    ]
}

/// A store of the run's own, for everyone who may want one.
@Suite struct `A proof in a store of its own` {
  /// What came of it, and what it left in the machine's /nix and beside the store.
  private struct Result {
    let document: ProvedDocument
    let exit: TerminationStatus
    let left: [Substring]
  }

  private func prove(
    _ attribute: String, from cache: StubCache, as caller: Caller, _ options: String
  ) async throws -> Result {
    let lab = try await Lab.shared
    let directory = lab.scratch("isolated")
    let script = """
      chmod a+rx \(lab.directory) \(directory) "$NIX_CONF_DIR" && chmod 1777 "$TMPDIR"
      cp \(lab.warmth) \(Lab.fixtures)/lab.nix "$TMPDIR/"
      \(caller.command) sh -c 'export HOME=$(mktemp -d) && XDG_CACHE_HOME=$HOME XDG_CONFIG_HOME=$HOME exec "$@"' own \
        "$TMPDIR/warmth" prove -f "$TMPDIR/lab.nix" \(attribute) --json --nix "$NIX" --substituter \(cache.url) \
        --trusted-public-key \(lab.publicKey) --evidence "$TMPDIR/evidence.sqlite" \(options)
      status=$?
      find /nix -mindepth 1 >&2
      find "$TMPDIR" -maxdepth 1 -name 'warmth-store-*' >&2
      exit $status
      """
    let record = try await Subprocess.run(
      try Lab.mounting("private-nix"), arguments: [directory, "sh", "-c", script],
      environment: .inherit.updating([
        "NIX": lab.nix,
        "PRIVATE_NIX_CONF": "sandbox-paths = /bin=/bin /usr=/usr /lib=/lib /lib64=/lib64?",
      ]),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    let document = try #require(
      try? JSONDecoder().decode(ProvedDocument.self, from: Data(record.standardOutput.utf8)),
      "\(record.standardError)")
    let left = record.standardError.split(separator: "\n").filter {
      $0.hasPrefix("/nix") || $0.contains("warmth-store-")
    }
    return Result(document: document, exit: record.terminationStatus, left: left)
  }

  @Test(arguments: Caller.all, ["--isolated", "--store \"$TMPDIR/own\""])
  func `needs no privileges for what is copied`(caller: Caller, store: String) async throws {
    let result = try await prove("libguestfs", from: Lab.shared.cache(), as: caller, store)
    #expect(result.document.verdict == "warm", "\(result.document)")
    #expect(result.exit == .exited(0))
    #expect(result.document.closure.substituted >= 3)
    #expect(result.left.isEmpty)
  }

  @Test(arguments: Caller.all)
  func `needs a sandbox for what has to be built`(caller: Caller) async throws {
    let cache = try await Lab.shared.cache()
    let result = try await prove("vm-test", from: cache, as: caller, "--isolated --allow-build 'vm-test*'")
    let codes = result.document.targets.flatMap(\.reasons).map(\.code)
    if caller.hasSandbox {
      #expect(result.document.verdict == "warm", "\(result.document)")
      #expect(result.document.targets[0].outputs.map(\.outcome) == ["built-locally"])
    } else {
      #expect(codes == ["sandbox-unavailable"], "\(result.document)")
      #expect(result.exit == .exited(2))
      // Nothing is downloaded for a build that cannot be.
      #expect(!cache.requests.contains { $0.isFromNix && $0.path.hasPrefix("/nar/") })
    }
    #expect(result.left.isEmpty)
  }

  @Test func `that cannot be made is said so`() async throws {
    let lab = try await Lab.shared
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--store", "/proc/nowhere", "--substituter",
        "file://\(lab.directory)/cache", "--trusted-public-key", lab.publicKey,
      ]
    ).run(in: lab)
    #expect(result.exit == .exited(2))
    let reasons = try result.document().targets.flatMap(\.reasons)
    #expect(reasons.contains { $0.message.contains("/proc/nowhere") }, "\(result.output)")
  }
}
