import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

/// What `warmth publish` refuses to do, and what it says of a failure.
@Suite struct `A publication is refused` {
  struct Context: Sendable, CustomStringConvertible {
    var variables: [String: String]
    /// The event that a forge describes.
    var event: String?
    var isTrusted = false

    var description: String { "\(variables) \(event ?? "")" }

    init(_ variables: [String: String], _ event: String? = nil, isTrusted: Bool = false) {
      self.variables = variables
      self.event = event
      self.isTrusted = isTrusted
    }
  }

  private static func target(from head: String) -> String {
    #"{"pull_request": {"head": {"repo": \#(head)}, "base": {"repo": {"full_name": "we/ours"}}}}"#
  }

  private static let contexts = [
    Context(["GITHUB_EVENT_NAME": "pull_request"]),
    Context(["GITHUB_EVENT_NAME": "pull_request_review"]),
    Context(["GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/pull/7/merge"]),
    Context(["GITHUB_EVENT_NAME": "pull_request_target"]),
    Context(["GITHUB_EVENT_NAME": "pull_request_target"], "no JSON"),
    Context(["GITHUB_EVENT_NAME": "pull_request_target"], target(from: "null")),
    Context(["GITHUB_EVENT_NAME": "pull_request_target"], target(from: #"{"full_name": "they/ours"}"#)),
    Context(
      ["GITHUB_EVENT_NAME": "pull_request_target"], target(from: #"{"full_name": "we/ours"}"#),
      isTrusted: true),
    Context(
      ["GITHUB_EVENT_NAME": "workflow_run"],
      #"{"workflow_run": {"head_repository": {"full_name": "they/ours"}}, "repository": {"full_name": "we/ours"}}"#
    ),
    Context(["FORGEJO_EVENT_NAME": "pull_request"]),
    Context(["GITEA_EVENT_NAME": "pull_request_sync"]),
    Context(["CI_PIPELINE_SOURCE": "merge_request_event"]),
    Context(["CI_PIPELINE_SOURCE": "parent_pipeline", "CI_MERGE_REQUEST_IID": "3"]),
    Context(["CI_PIPELINE_EVENT": "pull_request"]),
    Context(["GITHUB_EVENT_NAME": "schedule", "GITHUB_REF": "refs/heads/main"], isTrusted: true),
    Context(["CI_PIPELINE_SOURCE": "schedule"], isTrusted: true),
  ]

  @Test(arguments: contexts) func `in a context that nobody vouches for`(context: Context) async throws {
    var publishing = try await Publishing("--installable", "qemu_kvm")
    publishing.environment = context.variables
    if let event = context.event {
      let file = "\(publishing.directory)/event.json"
      try event.write(toFile: file, atomically: true, encoding: .utf8)
      publishing.environment["GITHUB_EVENT_PATH"] = file
    }
    // That it would publish is shown where it then fails: it has no way to read its file.
    if context.isTrusted { try publishing.removeClient() }
    let result = try await publishing.run()
    if context.isTrusted {
      #expect(!result.errors.contains("must not publish"), "\(result.errors)")
      #expect(result.written != nil)
    } else {
      #expect(result.exit == .exited(64), "\(result.errors)")
      #expect(result.errors.contains("it must not publish"))
      #expect(result.written == nil)
      #expect(publishing.server.requests.isEmpty)
      #expect(try !publishing.has("qemu_kvm"))
    }
  }

  @Test func `and building alone is not`() async throws {
    var publishing = try await Publishing("--installable", "qemu_kvm", "--no-push")
    publishing.environment = ["GITHUB_EVENT_NAME": "pull_request"]
    #expect(try await publishing.run().exit == .exited(0))
  }

  struct Mistake: Sendable, CustomStringConvertible {
    let arguments: [String]
    let says: String
    var environment: [String: String] = [:]
    var token: String??

    var description: String { "\(arguments) \(environment)" }
  }

  @Test(arguments: [
    Mistake(arguments: [], says: "nothing to publish"),
    Mistake(arguments: ["--installable"], says: "Missing value for '--installable"),
    Mistake(arguments: ["--installable=--impure"], says: "'--impure' is no installable"),
    Mistake(arguments: [""], says: "'' is no installable"),
    Mistake(arguments: ["--profile", "all"], says: "The value 'all' is invalid"),
    Mistake(arguments: ["--frobnicate", "x"], says: "Unknown option '--frobnicate'"),
    Mistake(arguments: ["qemu", "--cache", "main", "--to", "file:///x"], says: "exclude each other"),
    Mistake(arguments: ["qemu", "--read-key", "main-1"], says: "--read-key: 'main-1' is not a usable key"),
    Mistake(arguments: ["qemu", "--nixpkgs-ref", "nixpkgs#qemu"], says: "a flake without an attribute"),
    Mistake(arguments: ["qemu", "--bundle-log"], says: "name a store with --evidence"),
    Mistake(arguments: ["--installable", "qemu", "--cache", "a/b"], says: "'a/b' is no name of one"),
    Mistake(arguments: ["--installable", "qemu", "--read-side", "ftp://x"], says: "--read-side wants a URL"),
    Mistake(
      arguments: ["--installable", "qemu", "--upstream", "https://u:hunter2@x"], says: "holds a user name"),
    Mistake(
      arguments: ["--installable", "qemu"], says: "ATTIC_SERVER is not set", environment: ["ATTIC_SERVER": ""]
    ),
    Mistake(
      arguments: ["--installable", "qemu"], says: "holds characters that no URL has",
      environment: ["ATTIC_SERVER": "https://x/\"\n[servers.evil]"]),
    Mistake(arguments: ["--installable", "qemu"], says: "ATTIC_TOKEN is not set", token: .some(nil)),
    Mistake(arguments: ["--installable", "qemu"], says: "so it is no token", token: "two\nlines"),
    Mistake(arguments: ["--installable", "qemu", "--to", "/var/cache"], says: "--to wants a URL"),
    Mistake(arguments: ["--installable", "qemu", "--to", "s3://bucket"], says: "--read-side is needed"),
    Mistake(
      arguments: ["--installable", "qemu", "--no-push", "--builds-dir", "builds"], says: "an absolute path"),
  ])
  func `where it is asked for wrongly`(mistake: Mistake) async throws {
    var publishing = try await Publishing()
    publishing.arguments = mistake.arguments
    publishing.environment = mistake.environment
    if let token = mistake.token { publishing.given = token }
    let result = try await publishing.run()
    #expect(result.exit == .exited(64), "\(result.errors)")
    #expect(result.errors.contains(mistake.says), "\(result.errors)")
    #expect(!result.errors.contains("hunter2"))
  }

  @Test func `and its help says how it is asked for`() async throws {
    var publishing = try await Publishing("--help")
    publishing.door = []
    let result = try await publishing.run()
    #expect(result.exit == .exited(0))
    #expect(result.output.contains("USAGE: warmth publish"))
    #expect(result.output.contains("--require-scratch-volume"))
  }

  @Test func `where its summary cannot be written`() async throws {
    let publishing = try await Publishing("--installable", "qemu_kvm", "--summary", "/nowhere/summary.json")
    let result = try await publishing.run()
    #expect(result.exit == .exited(73), "\(result.errors)")
  }

  struct Scratch: Sendable, CustomStringConvertible {
    let before: String
    var arguments: [String] = []
    let says: String?

    var description: String { before }
  }

  @Test(arguments: [
    Scratch(before: "mkdir -p /nix/var/nix/builds && chmod 777 /nix/var/nix/builds", says: "world-writable"),
    Scratch(before: "mkdir -p /nix/var/nix/builds && chmod 700 /nix/var/nix/builds", says: "instead of 755"),
    Scratch(
      before: "mkdir -p /nix/var/nix/builds && chmod 2755 /nix/var/nix/builds", says: "chmod 00755"),
    Scratch(
      before: "mkdir -p /nix/var/nix && chmod 2755 /nix/var/nix",
      arguments: ["--builds-dir", "/nix/var/nix/builds"], says: nil),
    Scratch(before: "mkdir -p /nix/var/nix/b && ln -s b /nix/var/nix/builds", says: "symbolic link"),
    Scratch(
      before: "mkdir -p -m 777 /nix/open && mkdir -m 755 /nix/open/b",
      arguments: ["--builds-dir", "/nix/open/b"],
      says: "is below /nix/open"),
    Scratch(before: "true", arguments: ["--require-scratch-volume"], says: "a volume of its own"),
    Scratch(
      before:
        "mkdir -p /nix/var/nix/builds && mount --bind \"$TMPDIR\" /nix/var/nix/builds && chmod 755 \"$TMPDIR\" && mount --bind \"$TMPDIR\" \"$TMPDIR\"",
      arguments: ["--require-scratch-volume"], says: "are the same volume"),
    Scratch(
      before: "mkdir -p /nix/var/nix/builds && mount -t tmpfs -o mode=755 tmpfs /nix/var/nix/builds",
      arguments: ["--require-scratch-volume"], says: nil),
    Scratch(before: "true", says: nil),
  ])
  func `where builds could be tampered with`(scratch: Scratch) async throws {
    var publishing = try await Publishing("--installable", "qemu_kvm", "--no-push")
    publishing.arguments += scratch.arguments
    publishing.before = scratch.before
    let result = try await publishing.run()
    let summary = try result.summary()
    if let says = scratch.says {
      #expect(result.exit == .exited(1), "\(result.errors)")
      #expect(summary.codes == ["scratch-unsafe"])
      #expect(result.errors.contains(says), "\(result.errors)")
      #expect(summary.targets.map(\.outcome) == ["skipped"])
    } else {
      #expect(result.exit == .exited(0), "\(result.errors)")
      #expect(summary.faults.isEmpty)
    }
  }
}
