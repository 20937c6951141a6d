import Crypto
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// One run of `scripts/cache-warm.sh` in a private, empty `/nix`, with the stand-in for Attic's client and a server
/// of its own, which serves the cache `main` over HTTP.
struct Publishing: Sendable {
  let lab: Lab
  let directory: String
  /// Attic's server, as readers see it.
  let server: StubCache
  /// The token that may push.
  let token: String
  /// Options, after `--file` with the lab.
  var arguments: [String]
  /// The token that it is given.
  var given: String?
  /// Further variables; without ATTIC_SERVER and ATTIC_CACHE where they are empty here.
  var environment: [String: String] = [:]
  /// Shell commands that run before it in the same `/nix`.
  var before = "true"
  /// The Nix file whose attributes are published.
  var file: String? = "\(Lab.fixtures)/lab.nix"
  /// Whether only the programs are there that the image nixos/nix has.
  var hasOnlyImage = false
  /// Options for bash.
  var shell: [String] = []

  /// What came of it.
  struct Result: Sendable {
    let exit: TerminationStatus
    let output: String
    let errors: String
    /// The summary, byte for byte.
    let written: Data?

    /// The summary.
    func summary(sourceLocation: SourceLocation = #_sourceLocation) throws -> Summary {
      let written = try #require(written, "\(errors)", sourceLocation: sourceLocation)
      return try JSONDecoder().decode(Summary.self, from: written)
    }
  }

  /// Each waits more than it works.
  private static let turnstile = Turnstile(6)

  init(
    _ arguments: String...,
    faults: @escaping @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer = { $1 }
  ) async throws {
    lab = try await Lab.shared
    directory = "\(lab.directory)/publishing-\(UUID().uuidString)"
    token = "token-\(UUID().uuidString)"
    given = token
    self.arguments = arguments
    let home = "\(directory)/server"
    try FileManager.default.createDirectory(atPath: "\(home)/main", withIntermediateDirectories: true)
    server = try await StubCache.serving(home) { request, answer in
      request.path.hasPrefix("/main/") ? faults(request, answer) : .notFound
    }
    try server.url.write(toFile: "\(home)/endpoint", atomically: true, encoding: .utf8)
    try "StoreDir: /nix/store\nWantMassQuery: 1\n".write(
      toFile: "\(home)/main/nix-cache-info", atomically: true, encoding: .utf8)
    for (name, token) in [("token", token), ("read-only-token", "read-only-\(token)")] {
      let digest = SHA256.hash(data: Data(token.utf8)).map { String(format: "%02x", $0) }.joined()
      try digest.write(toFile: "\(home)/\(name).sha256", atomically: true, encoding: .utf8)
    }
    try FileManager.default.copyItem(atPath: "\(lab.directory)/lab-1.secret", toPath: "\(home)/key.secret")
    try FileManager.default.createDirectory(atPath: "\(directory)/bin", withIntermediateDirectories: true)
    try provide("attic", "\(Lab.fixtures)/stand-in-attic")
  }

  /// The cache, as a substituter.
  var cache: String { "\(server.url)/main" }

  /// A file of the server.
  func setServer(_ name: String, _ content: String = "") throws {
    try content.write(toFile: "\(directory)/server/\(name)", atomically: true, encoding: .utf8)
  }

  /// Whether the cache has a path.
  func has(_ attribute: String, _ output: String = "out") throws -> Bool {
    let hash = try lab.path(attribute, output).hashPart
    return FileManager.default.fileExists(atPath: "\(directory)/server/main/\(hash).narinfo")
  }

