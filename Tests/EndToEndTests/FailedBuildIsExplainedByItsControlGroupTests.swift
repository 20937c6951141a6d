import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// "Compilation failed" is not "out of memory" without evidence.
@Suite struct `A failed build is explained by its control group` {
  /// A publication of a build that runs `script`.
  private func building(_ script: String) async throws -> Publishing {
    var publishing = try await Publishing("--installable", "hungry", "--no-push")
    publishing.file = "\(publishing.directory)/hungry.nix"
    try """
    {
      hungry = derivation {
        name = "hungry-1.0"; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
        args = [ "-c" ''\(script)'' ];
      };
    }
    """.write(toFile: publishing.file ?? "", atomically: true, encoding: .utf8)
    return publishing
  }

  /// A control group of files, in which a build may leave its mark.
  private func makeGroup(for publishing: Publishing, version: Int) throws -> String {
    let group = "\(publishing.directory)/cgroup"
    let files =
      version == 2
      ? [
        "memory.events": "low 0\nhigh 0\nmax 3\noom 4\noom_kill 4\noom_group_kill 0\n",
        "memory.peak": "1048576\n",
        "memory.max": "2097152\n", "pids.peak": "17\n", "pids.max": "max\n",
      ]
      : [
        "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n",
        "memory.max_usage_in_bytes": "1048576\n", "memory.limit_in_bytes": "9223372036854771712\n",
      ]
    try FileManager.default.createDirectory(atPath: group, withIntermediateDirectories: true)
    for (name, text) in files {
      try text.write(toFile: "\(group)/\(name)", atomically: true, encoding: .utf8)
    }
    return group
  }

  @Test(arguments: [(2, "memory.events"), (1, "memory.oom_control")])
  func `as out of memory where a process was killed for it`(version: Int, events: String) async throws {
    var publishing = try await building("")
    let group = try makeGroup(for: publishing, version: version)
    publishing = try await building("echo oom_kill 5 > \(group)/\(events); exit 137")
    publishing.arguments += ["--cgroup", group]
    let result = try await publishing.run()
    #expect(result.exit == .exited(1), "\(result.errors)")
    let summary = try result.summary()
    #expect(summary.targets[0].failure?.kind == "out-of-memory")
    #expect(summary.targets[0].failure?.message.contains("went from 4 to 5") == true)
    #expect(summary.codes == ["out-of-memory"])
    #expect(summary.cgroup?.version == version)
    #expect(summary.cgroup?.oomKills == 1)
    #expect(summary.cgroup?.memoryPeak == 1_048_576)
    #expect(summary.cgroup?.memoryLimit == (version == 2 ? 2_097_152 : nil))
    #expect(summary.cgroup?.pidsPeak == (version == 2 ? 17 : nil))
    #expect(summary.cgroup?.pidsLimit == nil)
  }

  @Test func `as anything else where none was, whatever its log says`() async throws {
    var publishing = try await building("echo Out of memory: Killed process 1 >&2; exit 137")
    publishing.arguments += ["--cgroup", try makeGroup(for: publishing, version: 2)]
    let summary = try await publishing.run().summary()
    #expect(summary.targets[0].failure?.kind == "build-failed")
    #expect(summary.targets[0].failure?.message.contains("not out of memory by the evidence") == true)
  }

  @Test func `as unknown where there is no evidence`() async throws {
    var publishing = try await building("exit 137")
    let group = "\(publishing.directory)/empty"
    try FileManager.default.createDirectory(atPath: group, withIntermediateDirectories: true)
    publishing.arguments += ["--cgroup", group]
    let summary = try await publishing.run().summary()
    #expect(summary.targets[0].failure?.message.contains("There is no cgroup evidence") == true)
  }

  @Test func `as a full disk where that is what it says`() async throws {
    let publishing = try await building("echo cc: No space left on device >&2; exit 1")
    #expect(try await publishing.run().summary().targets[0].failure?.kind == "out-of-disk")
  }

  @Test func `as one that took too long, where Nix ended it`() async throws {
    var publishing = try await building("sleep 60")
    publishing.before = "echo 'timeout = 1' >> \"$NIX_CONF_DIR/nix.conf\""
    #expect(try await publishing.run().summary().targets[0].failure?.kind == "timed-out")
  }

  /// Where a control group of our own can be made.
  private static let hierarchy = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"].first { root in
    let group = "\(root)/warmth-\(UUID().uuidString)"
    guard mkdir(group, 0o755) == 0 else { return false }
    defer { rmdir(group) }
    return ["memory.max", "memory.limit_in_bytes"].contains { access("\(group)/\($0)", W_OK) == 0 }
  }

  @Test(.enabled(if: hierarchy != nil, "no control group can be made here"))
  func `as out of memory by the kernel's own figures`() async throws {
    let group = "\(try #require(Self.hierarchy))/warmth-\(UUID().uuidString)"
    try #require(mkdir(group, 0o755) == 0)
    defer { rmdir(group) }
    let limit = access("\(group)/memory.max", W_OK) == 0 ? "memory.max" : "memory.limit_in_bytes"
    try "209715200".write(toFile: "\(group)/\(limit)", atomically: false, encoding: .utf8)
    // tail keeps the last line, which never ends.
    var publishing = try await building("head -c 600000000 /dev/zero | tail -n 1 > /dev/null; exit 1")
    publishing.before = "echo $$ > \(group)/cgroup.procs"
    let result = try await publishing.run()
    let summary = try result.summary()
    #expect(summary.targets[0].failure?.kind == "out-of-memory", "\(result.errors)")
    #expect(summary.cgroup?.oomKills ?? 0 >= 1)
    #expect(summary.cgroup?.memoryLimit == 209_715_200)
    #expect(summary.cgroup?.memoryPeak ?? 0 > 100_000_000)
  }
}
