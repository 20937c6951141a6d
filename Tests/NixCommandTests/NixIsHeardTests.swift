import Foundation
import NixModel
import Synchronization
import TestSupport
import Testing

@testable import NixCommand

/// What is believed of a Nix that is heard, shown by programs that stand in for it.
@Suite struct `Nix is heard` {
  private static let copied = """
    {"action":"start","fields":["/nix/store/7h7qgvs4kgzsn8a6rb273saxyqh4jxlz-hello","http://c"],"id":1,"level":0,\
    "parent":0,"text":"","type":108}
    {"action":"start","fields":["/nix/store/7h7qgvs4kgzsn8a6rb273saxyqh4jxlz-hello","http://c","local"],"id":2,\
    "level":3,"parent":1,"text":"","type":100}
    """
  private static let built = """
    {"action":"start","fields":["/nix/store/035zxq7i605581bvbqfs3na1jvkiaw10-a.drv","",1,1],"id":3,"level":3,\
    "parent":0,"text":"","type":105}
    """

  /// What a program says where, and what is made of it.
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Whether this Nix knows `json-log-path`.
    var writesRecords = true
    /// Shell commands; `records` writes its input to the place that Nix was told.
    let script: String
    /// Of each event its first word.
    let events: [String]
    var unreadable = 0
    var ending = NixEnding.exited(code: 0)
    var message = ""
  }

  static let rows = [
    Row(
      testDescription: "by what it writes to a place of its own",
      script: "printf '%s\\n' '\(copied)' | records", events: ["copyStarted"]),
    Row(
      testDescription: "not by what is printed on its standard error",
      script: "printf '%s\\n' '\(copied)' | sed 's/^/@nix /' >&2; true | records", events: []),
    Row(
      testDescription: "by its standard error where it knows no other place", writesRecords: false,
      script: "printf '%s\\n' '\(copied)' | sed 's/^/@nix /' >&2", events: ["copyStarted"]),
    Row(
      testDescription: "and not believed where it says nothing at all", script: "exit 0", events: [],
      unreadable: 1),
    Row(
      testDescription: "and whoever comes second is not",
      script: "printf '%s\\n' '\(copied)' | records; printf '%s\\n' '\(built)' | records || true",
      events: ["copyStarted"]),
    Row(
      testDescription: "and a record that was cut off is missed",
      script: "printf '%s' '\(copied)' | head -c 200 | records", events: [], unreadable: 1),
    Row(
      testDescription: "and what is no record there is missed",
      script: "(printf '%s\\n' '\(copied)'; echo 'terminate called') | records", events: ["copyStarted"],
      unreadable: 1),
    Row(
      testDescription: "and its last words are told where its log has none",
      script: "true | records; echo 'terminate called after throwing' >&2; exit 134", events: [],
      ending: .exited(code: 134), message: "terminate called after throwing"),
    Row(
      testDescription: "and an error before it began is told",
      script: "echo 'warning: unknown setting' >&2; echo \"error: unrecognised flag\" >&2; exit 1",
      events: [],
      ending: .exited(code: 1), message: "unrecognised flag"),
    Row(
      testDescription: "and a trace is no error of its",
      script: """
        printf '%s\\n' '{"action":"msg","level":0,"msg":"error: it is broken"}' \
          '{"action":"msg","level":0,"msg":"trace: error: nothing is"}' | records; exit 1
        """, events: ["complaint", "complaint"], ending: .exited(code: 1), message: "it is broken"),
  ]

  /// A program with `records`, which connects as Nix does.
  private static func program(_ script: String) throws -> String {
    let path = Scratch.path("test")
    let text = """
      #!/bin/sh
      place=
      while [ $# -gt 0 ]; do
        case $1 in json-log-path) place=$2 ;; esac
        shift
      done
      records() {
        perl -MIO::Socket::UNIX -e '
          my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or exit 1;
          print $s $_ while <STDIN>; $s->close' "$place"
      }
      \(script)
      """
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  private func answer(
    of script: String, writesRecords: Bool = true, keeping kept: [String] = [],
    _ manner: Hearing.Manner = Hearing.Manner()
  ) async throws -> CommandResult {
    let path = try Self.program(script)
    defer { unlink(path) }
    var launcher = Launcher(path: path, supervision: [])
    launcher.writesRecords = writesRecords
    launcher.variables = PassedVariables(keeping: kept)
    return await launcher.hear(["build"], manner)
  }

  @Test(arguments: rows) func `within limits`(row: Row) async throws {
    let answer = try await answer(of: row.script, writesRecords: row.writesRecords)
    #expect(answer.log.events.map { "\("\($0.kind)".prefix { $0 != "(" })" } == row.events)
    #expect(answer.log.unreadable == row.unreadable)
    #expect(answer.log.ending == row.ending)
    #expect(answer.message == row.message)
  }

  @Test func `and ended at the build that its listener names`() async throws {
    let answer = try await answer(
      of: "(printf '%s\\n' '\(Self.built)'; exec sleep 60) | records",
      Hearing.Manner(event: { event in
        if case .buildStarted(let derivation) = event.kind { .end(derivation) } else { .goOn }
      }))
    guard case .stopped = answer.log.ending else {
      Issue.record("\(answer.log.ending)")
      return
    }
  }

  @Test func `and its lines are numbered once`() async throws {
    let seen = Mutex<[Int]>([])
    let answer = try await answer(
      of: "printf '%s\\n' '\(Self.copied)' | records",
      Hearing.Manner(
        after: 40,
        event: { event in
          seen.withLock { $0.append(event.line) }
          return .goOn
        }))
    #expect(answer.log.events.map(\.line) == [42])
    #expect(seen.withLock { $0 } == [42])
    #expect(answer.log.lines == 2)
    let log = LogTestimony(events: [], lines: 40, bytes: 0, ending: .notStarted).continued(by: answer.log)
    #expect(log.events.map(\.line) == [42])
    #expect(log.lines == 42)
  }

  @Test func `and a flood is not kept, and said to be one`() async throws {
    let count = LogBudget.mostComplaints + 50
    let answer = try await answer(
      of: """
        perl -e 'print "{\\"action\\":\\"msg\\",\\"level\\":0,\\"msg\\":\\"trace: x\\"}\\n" x \(count);' | records
        """)
    #expect(answer.log.events.count == LogBudget.mostComplaints)
    #expect(answer.log.dropped == 50)
    #expect(answer.log.unreadable == 50)
    #expect(answer.log.lines == count)
  }

  @Test func `in a directory with a long name`() async throws {
    let deep = "/tmp/warmth-\(String(repeating: "deep", count: 40))"
    try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: deep) }
    let socket = try RecordSocket(for: "nix", in: deep)
    #expect(socket.path.utf8.count > 108)
    socket.end()
    let wasHeard = await socket.read { _ in }
    #expect(!wasHeard)
  }

  @Test(arguments: ["/nonexistent/nix", "/dev/null"])
  func `only where it can be started`(program: String) async {
    let answer = await Launcher(path: program, supervision: []).hear(["build"])
    guard case .failedToStart = answer.log.ending else {
      Issue.record("\(answer.log.ending)")
      return
    }
  }
}