  /// Puts a program in front of all others.
  func provide(_ name: String, _ program: String) throws {
    let place = "\(directory)/bin/\(name)"
    try? FileManager.default.removeItem(atPath: place)
    try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: program)
  }

  /// Puts a shell script in front of all other programs; in it, `PATH` is without it.
  func provide(_ name: String, script: String) throws {
    let file = "\(directory)/own-\(name)"
    try "#!/bin/sh\nPATH=${PATH#*:}\n\(script)\n".write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    try provide(name, file)
  }

  /// The same without Attic: it goes elsewhere, by `nix copy`, signed with the key of the lab.
  func copying(to url: String, signed: Bool = true) throws -> Publishing {
    try removeClient()
    var other = self
    other.given = nil
    other.environment = ["ATTIC_SERVER": "", "ATTIC_CACHE": ""]
    other.arguments += ["--to", url] + (signed ? ["--signing-key", "\(directory)/server/key.secret"] : [])
    return other
  }

  /// Takes the stand-in away.
  func removeClient() throws { try FileManager.default.removeItem(atPath: "\(directory)/bin/attic") }

  /// Runs it to its end.
  func run(
    _ act: @escaping @Sendable (_ process: Int32) async throws -> Void = { _ in }
  ) async throws -> Result {
    try await Self.turnstile.pass { try await start(act) }
  }

  private func start(_ act: @escaping @Sendable (Int32) async throws -> Void) async throws -> Result {
    var variables = [
      "STAND_IN_SERVER": "\(directory)/server", "ATTIC_SERVER": server.url, "ATTIC_CACHE": "main",
      "NIX": lab.nix,
    ].merging(environment) { $1 }.filter { !$0.value.isEmpty }
    variables["PATH"] = try path()
    // Decoded where the script begins: nobody before it has the token, neither in an environment nor on a disk.
    variables["GIVEN_TOKEN"] = given.map { Data($0.utf8).base64EncodedString() }
    variables["PRIVATE_NIX_KEEP"] = variables.keys.filter { $0 != "PATH" }.joined(separator: " ")
    let output = "\(directory)/stdout"
    let summary = "\(directory)/summary.json"
    let script = """
      \(before) || exit 99
      token=${GIVEN_TOKEN:+$(printf %s "$GIVEN_TOKEN" | base64 -d)}
      unset GIVEN_TOKEN
      [ -z "$token" ] || export ATTIC_TOKEN="$token"
      exec "$@" > \(output)
      """
    let program = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../scripts/cache-warm.sh"
    ).standardized.path
    // What starts Nix's private store is not a part of it, and has all programs.
    let inner = variables.removeValue(forKey: "PATH") ?? ""
    var changes: [Environment.Key: String?] = [:]
    // The tests may themselves be run by a forge.
    for name in ProcessInfo.processInfo.environment.keys
    where name.contains(/^(GITHUB|FORGEJO|GITEA|GITLAB|CI|KUBERNETES|POD)_|^CI$/) {
      if let key = Environment.Key(rawValue: name) { changes[key] = .some(nil) }
    }
    for (name, value) in variables {
      if let key = Environment.Key(rawValue: name) { changes[key] = value }
    }
    let command =
      ["bash"] + shell + [program] + (file.map { ["--file", $0] } ?? []) + ["--summary", summary] + arguments
    let record = try await Subprocess.run(
      try Lab.mounting("private-nix"),
      arguments: Arguments([directory, "/usr/bin/env", "PATH=\(inner)", "sh", "-c", script, "sh"] + command),
      environment: .inherit.updating(changes), input: .none, output: .discarded, error: .sequence
    ) { execution in
      let process = execution.processIdentifier.value
      let companion = Task { try await act(process) }
      var errors: [UInt8] = []
      for try await buffer in execution.standardError { errors += buffer.withUnsafeBytes { Array($0) } }
      companion.cancel()
      return String(decoding: errors, as: UTF8.self)
    }
    return Result(
      exit: record.terminationStatus, output: (try? String(contentsOfFile: output, encoding: .utf8)) ?? "",
      errors: record.closureResult, written: FileManager.default.contents(atPath: summary))
  }

  /// Where programs are found: the lab's Nix before any other.
  private func path() throws -> String {
    let all = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let folders =
      (lab.nix.contains("/") ? [URL(filePath: lab.nix).deletingLastPathComponent().path] : []) + all
    guard hasOnlyImage else { return (["\(directory)/bin"] + folders).joined(separator: ":") }
    for name in Self.image {
      let found = folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
      guard let found else {
        throw Lab.Missing(description: "there is no \(name) in PATH; run scripts/setup")
      }
      try provide(name, found)
    }
    return "\(directory)/bin"
  }

  /// Programs of the image nixos/nix (`docker.nix` in NixOS/nix): no sed, awk, jq or python is among them.
  private static let image = """
    nix nix-store bash sh grep xargs find curl tar gzip git base64 basename cat chmod comm cp cut date dirname env
    head id ls mkdir mkfifo mktemp mv printf readlink realpath rm sha256sum sleep sort stat tail tee touch tr true
    uname wc
    """.split(whereSeparator: \.isWhitespace).map(String.init)
}

/// The summary of a publication, as its readers know it.
struct Summary: Decodable, Sendable {
  struct Publication: Decodable, Sendable {
    let id: String
    let started: String
    let finished: String
    let state: String
    let exitCode: Int32
    let program: String
  }
  struct Publisher: Decodable, Sendable {
    let host: String
    let pod: String?
    let process: Int32
    let processStart: UInt64
    let boot: String
    /// Not known where it ended early, nor is `system`.
    let nix: String?
    let system: String?
  }
  struct Occasion: Decodable, Sendable {
    let repository: String?
    let ref: String?
    let branch: String?
    let revision: String?
    let pipeline: String?
    let page: String?
  }
  struct Destination: Decodable, Sendable {
    let kind: String
    let cache: String?
    let server: String?
    let readSide: String?
  }
  struct Output: Decodable, Hashable, Sendable {
    let name: String
    let path: String
  }
  struct Failure: Decodable, Sendable {
    let kind: String
    let message: String
  }
  struct Target: Decodable, Sendable {
    let installable: String
    let outcome: String
    let derivation: String?
    let outputs: [Output]
    let milliseconds: Int
    let failure: Failure?
  }
  struct Path: Decodable, Sendable {
    let path: String
    let role: String
    let outcome: String
    let published: String
    let served: Bool?
    let servedBy: String?
    let narSize: UInt64?
  }
  struct Fault: Decodable, Sendable {
    let code: String
    let path: String?
    let fatal: Bool
    let message: String
  }
  struct Cgroup: Decodable, Sendable {
    let version: Int
    let memoryPeak: UInt64?
    let memoryPeakBefore: UInt64?
    let memoryLimit: UInt64?
    let oomKills: Int?
    let pidsPeak: Int?
    let pidsLimit: Int?
  }
  let schema: String
  let publication: Publication
  let publisher: Publisher
  let occasion: Occasion?
  let destination: Destination?
  let targets: [Target]
  let paths: [Path]
  let faults: [Fault]
  let cgroup: Cgroup?

  /// The codes of its faults.
  var codes: Set<String> { Set(faults.map(\.code)) }

  /// What it says of a path of the lab.
  func path(_ path: StorePath) -> Path? { paths.first { $0.path == path.description } }
}
