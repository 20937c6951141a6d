import EndToEndSupport
import EvidenceStore
import Foundation
import NixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The gate as CI asks it: the built program, a recorded store, a policy file.
@Suite struct `A gate in CI` {
  private struct Answer {
    let exit: TerminationStatus
    let output: String
    let errors: String

    /// The document of `gate --json`, as its readers know it.
    func document() throws -> GateReply { try JSONDecoder().decode(GateReply.self, from: Data(output.utf8)) }
  }

  private struct GateReply: Decodable {
    struct Rule: Decodable {
      let name: String
      let standing: String
      let sentence: String
      let run: String?
      let runs: [String]
    }
    struct Target: Decodable {
      let target: String
      let answer: String
      let verdict: String?
      let run: String?
      let ageSeconds: Int?
      let sentence: String
      let rules: [Rule]
    }
    let schema: String
    let answer: String
    let targets: [Target]
  }

  private let directory: String
  private var policyFile: String { "\(directory)/warmth.yaml" }
  private var evidence: String { "\(directory)/e.sqlite" }

  init() throws {
    directory = Scratch.path("test")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  private func warmth(_ arguments: [String]) async throws -> Answer {
    let lab = try await Lab.shared
    let record = try await Subprocess.run(
      .path(FilePath(lab.warmth)), arguments: Arguments(arguments), workingDirectory: FilePath(directory),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    return Answer(exit: record.terminationStatus, output: record.standardOutput, errors: record.standardError)
  }

  private func gate(_ policy: String?, _ arguments: [String] = []) async throws -> Answer {
    if let policy { try policy.write(toFile: policyFile, atomically: true, encoding: .utf8) }
    return try await warmth(
      ["gate", "--evidence", evidence] + (policy == nil ? [] : ["--policy", policyFile]) + arguments)
  }

  /// Records a run of `qemu_kvm` and of `glib`, which ended so many seconds ago.
  private func record(
    _ id: String, on host: String = "runner-1", secondsAgo: Double = 60, pod: String? = nil,
    _ change: (inout Scene) throws -> Void = { _ in }
  ) throws -> Scene {
    var scene = try Scene()
    try change(&scene)
    try scene.record(
      in: evidence, as: id,
      on: Runner(host: host, pod: pod, processID: 1, processStart: 1, bootID: "boot-of-\(host)"),
      started: .now.addingTimeInterval(-secondsAgo - 5))
    return scene
  }

  private func policy(of scene: Scene, _ gate: String = "targets: [qemu_kvm]") -> String {
    """
    substituters: ["\(scene.cache)/"]
    trusted-public-keys: ["\(scene.key.publicKey)"]
    gate: {\(gate)}
    """
  }

  private func standings(_ answer: Answer) throws -> [String: String] {
    let rules = try #require(try answer.document().targets.first).rules
    return Dictionary(uniqueKeysWithValues: rules.map { ($0.name, $0.standing) })
  }

  @Test func `says yes, rule by rule`() async throws {
    let scene = try record("r-1")
    let answer = try await gate(policy(of: scene), ["--json"])
    #expect(answer.exit == .exited(0), "\(answer.output)\(answer.errors)")
    let document = try answer.document()
    #expect(document.schema == "warmth/gate/v1" && document.answer == "yes")
    let target = try #require(document.targets.first)
    #expect(target.target == "qemu_kvm" && target.verdict == "warm" && target.run == "r-1")
    #expect(target.rules.map(\.name) == ["latest-run", "age", "caches", "keys", "builds"])
    #expect(target.rules.allSatisfy { $0.standing == "met" && $0.run == "r-1" && $0.runs == ["r-1"] })
    let text = try await gate(policy(of: scene))
    #expect(text.output.contains("met      caches      2 paths came, each from an accepted cache.\n"))
    #expect(text.errors.isEmpty)
  }

  @Test func `says no to another cache, another key and another build than the policy's`() async throws {
    let scene = try record("r-1") {
      $0.policy.builds = .observe
      $0.policy.allowBuild = [DerivationGlob("*")]
      $0.survey.answers[$0.qemu] = [.init(cache: $0.cache, kind: .absent)]
      $0.after[$0.qemu] = try $0.registration(
        of: $0.qemu, references: [$0.glib], isUltimate: true, isSigned: false)
      $0.events = [
        .copyStarted(path: $0.glib, from: "http://cache.example/main"), .buildStarted(derivation: $0.drv),
      ]
    }
    let plain = try await gate(nil, ["--target", "qemu_kvm"])
    #expect(plain.exit == .exited(0), "\(plain.output)\(plain.errors)")
    let builds = try await gate(policy(of: scene), ["--json"])
    #expect(builds.exit == .exited(1))
    #expect(try standings(builds)["builds"] == "not-met")
    let other = "\(policy(of: scene))\nexpect-from: [http://other.example]\nallow-build: [qemu-*]\n"
    let caches = try await gate(other, ["--json"])
    #expect(caches.exit == .exited(1))
    #expect(
      try standings(caches) == [
        "latest-run": "met", "age": "met", "caches": "not-met", "keys": "met", "builds": "met",
      ])
    let key = LabKey("lab-1").publicKey
    let keys = try await gate(
      "trusted-public-keys: [\"\(key)\"]\nallow-build: [qemu-*]\ngate: {targets: [qemu_kvm]}\n", ["--json"])
    #expect(keys.exit == .exited(1))
    #expect(try standings(keys)["keys"] == "not-met")
  }

  @Test func `counts runners, and nothing before a cold run`() async throws {
    let scene = try record("r-1", on: "node", secondsAgo: 900, pod: "pod-a")
    let demand = policy(of: scene, "targets: [qemu_kvm], runners: 2, max-age: 1h")
    _ = try record("r-2", on: "node", secondsAgo: 800, pod: "pod-a") { $0 = scene }
    let one = try await gate(demand)
    #expect(one.exit == .exited(2))
    #expect(one.output.contains("Only pod-a in run r-2 proved it"), "\(one.output)")
    _ = try record("r-3", on: "node", secondsAgo: 700, pod: "pod-b") { $0 = scene }
    let enough = try await gate(demand, ["--json"])
    #expect(enough.exit == .exited(0), "\(enough.output)")
    #expect(try enough.document().targets[0].rules.last?.runs == ["r-3", "r-2"])
    #expect(try await gate(demand, ["--runners", "3"]).exit == .exited(2))
    #expect(try await gate(demand, ["--max-age", "10s"]).exit == .exited(2))
    _ = try record("r-5", on: "elsewhere", secondsAgo: 500) {
      $0.survey.answers[$0.glib] = [.init(cache: $0.cache, kind: .absent)]
      $0.ending = .notStarted
      $0.events = []
    }
    #expect(try await gate(demand).exit == .exited(1))
    _ = try record("r-6", on: "node", secondsAgo: 400, pod: "pod-c") { $0 = scene }
    let after = try await gate(demand)
    #expect(after.exit == .exited(2))
    #expect(after.output.contains("run r-5 is not warm, and nothing before it counts"), "\(after.output)")
  }

  @Test func `does not know where nobody signed the evidence`() async throws {
    let scene = try record("r-1")
    let collector = LabKey("collector-1").publicKey
    for answer in [
      try await gate(policy(of: scene, "targets: [qemu_kvm], signed-by: [\"\(collector)\"]")),
      try await gate(nil, ["--target", "qemu_kvm", "--trusted-key", collector]),
    ] {
      #expect(answer.exit == .exited(2))
      #expect(
        answer.output.contains("unknown  signature   No trusted collector signed it"), "\(answer.output)")
    }
  }

