import EndToEndSupport
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing
import Yams

/// What a rendered Job's pod does, done here by real programs: the very command and variables of the manifest.
@Suite struct `A Job's pod` {
  /// A container of a rendered Job, with what the kubelet makes of its arguments.
  private struct Pod {
    let command: [String]
    let environment: [String: String]
    let files: [String: String]
    /// Whom it runs as, where that is not root.
    let user: Int?
    /// The capabilities that it keeps, as setpriv(1) names them.
    let capabilities: [String]
    let isReadOnly: Bool

    /// - Parameter fields: what the downward API gives, by variable.
    init(_ manifest: String, fields: [String: String]) throws {
      let documents = try Yams.compose_all(yaml: manifest).compactMap(JSON.init(node:))
      let job = try #require(documents.first { $0["kind"] == "Job" })
      let container = try #require(job["spec"]?["template"]?["spec"]?["containers"]?[0])
      let pod = job["spec"]?["template"]?["spec"]
      user = if case .number(let user)? = pod?["securityContext"]?["runAsUser"] { user } else { nil }
      let security = container["securityContext"]
      capabilities = (security?["capabilities"]?["add"]?.items ?? []).compactMap { $0.text?.lowercased() }
      isReadOnly = security?["readOnlyRootFilesystem"] == true
      var environment: [String: String] = [:]
      for variable in container["env"]?.items ?? [] {
        let name = try #require(variable["name"]?.text)
        environment[name] = try #require(
          variable["value"]?.text ?? fields[name], "\(name) is given by nobody")
      }
      let words = (container["command"]?.items ?? []) + (container["args"]?.items ?? [])
      command = words.compactMap(\.text).map { Self.expand($0, environment) }
      self.environment = environment
      var files: [String: String] = [:]
      if case .object(let data)? = documents.first(where: { $0["kind"] == "ConfigMap" })?["data"] {
        files = data.compactMapValues(\.text)
      }
      self.files = files
    }

