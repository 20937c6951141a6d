import EndToEndSupport
import Evidence
import Foundation
import NixModel
import Subprocess
import TestSupport
import Testing

@testable import EvidenceStore

/// Secrets in every place where one can lie, and everything that is written, printed or sent searched for them.
@Suite struct `Planted secrets` {
  /// A secret for each place, which no other text holds.
  private struct Plants {
    let password = Self.secret("netrc")
    let key = Self.secret("sshkey")
    let request = Self.secret("request")
    let fetcher = Self.secret("fetcher")
    let query = Self.secret("query")
    let address = Self.secret("address")

    private static func secret(_ place: String) -> String {
      "s3cr3t\(place)\(UUID().uuidString.replacing("-", with: ""))"
    }

    var all: [String] { [password, key, request, fetcher, query, address] }

    /// What must be found nowhere: each secret plainly, in base 64, and in the pair that it is sent as.
    var spellings: [String] {
      all + all.map { Data($0.utf8).base64EncodedString() }
        + [password, address].map { Data("reader:\($0)".utf8).base64EncodedString() }
    }
  }

  private let plants = Plants()

  /// Searches files, the bundle among them, and every face of the recorded run.
  private func expectNothing(in result: Trial.Result, _ lab: Lab, _ files: [String] = []) async throws {
    var texts = [("output", result.output), ("errors", result.errors)]
    let directory = URL(filePath: result.evidence).deletingLastPathComponent().path
    let evidence = try FileManager.default.contentsOfDirectory(atPath: directory).map { "\(directory)/\($0)" }
    for file in evidence + files {
      let bytes = try Data(contentsOf: URL(filePath: file))
      #expect(!bytes.isEmpty || file.hasSuffix("-journal"), "\(file)")
      texts.append((file, try unpacked(bytes)))
    }
    let lines = Lines()
    try EvidenceStore(reading: result.evidence).export(nil) { lines.bytes += $0 }
    texts.append(("all that is recorded", try unpacked(lines.bytes)))
    let faces = "text json markdown junit github github-output gitlab"
    let shown = try await Trial(
      arguments: ["explain", "--evidence", result.evidence],
      before: """
        for face in \(faces); do
          "$WARMTH" audit show --format $face --evidence '\(result.evidence)' || exit 99; done
        """, environment: ["WARMTH": lab.warmth]
    ).run(in: lab)
    #expect(shown.exit == .exited(0), "\(shown.errors)")
    texts.append(("shown and explained", shown.output + shown.errors))
    for (place, text) in texts {
      for spelling in plants.spellings { #expect(!text.contains(spelling), "\(place)") }
    }
    let store = try EvidenceStore(reading: result.evidence)
    #expect(try store.verify().isIntact)
    _ = try store.testimony(of: try #require(try store.latestRun()).start.id)
  }

  private final class Lines { var bytes = Data() }

  /// What a bundle says, and what any other file holds.
  private func unpacked(_ bytes: Data) throws -> String {
    let lines = Lines()
    let unpacker = try Unpacker { lines.bytes += $0 }
    try unpacker.take(bytes)
    try unpacker.end()
    return String(decoding: lines.bytes, as: UTF8.self)
  }

  private var sshKey: String {
    "-----BEGIN RSA PRIVATE KEY-----\n\(plants.key)\n-----END RSA PRIVATE KEY-----\n"
  }

  private var environment: [String: String] {
    [
      "ACTIONS_ID_TOKEN_REQUEST_TOKEN": plants.request,
      "NIX_CONFIG": "access-tokens = github.com=\(plants.fetcher)",
    ]
  }

  private func scratch(_ lab: Lab) throws -> String {
    let directory = lab.scratch("leaks")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    return directory
  }

  /// A cache that repeats what it is sent: in the metadata, and where an archive should be.
  private func echo(_ lab: Lab) async throws -> StubCache {
    let missing = try lab.archive(of: lab.path("libguestfs"))
    return try await lab.cache { request, answer in
      let sent = "Authorization: \(request.headers["authorization"] ?? "")"
      if request.path == missing {
        return .text("you sent \(sent), that is \(request.headers)", status: 500)
      }
      guard request.path.hasSuffix(".narinfo"), answer.status == 200 else { return answer }
      let text = String(decoding: answer.body, as: UTF8.self)
      return .text("\(text)X-Echo: \(sent)\nSystem: \(sent)\n")
    }
  }

  @Test(arguments: ["in the netrc file", "in the address"])
  func `are not shown by a cache that repeats them`(place: String) async throws {
    let lab = try await Lab.shared
    let cache = try await echo(lab)
    let directory = try scratch(lab)
    let policy = "\(directory)/policy.yaml"
    try "read-only: [\"netrc-password@\(directory)/netrc\", \"store-address@\(cache.url)\"]\n".write(
      toFile: policy, atomically: true, encoding: .utf8)
    try "machine 127.0.0.1 login reader password \(plants.password)\n".write(
      toFile: "\(directory)/netrc", atomically: true, encoding: .utf8)
    let isInAddress = place == "in the address"
    let url =
      isInAddress ? cache.url.replacing("http://", with: "http://reader:\(plants.address)@") : cache.url
    let files = ["m.md", "j.xml", "b.bundle"].map { "\(directory)/\($0)" }
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "libguestfs", "--substituter", url, "--trusted-public-key",
        lab.publicKey, "--policy", policy, "--markdown", files[0], "--junit", files[1], "--bundle-file",
        files[2],
        "--builds", "forbid",
      ], environment: environment,
      configuration: "download-attempts = 1" + (isInAddress ? "" : "\nnetrc-file = \(directory)/netrc"),
      home: [".ssh/id_rsa": sshKey]
    ).run(in: lab)
    #expect(result.exit != .exited(0) && result.exit != .exited(70), "\(result.errors)")
    #expect(cache.requests.contains { $0.isFromNix && $0.headers["authorization"] != nil })
    #expect(result.output.contains("\"asserted\""), "\(result.output)")
    try await expectNothing(in: result, lab, files)
  }