  @Test func `takes no policy that lies in its way`() async throws {
    _ = try record("r-1")
    try "gate: {targets: [nobody], runners: 9}\n".write(
      toFile: policyFile, atomically: true, encoding: .utf8)
    let answer = try await gate(nil, ["--target", "qemu_kvm"])
    #expect(answer.exit == .exited(0))
    #expect(
      answer.errors == "warmth: there is a warmth.yaml here, which is no policy unless --policy names it\n")
    let nothing = try await gate(nil)
    #expect(nothing.exit == .exited(64))
    #expect(nothing.errors.contains("no policy unless --policy names it"))
  }

  // MARK: What a policy may say

  @Test(arguments: [
    ("expect_from: []\n", "line 1: unknown key 'expect_from'; did you mean 'expect-from'?"),
    ("gate:\n  target: [x]\n", "line 2: unknown key 'target' under gate:; did you mean 'targets'?"),
    ("\nmax-age: 3h\n", "line 2: unknown key 'max-age'; it belongs under gate:"),
    ("gate:\n  builds: stop\n", "line 2: unknown key 'builds' under gate:; it belongs at the top"),
    ("frobnicate: 1\n", "line 1: unknown key 'frobnicate'; the keys are allow-build, builds,"),
    ("gate: {max-age: soon}\n", "line 1: gate.max-age is 'soon', and must be a duration such as 30m"),
    ("gate:\n  runners: 0\n", "line 2: gate.runners is '0', and must be a whole number of 1 or more"),
    ("gate: {targets: qemu}\n", "line 1: gate.targets must be a list, such as [libguestfs, qemu_kvm]"),
    ("gate: {targets: []}\n", "gate.targets is an empty list"),
    ("gate: {signed-by: []}\n", "is an empty list"),
    ("gate:\n", "line 1: gate: must have keys and values; its keys are max-age, runners,"),
    ("gate: {max-age: }\n", "gate.max-age must be a duration"),
    ("builds: [stop]\n", "builds must be one of stop"),
    ("[a, b]\n", "a policy must have keys and values"), ("a: 1\na: 2\n", "a key stands twice"),
    ("substituters: [cache.example.org]\n", "substituters: 'cache.example.org' is not the address"),
    ("trusted-public-keys: [lab-1]\n", "there is no colon"), ("gate: {signed-by: ['c-1:AAAA']}\n", "3 bytes"),
    ("allow-build: {a: b}\n", "allow-build must be a list, such as"), ("gate: [\n", "is not YAML: line 2"),
    ("? [a]\n: b\n", "line 1: a key must be a single word"), ("a: \u{0}\n", "is not YAML"),
    ("expect-from: [[x]]\n", "expect-from must hold single texts"),
    ("builds: stop\n", "names no targets"),
    ("", "says nothing"), ("# nothing\n", "says nothing"), ("builds:\n", "says nothing"),
    ("source: nixpkgs#a\n", "source is 'nixpkgs#a', and must be where attributes are from"),
    ("gate: {source: }\n", "gate.source must be where attributes are from"),
    ("gate: {source: [a]}\n", "gate.source must be where attributes are from"),
    ("source: a\ngate: {source: b}\n", "say it once"),
    ("gate: {systems: x86_64-linux}\n", "gate.systems must be a list, such as [x86_64-linux]"),
  ])
  func `refuses a policy with its file, line and key, and what is allowed`(
    text: String, words: String
  ) async throws {
    let answer = try await gate(text)
    #expect(answer.exit == .exited(64), "\(answer.errors)")
    #expect(answer.errors.contains(words), "\(answer.errors)")
    #expect(answer.errors.contains("'\(policyFile)'"))
    #expect(answer.output.isEmpty)
  }

  @Test func `tells all that is wrong at once, and no secret`() async throws {
    let answer = try await gate(
      """
      substituters: ["https://user:s3cret@cache example"]
      trusted-public-keys: ["lab-1:s3cretKeyMaterial"]
      builds: maybe
      gate: {runners: many}
      """)
    #expect(answer.errors.contains("wrong in 4 places"), "\(answer.errors)")
    for line in 1...4 { #expect(answer.errors.contains("\n  line \(line): "), "\(answer.errors)") }
    #expect(!answer.errors.contains("s3cret"), "\(answer.errors)")
  }

  @Test func `leaves keys that say nothing unsaid, as it always has`() async throws {
    _ = try record("r-1")
    let answer = try await gate("timeout: ~\nbuilds:\nallow-build: [x]\n", ["--target", "qemu_kvm"])
    #expect(answer.exit == .exited(0), "\(answer.output)\(answer.errors)")
  }

  /// An empty list would drop its rule, and let through what it was meant to stop.
  @Test(
    arguments: [
      "substituters", "trusted-public-keys", "expect-from", "allow-build", "forbid-build", "systems",
      "gate.targets", "gate.signed-by", "gate.systems",
    ], ["[]", "", "~", "null", "[ ]", "\"\"", "{}", "[~]", "['']"])
  func `takes no list for a demand that has nothing in it`(key: String, nothing: String) async throws {
    let inner = key.split(separator: ".").last.map(String.init) ?? key
    let line = "\(inner): \(nothing)"
    let text = key.hasPrefix("gate.") ? "gate:\n  \(line)\n" : "\(line)\n"
    for command in [["gate", "--evidence", evidence, "--target", "qemu_kvm"], ["forecast", "nixpkgs#a"]] {
      try text.write(toFile: policyFile, atomically: true, encoding: .utf8)
      let answer = try await warmth(command + ["--policy", policyFile])
      #expect(answer.exit == .exited(64), "\(answer.output)\(answer.errors)")
      #expect(answer.errors.contains("\(key) "), "\(answer.errors)")
      #expect(try await !isValid(text))
    }
  }

  @Test(arguments: [
    ("/tmp", "Is a directory"), ("/no/such", "No such file"), ("/bin/true", "no text in UTF-8"),
    ("/dev/zero", "longer than any policy"),
  ])
  func `refuses what is no file of a policy`(path: String, words: String) async throws {
    let answer = try await warmth(["gate", "--evidence", evidence, "--policy", path, "--target", "x"])
    #expect(answer.exit == .exited(64))
    #expect(answer.errors.hasPrefix("warmth: the policy '\(path)' cannot be read: "), "\(answer.errors)")
    #expect(answer.errors.contains(words), "\(answer.errors)")
  }

  /// The protected branch's policy comes out of git, not out of the checkout.
  @Test func `takes a policy out of a pipe`() async throws {
    let scene = try record("r-1")
    let lab = try await Lab.shared
    let script = #"exec "$0" gate --evidence "$1" --policy <(printf %s "$2")"#
    let record = try await Subprocess.run(
      .name("bash"), arguments: ["-c", script, lab.warmth, evidence, policy(of: scene)],
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(record.terminationStatus == .exited(0), "\(record.standardOutput)\(record.standardError)")
  }

  // MARK: The schema

  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func schema() throws -> [String: Any] {
    let data = try Data(contentsOf: Self.root.appending(path: "docs/warmth.schema.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// The keys that a refusal of `text` lists.
  private func keys(refusing text: String) async throws -> Set<String> {
    let errors = try await gate(text).errors
    let list = try #require(errors.firstMatch(of: /[Tt]he keys(?: under gate:)? are (.*)/)?.1)
    return Set(list.split(separator: ", ").map(String.init))
  }

  @Test func `knows the keys of the schema, all of them and no others`() async throws {
    let top = try #require(try schema()["properties"] as? [String: [String: Any]])
    #expect(try await keys(refusing: "zzzzzzzz: 1\n") == Set(top.keys))
    let section = try #require(top["gate"]?["properties"] as? [String: [String: Any]])
    #expect(try await keys(refusing: "gate: {zzzzzzzz: 1}\n") == Set(section.keys))
    for property in Array(top.values) + Array(section.values) {
      #expect((property["description"] as? String ?? "").hasSuffix("."))
    }
  }

  /// Whether `python3` with `jsonschema` takes `text` for a policy.
  private func isValid(_ text: String) async throws -> Bool {
    let script = """
      import json, sys
      try:
        import jsonschema, yaml
      except ImportError as error:
        sys.exit(f"{error}; scripts/setup --for test installs it")
      schema = json.load(open(sys.argv[1]))
      validator = jsonschema.Draft202012Validator
      validator.check_schema(schema)
      print("valid" if validator(schema).is_valid(yaml.safe_load(sys.stdin)) else "invalid")
      """
    let record = try await Subprocess.run(
      .name("python3"),
      arguments: ["-W", "ignore", "-c", script, Self.root.appending(path: "docs/warmth.schema.json").path],
      input: .string(text), output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
    try #require(record.terminationStatus.isSuccess, "\(record.standardError)")
    return record.standardOutput == "valid\n"
  }

  @Test(arguments: [
    ("", false), ("gate: {targets: [a], max-age: 1h30m, runners: 2}\n", true),
    ("builds: observe\ntimeout: 90s\nallow-build: ['*']\n", true), ("expect-from:\nbuilds: stop\n", false),
    ("gate: {source: \"github:NixOS/nixpkgs\", systems: [x86_64-linux]}\n", true),
    ("source: \"github:NixOS/nixpkgs\"\nsystems: [x86_64-linux]\n", true), ("gate: {source: a#b}\n", false),
    ("gate:\n", false), ("gate: {targets: []}\n", false), ("gate: {runners: 0}\n", false),
    ("builds: maybe\n", false), ("timeout: soon\n", false), ("zzz: 1\n", false), ("gate: {zzz: 1}\n", false),
    ("trusted-public-keys: [x]\n", false), ("allow-build: x\n", false), ("gate: {max-age: 3}\n", false),
  ])
  func `and its schema agree`(text: String, valid: Bool) async throws {
    #expect(try await isValid(text) == valid)
    _ = try record("r-1")
    let answer = try await gate(text, ["--target", "qemu_kvm"])
    #expect((answer.exit != .exited(64)) == valid, "\(answer.errors)")
  }

  @Test func `takes the sample in docs, and so does its schema`() async throws {
    let sample = try String(contentsOf: Self.root.appending(path: "docs/warmth.yaml"), encoding: .utf8)
    #expect(try await isValid(sample))
    _ = try record("r-1")
    #expect(try await gate(sample).exit == .exited(2))
    let manual = try String(contentsOf: Self.root.appending(path: "docs/gate.md"), encoding: .utf8)
    let shown = manual.matches(of: /```yaml\n((?s).*?)```/).map { String($0.1) }
    #expect(!shown.isEmpty)
    for text in shown { #expect(try await isValid(text), "\(text)") }
  }
}