    /// Source: Kubernetes, `third_party/forked/golang/expansion/expand.go`.
    private static func expand(_ word: String, _ environment: [String: String]) -> String {
      word.replacing(/\$\$|\$\((?<name>[^)]*)\)/) { match in
        match.name.map { environment[String($0)] ?? String(match.0) } ?? "$"
      }
    }
  }

  private func render(_ arguments: [String]) async throws -> String {
    let lab = try await Lab.shared
    let record = try await Subprocess.run(
      .path(FilePath(lab.warmth)), arguments: Arguments(["job"] + arguments), output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 20))
    try #require(record.terminationStatus == .exited(0), "\(record.standardError)")
    return record.standardOutput
  }

  /// Runs a verifier's container in an empty `/nix` of its own: as the user that it names, without a capability,
  /// with nothing that can be written to but its scratch.
  private func runVerifier(_ pod: Pod) async throws -> Trial.Result {
    let lab = try await Lab.shared
    let scratch = "/nix/scratch"
    let place = { (text: String) in
      text.replacing("/opt/warmth/warmth", with: "/nix/warmth").replacing("/scratch", with: scratch)
        .replacing("/etc/warmth", with: "/nix/files")
    }
    var environment = pod.environment.mapValues(place)
    environment["NIX_CONF_DIR"] = "/nix/etc"
    let files = pod.files.map { name, text in "printf %s \(Self.quoted(text)) > /nix/files/\(name)" }
    let setup =
      [
        "set -e", "mkdir -p /nix/files /nix/etc /nix/var/nix/profiles/default/bin",
        "mkdir -m 0777 \(scratch)",
        #"cp "$NIX_CONF_DIR/nix.conf" /nix/etc/"#,
        // The image has all of coreutils there.
        #"ln -s "$(command -v "$NIX")" /nix/var/nix/profiles/default/bin/nix"#,
        #"ln -s "$(command -v mkdir)" /nix/var/nix/profiles/default/bin/mkdir"#,
        // A debug build is of many parts, and stays where it is.
        "touch /nix/warmth", #"mount --bind "$WARMTH" /nix/warmth"#,
      ] + (pod.isReadOnly ? ["mount -o remount,bind,ro /"] : []) + files
    let kept = ["-all"] + pod.capabilities.map { "+\($0)" }
    let user = pod.user.map { "--reuid \($0) --regid \($0) --clear-groups --inh-caps -all" } ?? ""
    // Who is root in a namespace of its own alone can become nobody else.
    let drop =
      getuid() == 0 ? "setpriv \(user) --bounding-set \(kept.joined(separator: ",")) --no-new-privs --" : ""
    let script = setup + ["exec timeout 120 \(drop) env -i \"$@\""]
    let record = try await Subprocess.run(
      try Lab.mounting("private-nix"),
      arguments: Arguments(
        [lab.scratch("pod"), "sh", "-c", script.joined(separator: "\n"), "pod"]
          + environment.map { "\($0.key)=\($0.value)" } + pod.command.map(place)),
      environment: .inherit.updating(["NIX": lab.nix, "WARMTH": lab.warmth]), output: .string(limit: 1 << 20),
      error: .string(limit: 16 << 20))
    return Trial.Result(
      exit: record.terminationStatus, output: record.standardOutput, errors: record.standardError,
      evidence: "")
  }

  private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: #"'\''"#))'" }

  @Test(arguments: [("libguestfs", Int32(0)), ("light", 0), ("absent", 1)])
  func `proves, as nobody in particular`(attribute: String, exit: Int32) async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let target =
      exit == 0 ? try lab.path(attribute).description : "/nix/store/\(String(repeating: "1", count: 32))-none"
    let manifest = try await render([
      "prove", target, "--warmth-image", "registry.example.org/warmth:0.1.0", "--substituter", cache.url,
      "--trusted-public-key", lab.publicKey,
    ])
    let result = try await runVerifier(try Pod(manifest, fields: ["POD_NAME": "cache-prove-x7k2p"]))
    #expect(result.exit == .exited(exit), "\(result.output)\(result.errors.suffix(3000))")
    #expect(result.output.contains(exit == 0 ? "warm" : "cold"))
    #expect(result.errors.contains("@warmth-bundle"))
  }

  @Test func `has no verdict where its scratch cannot be written to`() async throws {
    let manifest = try await render([
      "prove", "nixpkgs#hello", "--warmth-image", "registry.example.org/warmth:0.1.0",
    ])
    let pod = try Pod(manifest, fields: ["POD_NAME": "p"])
    let file = Scratch.path("file")
    try Data().write(to: URL(filePath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    let record = try await Subprocess.run(
      .path("/usr/bin/env"), arguments: Arguments(["HOME=\(file)/home"] + pod.command),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(record.terminationStatus == .exited(74), "\(record.standardError)")
  }

  @Test func `that may build has the machine's own store and little more`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let manifest = try await render([
      "prove", try lab.path("libguestfs").description, "--warmth-image", "registry.example.org/warmth:0.1.0",
      "--substituter", cache.url, "--trusted-public-key", lab.publicKey, "--allow-build", "vm-test-run-*",
    ])
    let pod = try Pod(manifest, fields: ["POD_NAME": "p"])
    #expect(pod.user == nil && !pod.isReadOnly && pod.capabilities.contains("setuid"))
    let result = try await runVerifier(pod)
    #expect(result.exit == .exited(0), "\(result.output)\(result.errors.suffix(3000))")
  }

  @Test func `proves its shard, by a policy and a list that are files`() async throws {
    let lab = try await Lab.shared
    let cache = try await lab.cache()
    let policy = lab.scratch("job") + ".yaml"
    try "substituters: [\"\(cache.url)\"]\ntrusted-public-keys: [\"\(lab.publicKey)\"]\n".write(
      toFile: policy, atomically: true, encoding: .utf8)
    // More than arguments take: real ones first, and the rest falls into shards that are not run here.
    let real = try [lab.path("libguestfs"), lab.path("qemu")].map(\.description)
    let others = (0..<30).map { "/nix/store/\(String(repeating: "1", count: 30))\(10 + $0)-none" }
    let list = lab.scratch("targets")
    let order = [real[0]] + others.prefix(15) + [real[1]] + others.suffix(15)
    try order.joined(separator: "\n").write(toFile: list, atomically: true, encoding: .utf8)
    let manifest = try await render([
      "prove", "--targets-from", list, "--warmth-image", "registry.example.org/warmth:0.1.0", "--policy",
      policy,
      "--shards", "16",
    ])
    let pod = try Pod(
      manifest,
      fields: [
        "POD_NAME": "p", "WARMTH_SHARD": "0", "WARMTH_SWEEP": "0b6f2d5e-1f0c-4b8e-9f59-0f6f4a0d7c11",
      ])
    let result = try await runVerifier(pod)
    #expect(result.exit == .exited(0), "\(result.output)\(result.errors.suffix(3000))")
    for path in real { #expect(result.output.contains(path)) }
    #expect(!result.output.contains("-none"))
  }

  @Test(arguments: [Int32(0), 1, 2]) func `that warms hands on options, token and exit code`(code: Int32)
    async throws
  {
    let directory = Scratch.path("pod")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let manifest = try await render([
      "prewarm", "--installable", "nixpkgs#hello $(x)", "--cache", "main", "--attic-server",
      "https://a.example.org", "--attic-token-secret", "t", "--warmth-image",
      "registry.example.org/warmth:0.1.0",
    ])
    let pod = try Pod(manifest, fields: ["POD_NAME": "p", "ATTIC_TOKEN": "token-of-the-secret"])
    // It stands for warmth: what matters here is how it is called.
    try "#!/bin/sh\nprintf '%s\\n' \"$@\" \"$ATTIC_CACHE\" \"$ATTIC_TOKEN\"\nexit \(code)\n".write(
      toFile: "\(directory)/warmth", atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: "\(directory)/warmth")
    for (name, text) in pod.files {
      try text.write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8)
    }
    let place = { (text: String) in
      text.replacing("/opt/cache-warm", with: directory).replacing("/opt/warmth", with: directory)
    }
    let record = try await Subprocess.run(
      .path("/usr/bin/env"),
      arguments: Arguments(pod.environment.map { "\($0.key)=\(place($0.value))" } + pod.command.map(place)),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(record.terminationStatus == .exited(code), "\(record.standardError)")
    let lines = record.standardOutput.split(separator: "\n").map(String.init)
    #expect(
      lines.starts(with: ["publish", "--installable", "nixpkgs#hello $(x)", "--cache", "main"]), "\(lines)")
    #expect(lines.suffix(2) == ["main", "token-of-the-secret"], "\(lines)")
    for option in ["--close-scratch", "--require-scratch-volume", "--bundle-log"] {
      #expect(lines.contains(option), "\(lines)")
    }
  }
}
