import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport

/// One command in a private, empty `/nix`.
struct Trial: Sendable {
  /// What `warmth` is given; `--json`, `--nix` and `--evidence` are added for `prove`.
  var arguments: [String]
  /// Shell commands that run before it in the same `/nix`; `$NIX` is the Nix of the lab.
  var before = "true"
  /// Further variables.
  var environment: [String: String] = [:]
  /// Lines for `nix.conf`.
  var configuration = ""
  /// The program that it takes for Nix, where that is not the Nix of the lab.
  var nix: String?
  /// Files for the home directory, by relative path.
  var home: [String: String] = [:]

  /// What came of it.
  struct Result: Sendable {
    let exit: TerminationStatus
    let output: String
    let errors: String
    let evidence: String

    /// The document that `prove --json` prints.
    func document() throws -> ProvedDocument {
      try JSONDecoder().decode(ProvedDocument.self, from: Data(output.utf8))
    }
  }

  /// A trial takes a core.
  private static let turnstile = Turnstile(4)

  func run(in lab: Lab) async throws -> Result {
    try await Self.turnstile.pass { try await start(in: lab) }
  }

  private func start(in lab: Lab) async throws -> Result {
    let directory = "\(lab.directory)/trial-\(UUID().uuidString)"
    for (name, content) in home {
      let file = URL(filePath: "\(directory)/home/\(name)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try content.write(to: file, atomically: true, encoding: .utf8)
    }
    let evidence = "\(directory)/evidence/warmth.sqlite"
    var variables: [Environment.Key: String?] = ["NIX": lab.nix, "PRIVATE_NIX_CONF": configuration]
    variables["PRIVATE_NIX_KEEP"] = environment.keys.sorted().joined(separator: " ")
    for (name, value) in environment {
      if let key = Environment.Key(rawValue: name) { variables[key] = value }
    }
    let extra = arguments.first == "prove" ? ["--json", "--nix", nix ?? lab.nix, "--evidence", evidence] : []
    let record = try await Subprocess.run(
      try Lab.mounting("private-nix"),
      arguments: Arguments(
        [directory, "sh", "-c", "\(before) && exec \"$@\"", "trial", lab.warmth] + arguments + extra),
      environment: .inherit.updating(variables), output: .string(limit: 64 << 20),
      error: .string(limit: 64 << 20))
    return Result(
      exit: record.terminationStatus, output: record.standardOutput, errors: record.standardError,
      evidence: evidence)
  }
}

/// The document of `prove --json`, as its readers know it.
struct ProvedDocument: Decodable, Sendable {
  struct Run: Decodable, Sendable {
    let id: String
    let started: String
    let finished: String?
    let state: String
  }
  struct Output: Decodable, Sendable {
    let name: String
    let path: String
    let outcome: String
    let from: String?
    let narSize: UInt64?
    let signedBy: [String]
  }
  struct Reason: Decodable, Sendable {
    let bearing: String
    let code: String
    let path: String?
    let message: String
  }
  struct Found: Decodable, Sendable {
    let path: String
    let kind: String
  }
  struct Target: Decodable, Sendable {
    let installable: String
    let derivation: String?
    let verdict: String
    let outputs: [Output]
    let reasons: [Reason]
    let found: [Found]
  }
  struct Closure: Decodable, Sendable {
    let paths: Int
    let substituted: Int
    let builtLocally: Int
    let builtRemotely: Int
    let presentBefore: Int
    let addedByEvaluation: Int
    let downloadBytes: UInt64
  }
  struct Cgroup: Decodable, Sendable { let memoryPeak: UInt64? }
  struct Environment: Decodable, Sendable {
    let nix: String?
    let host: String
    let pod: String?
    let cgroup: Cgroup
  }
  let schema: String
  let run: Run
  let verdict: String
  let targets: [Target]
  let closure: Closure
  let environment: Environment
}