  @Test(arguments: ["traced", "thrown", "named"])
  func `are not shown by what is evaluated`(attribute: String) async throws {
    let lab = try await Lab.shared
    let directory = try scratch(lab)
    let file = "\(directory)/leak.nix"
    try """
    let
      lab = import \(Lab.fixtures)/lab.nix { };
      request = builtins.getEnv "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
      config = builtins.getEnv "NIX_CONFIG";
      key = builtins.readFile (builtins.getEnv "HOME" + "/.ssh/id_rsa");
      netrc = builtins.readFile (builtins.getEnv "HOME" + "/.netrc");
      said = "${request} ${config} ${key} ${netrc} ${builtins.toJSON { inherit key netrc; }}";
    in
    {
      traced = builtins.trace said lab.qemu;
      thrown = throw said;
      named = lab.qemu.overrideAttrs or (_: derivation {
        name = "x-${builtins.elemAt (builtins.split "\\n" key) 2}";
        system = builtins.currentSystem;
        builder = "/bin/sh";
      }) null;
    }
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let result = try await Trial(
      arguments: [
        "prove", "-f", file, attribute, "--substituter", lab.cache().url, "--trusted-public-key",
        lab.publicKey,
      ], environment: environment,
      home: [
        ".ssh/id_rsa": sshKey, ".netrc": "machine git.example login reader password \(plants.password)\n",
      ]
    ).run(in: lab)
    #expect(result.exit == .exited(attribute == "traced" ? 0 : 2), "\(result.errors)\(result.output)")
    try await expectNothing(in: result, lab)
  }

  @Test func `are not shown of a flake's reference`() async throws {
    let lab = try await Lab.shared
    let query = "X-Amz-Signature=\(plants.query)&sig=\(plants.query)&token=\(plants.query)"
    let result = try await Trial(
      arguments: [
        "prove", "http://127.0.0.1:1/x.tar.gz?\(query)#qemu",
        "git+http://u:\(plants.address)@127.0.0.1:1/r#qemu",
        "--substituter", lab.cache().url, "--trusted-public-key", lab.publicKey,
      ], environment: environment, configuration: "download-attempts = 1"
    ).run(in: lab)
    #expect(result.exit == .exited(2), "\(result.errors)")
    try await expectNothing(in: result, lab)
  }

  @Test func `are not shown where Nix quotes its configuration`() async throws {
    let lab = try await Lab.shared
    let result = try await Trial(
      arguments: [
        "prove", "-f", "\(Lab.fixtures)/lab.nix", "qemu", "--substituter", lab.cache().url,
        "--trusted-public-key", lab.publicKey,
      ], environment: ["NIX_CONFIG": "\(plants.fetcher)"]
    ).run(in: lab)
    #expect(result.exit == .exited(2), "\(result.errors)")
    try await expectNothing(in: result, lab)
  }
}
