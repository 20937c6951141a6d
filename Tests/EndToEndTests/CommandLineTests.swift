import EndToEndSupport
import Foundation
import GRDB
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What a person types, and what comes back: one sentence that names the thing, and the right exit code.
@Suite struct `The command line` {
  private struct Answer {
    let exit: TerminationStatus
    let output: String
    let errors: String
  }

  private func warmth(
    _ arguments: [String], input: String = "", environment: [Environment.Key: String?] = [:]
  ) async throws -> Answer {
    let lab = try await Lab.shared
    let record = try await Subprocess.run(
      .path(FilePath(lab.warmth)), arguments: Arguments(arguments),
      environment: .inherit.updating(["GITHUB_ACTIONS": nil]).updating(environment), input: .string(input),
      output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 20))
    return Answer(exit: record.terminationStatus, output: record.standardOutput, errors: record.standardError)
  }

  private func scratch() throws -> String {
    let directory = Scratch.path("test")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    return directory
  }

  @Test func `says its version`() async throws {
    let answer = try await warmth(["--version"])
    #expect(answer.exit == .exited(0))
    #expect(answer.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test(arguments: [
    (["prove"], "needs a target"), (["prove", "nixpkgs#a^"], "chooses no outputs"),
    (["prove", "/nix/store/short"], "'/nix/store/short' is not a store path"),
    (["prove", "x", "--trusted-public-key", "lab-1"], "'lab-1' is not a usable key"),
    (["prove", "x", "--trusted-public-key", "lab-1:AAAA"], "3 bytes where 32 are needed"),
    (["prove", "x", "--substituter", "cache.example.org"], "'cache.example.org' is not the address"),
    (["prove", "x", "--timeout", "soon"], "soon"), (["prove", "x", "--builds", "maybe"], "maybe"),
    (["prove", "x", "--policy", "/no/such/policy.yaml"], "/no/such/policy.yaml"),
    (["prove", "x", "--store", "/tmp/s", "--isolated"], "exclude each other"),
    (["prove", "-f", "/no/such/file.nix", "x"], "there is no file '/no/such/file.nix'"),
    (["classify", "/no/such/log"], "'/no/such/log' cannot be read: No such file"),
    (["classify", "/"], "'/' cannot be read: Is a directory"), (["gate"], "--target"),
    (["frobnicate"], "there is no command 'warmth frobnicate'; there are attest, audit, "),
    (["prvoe"], "did you mean 'prove'?"), (["audit", "shwo"], "did you mean 'show'?"),
    (["reasons", "--color", "alway"], "did you mean 'always'?"),
    (["prove", "x", "--allow-build", "vm-test.drv"], "names are written without .drv"),
    (["prove", "x", "--forbid-build", "/nix/store/*"], "no derivation's name has a '/' in it"),
    (["forecast", "--plan", "x", "--allow-build", "a[b"], "its '[' has no end"),
    (["prove", "-f", "/dev/null", "--expr", "1"], "exclude each other"),
    (["prove", "x", "--arg", "n"], "--arg"),
    (["prove", "x", "--option", "a", "b\nstore = /x"], "control character"),
    (["audit", "prune"], "--keep-last"), (["audit", "prune", "--keep-last", "0"], "at least 1"),
    (["audit", "show", "--paths", "--json"], "audit paths --run"),
    (["audit", "runs", "--limit", "0"], "from 1 to 1000000"),
    (["audit", "paths", "--limit", "0"], "from 1 to 1000000"),
    (["audit", "runs", "--since", "soon"], "'soon' is no time for --since"),
    (["audit", "runs", "--until", "2026-13-01"], "'2026-13-01' is no time for --until"),
    (["audit", "runs", "--since", "1d", "--until", "2d"], "nothing started between"),
    (["audit", "runs", "--verdict", "hot"], "'hot' is no verdict; there are warm, cold, inconclusive"),
    (["audit", "paths", "--path", "*guestfs"], "'*guestfs' names no store path"),
    (["audit", "paths", "--path", "/nix/store/short"], "'/nix/store/short' is not a store path"),
    (["audit", "paths", "--from", "cache.example.org"], "'cache.example.org' is not the address"),
    (["audit", "runs", "--reason", "bad-luck"], "'bad-luck' is no reason's code"),
    (["audit", "caches", "--json", "--csv"], "exclude each other"), (["audit", "history"], "target"),
    (["audit", "history", "qemu", "--target", "qemu"], "without --target"),
    (["audit", "import"], "store"), (["audit", "import", "x", "--join", "No Name"], "'No Name' is no name"),
    (["audit", "sweep", "a.b"], "'a.b' is no name for a sweep"),
    (["prove", "x", "--shard", "0/2"], "--shard and --sweep go together"),
    (["prove", "x", "--sweep", "s"], "--shard and --sweep go together"),
    (["prove", "x", "--shard", "2/2", "--sweep", "s"], "counted from 0 to 1"),
    (["prove", "x", "--shard", "0/0", "--sweep", "s"], "at least one shard"),
    (["prove", "x", "--shard", "1", "--sweep", "s"], "--shard"),
    (["prove", "x", "--shard", "-1/2", "--sweep", "s"], "--shard"),
    (["prove", "x", "--shard", "0/+2", "--sweep", "s"], "--shard"),
    (["prove", "x", "--shard", "0/2", "--sweep", "s"], "there are only 1 targets"),
    (["prove", "x", "--shard", "0/1", "--sweep", "S"], "'S' is no name for a sweep"),
    (["prove", "--targets-from", "/no/such/list"], "'/no/such/list' cannot be read: No such file"),
    (["prove", "--targets-from", "/"], "'/' cannot be read"),
    (["prove", "--targets-from", "/dev/null"], "'/dev/null' names no targets"),
    (["prove", "--targets-from", "/dev/zero"], "'/dev/zero' has more than 16 MiB"),
    (["prove", "x", "--bundle-file", "/no/such/dir/b"], "there is no directory '/no/such/dir'"),
    (["prove", "x", "--bundle-file", "/dev/null"], "something that is no file"),
    (["prove", "x", "--bundle-file", ""], "name of a file"),
    (["prove", "x", "--bundle-url", "collector"], "--bundle-url: it is no address"),
  ])
  func `refuses wrong usage, naming what is wrong`(arguments: [String], words: String) async throws {
    let evidence = "\(try scratch())/e.sqlite"
    let answer = try await warmth(arguments, environment: ["WARMTH_EVIDENCE": evidence])
    #expect(answer.exit == .exited(64), "\(answer.errors)")
    #expect(answer.errors.contains(words), "\(answer.errors)")
    #expect(answer.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: evidence))
  }

  @Test func `colours what it is told to, and is quiet where it is told to`() async throws {
    let evidence = "\(try scratch())/e.sqlite"
    func prove(_ words: String..., environment: [Environment.Key: String?] = [:]) async throws -> Answer {
      try await warmth(
        ["prove", "x", "--nix", "/none", "--evidence", evidence] + words, environment: environment)
    }
    let escape = "\u{1B}["
    #expect(try await !prove().output.contains(escape))
    #expect(try await prove("--color", "always", environment: ["NO_COLOR": "1"]).output.contains(escape))
    #expect(
      try await !prove("--color=never", environment: ["FORCE_COLOR": "1"]).output.contains(escape))
    #expect(try await prove("-q").errors.isEmpty)
    #expect(try await warmth(["-V"]).output == warmth(["--version"]).output)
  }

  @Test func `lists the runs that a name could mean`() async throws {
    let evidence = "\(try scratch())/e.sqlite"
    for _ in 0..<2 { _ = try await warmth(["prove", "x", "--nix", "/none", "--evidence", evidence]) }
    let several = try await warmth(["audit", "show", "2", "--evidence", evidence])
    #expect(several.exit == .exited(64))
    #expect(several.errors.contains("begins the names of 2 runs"), "\(several.errors)")
    #expect(several.errors.split(separator: "\n").count { $0.hasPrefix("  2") } == 2, "\(several.errors)")
    let latest = try await warmth(["audit", "show", "latest", "--evidence", evidence])
    #expect(latest.exit == .exited(0))
    #expect(try await warmth(["audit", "show", "--evidence", evidence]).output == latest.output)
    let kept = try await warmth(["audit", "prune", "--keep-last", "1", "--evidence", evidence, "--json"])
    #expect(kept.output.contains("\"kept\" : 1"), "\(kept.output)\(kept.errors)")
    let missing = try await warmth(["prove", "x", "--nix", "/none", "--evidence", "/tmp/no/such/e.sqlite"])
    #expect(missing.exit == .exited(74) && missing.errors.contains("mkdir -p"), "\(missing.errors)")
    #expect(!FileManager.default.fileExists(atPath: "/tmp/no"))
  }

  @Test(arguments: [
    ("substitutors: [x]\n", "unknown key 'substitutors'"), ("builds: maybe\n", "'maybe'"),
    ("[\n", "not YAML"),
    ("allow-build: {a: b}\n", "allow-build"), ("timeout: long\n", "'long'"),
  ])
  func `refuses a policy that is none`(text: String, words: String) async throws {
    let policy = "\(try scratch())/policy.yaml"
    try text.write(toFile: policy, atomically: true, encoding: .utf8)
    let answer = try await warmth(["prove", "x", "--policy", policy])
    #expect(answer.exit == .exited(64), "\(answer.errors)")
    #expect(answer.errors.contains(words), "\(answer.errors)")
    #expect(answer.errors.contains(policy))
  }

  @Test(arguments: ["audit runs", "audit show", "audit paths", "gate --target x", "prove nixpkgs#x"])
  func `does not go on without evidence`(command: String) async throws {
    let directory = try scratch()
    try Data("not a database, by a long way, and longer than a page header".utf8).write(
      to: URL(filePath: "\(directory)/text"))
    for path in [directory, "\(directory)/text", "/proc/no/such/evidence.sqlite"] {
      let answer = try await warmth(command.split(separator: " ").map(String.init) + ["--evidence", path])
      #expect(answer.exit == .exited(74), "\(answer.errors)")
      #expect(answer.errors.contains("'\(path)'"), "\(answer.errors)")
      #expect(answer.errors.split(separator: "\n").count == 1)
    }
  }

  @Test func `leaves a newer store as it is`() async throws {
    let path = "\(try scratch())/e.sqlite"
    try await DatabaseQueue(path: path).writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA application_id = 0x57524D54; PRAGMA user_version = 99")
    }
    let answer = try await warmth(["prove", "nixpkgs#x", "--evidence", path])
    #expect(answer.exit == .exited(74))
    #expect(answer.errors.contains("schema 99"))
  }

  @Test func `without Nix, or with one too old, is inconclusive and recorded`() async throws {
    let directory = try scratch()
    let old = "\(directory)/nix"
    try "#!/bin/sh\necho 'nix (Nix) 2.3.16'\n".write(toFile: old, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: old)
    for (nix, words) in [("\(directory)/none", "there is no Nix at"), (old, "2.3.16")] {
      let evidence = "\(directory)/e.sqlite"
      let answer = try await warmth(["prove", "nixpkgs#x", "--nix", nix, "--evidence", evidence])
      #expect(answer.exit == .exited(2), "\(answer.errors)")
      #expect(answer.output.contains(words), "\(answer.output)")
      let shown = try await warmth(["audit", "show", "--evidence", evidence])
      // The terms follow.
      #expect(shown.output.hasPrefix(answer.output + "terms builds: stop\n"), "\(shown.output)")
    }
  }

  @Test func `gives exit code 74 where there is no room for evidence, whatever the verdict`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let directory = lab.scratch("full")
    // A file system of its own, full but for a few pages: the run begins, and cannot be concluded.
    let command = """
      mount -t tmpfs -o size=300k tmpfs "$TMPDIR" && dd if=/dev/zero of="$TMPDIR/fill" bs=1k count=150 2>/dev/null &&
      exec "$0" prove -f \(Lab.fixtures)/lab.nix libguestfs^* guestfs-tools qemu qemu_kvm light --nix \(lab.nix) \
      --substituter \(cache.url) --trusted-public-key \(lab.publicKey) --evidence "$TMPDIR/e.sqlite"
      """
    let record = try await Subprocess.run(
      try Lab.mounting("private-nix"),
      arguments: [directory, "sh", "-c", command, lab.warmth],
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(record.terminationStatus == .exited(74), "\(record.standardOutput)\(record.standardError)")
    #expect(record.standardError.contains("no room left"), "\(record.standardError)")
  }

  @Test func `classifies what is piped, and several logs at once`() async throws {
    let log =
      "copying path '/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu' from 'https://cache.example'...\n"
    let piped = try await warmth(["classify", "--json"], input: log)
    #expect(piped.exit == .exited(0))
    #expect(piped.output.contains("\"copied\" : 1"))
    let file = "\(try scratch())/log"
    try log.write(toFile: file, atomically: true, encoding: .utf8)
    let both = try await warmth(["classify", file, "-", "--json"], input: log)
    #expect(both.output.contains("warmth/classifications/v1"))
    let missing = try await warmth(["classify", "/no/such/log", file, "--json"])
    #expect(missing.exit == .exited(64))
    #expect(missing.output.contains("\"copied\" : 1"))
    #expect(missing.output.contains("\"error\" : \"the log '/no/such/log' cannot be read"))
    #expect(missing.errors.contains("'/no/such/log' cannot be read: No such file"))
    // It ends before it reads, so that nothing is written to it: swift-subprocess ends the tests where that fails.
    let twice = try await warmth(["classify", "-", "-"])
    #expect(twice.exit == .exited(64))
    let empty = try await warmth(["classify"])
    #expect(empty.exit == .exited(64))
    #expect(empty.errors.contains("standard input is not a Nix log: it is empty"))
    let unclear = try await warmth(["classify"], input: "building '/nix/store/…-hello.drv'...\n")
    #expect(unclear.exit == .exited(2))
    #expect(unclear.output.contains("Inconclusive"))
    let other = try await warmth(["classify"], input: "#include <stdio.h>\nint main(void) {}\n")
    #expect(other.exit == .exited(64))
    #expect(other.errors.contains("standard input is not a Nix log"))
  }
}
