import Foundation
package import Subprocess
import SystemPackage
import TestSupport

/// One command in a private, empty `/nix`.
package struct Trial: Sendable {
  /// What `warmth` is given; `--json`, `--nix` and `--evidence` are added for `prove`.
  package var arguments: [String]
  /// Shell commands that run before it in the same `/nix`; `$NIX` is the Nix of the lab.
  package var before: String
  /// Further variables.
  package var environment: [String: String]
  /// Lines for `nix.conf`.
  package var configuration: String
  /// The program that it takes for Nix, where that is not the Nix of the lab.
  package var nix: String?
  /// Files for the home directory, by relative path.
  package var home: [String: String]

  /// A trial of a command.
  package init(
    arguments: [String], before: String = "true", environment: [String: String] = [:],
    configuration: String = "",
    nix: String? = nil, home: [String: String] = [:]
  ) {
    self.arguments = arguments
    self.before = before
    self.environment = environment
    self.configuration = configuration
    self.nix = nix
    self.home = home
  }

  /// What came of it.
  package struct Result: Sendable {
    package let exit: TerminationStatus
    package let output: String
    package let errors: String
    package let evidence: String

    package init(exit: TerminationStatus, output: String, errors: String, evidence: String) {
      self.exit = exit
      self.output = output
      self.errors = errors
      self.evidence = evidence
    }

    /// The document that `prove --json` prints.
    package func document() throws -> ProvedDocument {
      try JSONDecoder().decode(ProvedDocument.self, from: Data(output.utf8))
    }
  }

  /// A trial takes a core.
  private static let turnstile = Turnstile(4)

  package func run(in lab: Lab) async throws -> Result {
    try await Self.turnstile.pass { try await start(in: lab) }
  }

  private func start(in lab: Lab) async throws -> Result {
    let directory = lab.scratch("trial")
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
package struct ProvedDocument: Decodable, Sendable {
  package struct Run: Decodable, Sendable {
    package let id: String
    package let started: String
    package let finished: String?
    package let state: String
  }
  package struct Output: Decodable, Sendable {
    package let name: String
    package let path: String
    package let outcome: String
    package let from: String?
    package let narSize: UInt64?
    package let signedBy: [String]
  }
  package struct Reason: Decodable, Sendable {
    package let bearing: String
    package let code: String
    package let path: String?
    package let message: String
  }
  package struct Found: Decodable, Sendable {
    package let path: String
    package let kind: String
  }
  package struct Target: Decodable, Sendable {
    package let installable: String
    package let derivation: String?
    package let verdict: String
    package let outputs: [Output]
    package let reasons: [Reason]
    package let found: [Found]
  }
  package struct Closure: Decodable, Sendable {
    package let paths: Int
    package let substituted: Int
    package let builtLocally: Int
    package let builtRemotely: Int
    package let presentBefore: Int
    package let addedByEvaluation: Int
    package let downloadBytes: UInt64
  }
  package struct Cgroup: Decodable, Sendable { package let memoryPeak: UInt64? }
  package struct Environment: Decodable, Sendable {
    package let nix: String?
    package let host: String
    package let pod: String?
    package let cgroup: Cgroup
  }
  package let schema: String
  package let run: Run
  package let verdict: String
  package let targets: [Target]
  package let closure: Closure
  package let environment: Environment
}