/// What Nix gets of the environment, which evaluated code can read.
@Suite struct `The environment of Nix` {
  @Test(arguments: [
    "ATTIC_TOKEN", "ATTIC_SERVER_TOKEN_HS256_SECRET_BASE64", "CACHIX_AUTH_TOKEN", "CACHIX_SIGNING_KEY",
    "GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "GITLAB_TOKEN",
    "CI_JOB_TOKEN", "CI_REPOSITORY_URL", "NIKS3_AUTH_TOKEN_FILE", "MC_HOST_main",
    "GOOGLE_APPLICATION_CREDENTIALS", "WARMTH_BUNDLE_URL", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE",
    "my_password",
    "CLOUDFLARE_API_KEY", "NPM_TOKEN", "DOCKER_AUTH_CONFIG", "AZURE_CLIENT_SECRET", "GITHUB_PAT",
  ])
  func `has nothing that Nix never needs`(name: String) {
    #expect(PassedVariables().withheld(from: [name]) == [name])
    #expect(PassedVariables(keeping: [name]).withheld(from: [name]) == [])
  }

  @Test(arguments: [
    "PATH", "HOME", "NIX_CONFIG", "NIX_SSHOPTS", "NIX_REMOTE", "NIX_SSL_CERT_FILE", "SSH_AUTH_SOCK",
    "GIT_ASKPASS",
    "GIT_CONFIG_COUNT", "https_proxy", "TMPDIR", "USER", "XDG_CONFIG_HOME", "GITHUB_WORKSPACE", "NETRC",
  ])
  func `has what Nix needs`(name: String) { #expect(PassedVariables().withheld(from: [name]) == []) }

  @Test func `has what is said of S3 where a cache is there`() {
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ATTIC_TOKEN"]
    #expect(PassedVariables(asksS3: true).withheld(from: names) == ["ATTIC_TOKEN"])
  }
}
