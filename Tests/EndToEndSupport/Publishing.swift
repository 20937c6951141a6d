import Crypto
package import Foundation
package import NixModel
package import Subprocess
import SystemPackage
package import TestSupport
package import Testing

/// One `warmth publish` in a private, empty `/nix`, with the stand-in for Attic's client and a server
/// of its own, which serves the cache `main` over HTTP.
package struct Publishing: Sendable {
  package let lab: Lab
  package let directory: String
  /// Attic's server, as readers see it.
  package let server: StubCache
  /// The token that may push.
  package let token: String
  /// Options, after `--file` with the lab.
  package var arguments: [String]
  /// The token that it is given.
  package var given: String?
  /// Further variables; without ATTIC_SERVER and ATTIC_CACHE where they are empty here.
  package var environment: [String: String] = [:]
  /// Shell commands that run before it in the same `/nix`.
  package var before = "true"
  /// The Nix file whose attributes are published.
  package var file: String? = "\(Lab.fixtures)/lab.nix"
  /// Whether only the programs are there that the image nixos/nix has.
  package var hasOnlyImage = false
  /// Options for bash, where it is started through its door `scripts/cache-warm.sh`.
  package var door: [String]?

  /// What came of it.
  package struct Result: Sendable {
    package let exit: TerminationStatus
    package let output: String
    package let errors: String
    /// The summary, byte for byte.
    package let written: Data?

    /// The summary.
    package func summary(sourceLocation: SourceLocation = #_sourceLocation) throws -> Summary {
      let written = try #require(written, "\(errors)", sourceLocation: sourceLocation)
      return try JSONDecoder().decode(Summary.self, from: written)
    }
  }

  /// Each waits more than it works.
  private static let turnstile = Turnstile(6)

  package init(
    _ arguments: String...,
    faults: @escaping @Sendable (StubCache.Request, StubCache.Answer) -> StubCache.Answer = { $1 }
  ) async throws {
    lab = try await Lab.shared
    directory = lab.scratch("publishing")
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
  package var cache: String { "\(server.url)/main" }

  /// A file of the server.
  package func setServer(_ name: String, _ content: String = "") throws {
    try content.write(toFile: "\(directory)/server/\(name)", atomically: true, encoding: .utf8)
  }

  /// Whether the cache has a path.
  package func has(_ attribute: String, _ output: String = "out") throws -> Bool {
    let hash = try lab.path(attribute, output).hashPart
    return FileManager.default.fileExists(atPath: "\(directory)/server/main/\(hash).narinfo")
  }

  /// Puts a program in front of all others.
  package func provide(_ name: String, _ program: String) throws {
    let place = "\(directory)/bin/\(name)"
    try? FileManager.default.removeItem(atPath: place)
    try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: program)
  }

  /// Puts a shell script in front of all other programs; in it, `PATH` is without it.
  package func provide(_ name: String, script: String) throws {
    let file = "\(directory)/own-\(name)"
    try "#!/bin/sh\nPATH=${PATH#*:}\n\(script)\n".write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    try provide(name, file)
  }

  /// The same without Attic: it goes elsewhere, by `nix copy`, signed with the key of the lab.
  package func copying(to url: String, signed: Bool = true) throws -> Publishing {
    try removeClient()
    var other = self
    other.given = nil
    other.environment = ["ATTIC_SERVER": "", "ATTIC_CACHE": ""]
    other.arguments += ["--to", url] + (signed ? ["--signing-key", "\(directory)/server/key.secret"] : [])
    return other
  }

  /// A store that has no URL for readers.
  package static let remoteStore = "ssh-ng://localhost?remote-program=\(Lab.fixtures)/remote-nix"

  /// A publication of qemu, where its libc bears a signature of cache.nixos.org's.
  package static func withUpstreamPath(_ arguments: String...) async throws -> Publishing {
    var publishing = try await Publishing("--installable", "qemu")
    publishing.arguments += arguments
    let libc = try publishing.lab.path("libc")
    publishing.before = """
      "$NIX" build --no-link -f \(Lab.fixtures)/lab.nix libc &&
      nix-store --generate-binary-cache-key cache.nixos.org-1 upstream.secret upstream.public &&
      "$NIX" store sign --key-file upstream.secret \(libc)
      """
    publishing.before = "cd \(publishing.directory) && \(publishing.before)"
    return publishing
  }

  /// The same of a file whose attribute `wide` has a closure of 1001 paths.
  package func ofWideFile() throws -> Publishing {
    var other = self
    let file = "\(directory)/wide.nix"
    try """
    {
      wide = derivation {
        name = "wide-1.0"; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
        parts = builtins.genList (number: builtins.toFile "part-${toString number}" (toString number)) 1000;
        passAsFile = [ "parts" ];
        args = [ "-c" "cp $partsPath $out" ];
      };
    }
    """.write(toFile: file, atomically: true, encoding: .utf8)
    other.file = file
    return other
  }

  /// Proves from the cache that was published to, and from nothing else.
  package func proveFromCache(
    _ attributes: [String], gives verdict: Verdict, _ codes: Set<ReasonCode> = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await prove(
      attributes, from: [], ["--substituter", cache], gives: verdict, codes, sourceLocation: sourceLocation)
  }

  /// Takes the stand-in away.
  package func removeClient() throws { try FileManager.default.removeItem(atPath: "\(directory)/bin/attic") }

  /// Runs it to its end.
  package func run(
    _ act: @escaping @Sendable (_ process: Int32) async throws -> Void = { _ in }
  ) async throws -> Result {
    try await Self.turnstile.pass { try await start(act) }
  }

  private func start(_ act: @escaping @Sendable (Int32) async throws -> Void) async throws -> Result {
    var variables = [
      "STAND_IN_SERVER": "\(directory)/server", "ATTIC_SERVER": server.url, "ATTIC_CACHE": "main",
      "NIX": lab.nix, "WARMTH": lab.warmth,
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
      (door.map { ["bash"] + $0 + [program] } ?? [lab.warmth, "publish"])
      + (file.map { ["--file", $0] } ?? []) + ["--summary", summary] + arguments
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
package struct Summary: Decodable, Sendable {
  package struct Publication: Decodable, Sendable {
    package let id: String
    package let started: String
    package let finished: String
    package let state: String
    package let exitCode: Int32
    package let program: String
  }
  package struct Publisher: Decodable, Sendable {
    package let host: String
    package let pod: String?
    package let process: Int32
    package let processStart: UInt64
    package let boot: String
    /// Not known where it ended early, nor is `system`.
    package let nix: String?
    package let system: String?
  }
  package struct Occasion: Decodable, Sendable {
    package let repository: String?
    package let ref: String?
    package let branch: String?
    package let revision: String?
    package let pipeline: String?
    package let page: String?
  }
  package struct Destination: Decodable, Sendable {
    package let kind: String
    package let cache: String?
    package let server: String?
    package let readSide: String?
  }
  package struct Output: Decodable, Hashable, Sendable {
    package let name: String
    package let path: String
  }
  package struct Failure: Decodable, Sendable {
    package let kind: String
    package let message: String
  }
  package struct Target: Decodable, Sendable {
    package let installable: String
    package let outcome: String
    package let derivation: String?
    package let outputs: [Output]
    package let milliseconds: Int
    package let failure: Failure?
  }
  package struct Path: Decodable, Sendable {
    package let path: String
    package let role: String
    package let outcome: String
    package let published: String
    package let served: Bool?
    package let servedBy: String?
    package let narSize: UInt64?
  }
  package struct Fault: Decodable, Sendable {
    package let code: String
    package let path: String?
    package let fatal: Bool
    package let message: String
  }
  package struct Cgroup: Decodable, Sendable {
    package let version: Int
    package let memoryPeak: UInt64?
    package let memoryPeakBefore: UInt64?
    package let memoryLimit: UInt64?
    package let oomKills: Int?
    package let pidsPeak: Int?
    package let pidsLimit: Int?
  }
  package let schema: String
  package let publication: Publication
  package let publisher: Publisher
  package let occasion: Occasion?
  package let destination: Destination?
  package let targets: [Target]
  package let paths: [Path]
  package let faults: [Fault]
  package let cgroup: Cgroup?

  /// The codes of its faults.
  package var codes: Set<String> { Set(faults.map(\.code)) }

  /// What it says of a path of the lab.
  package func path(_ path: StorePath) -> Path? { paths.first { $0.path == path.description } }
}
